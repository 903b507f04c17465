package io.layerfs.erofs;

import io.layerfs.blob.Blob;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.*;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeedTmpTest {
    @TempDir
    Path directory;

    @Test
    void write() throws Exception {
        List<Blob> blobs = RandomTree.blobs(directory, 1);
        for (int seed = 1; seed <= 6; seed++) {
            Path file = directory.resolve("index" + seed);
            if (seed % 2 == 0) {
                ErofsWriter.writeMerged(RandomTree.merged(seed, blobs, 5 * seed), blobs, file);
            } else {
                ErofsWriter.writeLayer(RandomTree.layer(seed, blobs.get(0), 5 * seed), blobs.get(0), file);
            }
            byte[] bytes = Files.readAllBytes(file);
            int size = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(bytes.length - 8);
            Files.write(Path.of("src/test/resources/io/layerfs/erofs/ErofsFuzzTestInputs/anAnswerOrAFailure/tree" + seed), Arrays.copyOf(bytes, size));
        }
    }
}
