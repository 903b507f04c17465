package io.layerfs.erofs;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.layerfs.blob.Blob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Indexes of any bytes, whose checksums are right: who reads all of one gets an answer or an {@link IOException}. */
class ErofsFuzzTest {

    @FuzzTest(maxDuration = "1m")
    void anAnswerOrAFailure(byte[] bytes) throws IOException {
        if (bytes.length < Erofs.SUPERBLOCK + Erofs.BLOCK || bytes.length > 1 << 20) {
            return;
        }
        Path directory = Files.createTempDirectory("layerfs-fuzz");
        try {
            Path index = directory.resolve("index");
            Mutants.writeWithChecksums(index, bytes);
            List<Blob> blobs = RandomTree.blobs(directory, 1);
            for (boolean layer : new boolean[] {false, true}) {
                try {
                    ErofsImage image = ErofsImage.open(index, blobs);
                    if (layer) {
                        WholeWalk.of(image.changeset());
                    } else {
                        WholeWalk.of(image.view());
                    }
                } catch (IOException e) {
                    assertThat(e.getMessage()).isNotEmpty();
                } catch (UncheckedIOException e) {
                    assertThat(e.getCause().getMessage()).isNotEmpty();
                }
            }
        } finally {
            io.layerfs.host.Durable.deleteTree(directory);
        }
    }
}
