package io.layerfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Verification.Finding;
import io.layerfs.Verification.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a verification finds: the kind, whose fault it is, and why. */
class VerificationTest {

    @TempDir
    Path directory;

    private Path root;
    private LayerStore store;
    private Image image;

    @BeforeEach
    void makeAnImage() throws IOException {
        root = directory.resolve("store");
        store = LayerStore.open(root);
        Layer layer = store.add(LayerStoreTest.changes());
        image = store.createImage(List.of(layer), new Platform("linux", "amd64", null));
        store.tag(image, "one");
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private List<Finding> findings() throws IOException {
        return store.verify(ProgressListener.NONE).findings();
    }

    private Path blob(Digest digest) {
        return root.resolve("blobs/sha256").resolve(digest.encoded());
    }

    private Finding only(List<Finding> findings) {
        assertThat(findings).hasSize(1);
        return findings.get(0);
    }

    @Test
    void whatIsSoundIsCountedAndReported() throws IOException {
        StringBuilder reported = new StringBuilder();
        Verification verification =
                store.verify((what, done, total) -> reported.append(what).append('\n'));
        assertThat(verification.isSound()).isTrue();
        long bytes = 0;
        try (var files = Files.list(root.resolve("blobs/sha256"))) {
            for (Path file : files.toList()) {
                bytes += Files.size(file);
                assertThat(reported.toString()).contains("sha256:" + file.getFileName());
            }
        }
        assertThat(verification.bytes()).isEqualTo(bytes);
        assertThat(verification.blobs()).isEqualTo(3);
    }

    @Test
    void aFileWhoseNameIsNoDigestCannotBeVerified() throws IOException {
        Files.createDirectories(root.resolve("blobs/md5"));
        Files.writeString(root.resolve("blobs/md5/900150983cd24fb0d6963f7d28e17f72"), "abc");
        Files.writeString(root.resolve("blobs/sha256/notes"), "abc");
        assertThat(findings()).hasSize(2).allSatisfy(finding -> {
            assertThat(finding.kind()).isEqualTo(Kind.DAMAGED_BLOB);
            assertThat(finding.message()).startsWith("cannot be verified: ");
        });
        assertThat(findings())
                .extracting(Finding::subject)
                .containsExactlyInAnyOrder("md5:900150983cd24fb0d6963f7d28e17f72", "sha256:notes");
    }

    @Test
    void anImageWithoutItsManifestOrLayerSaysWhichIsMissing() throws IOException {
        Path tar = blob(image.diffIds().get(0));
        byte[] bytes = Files.readAllBytes(tar);
        Files.delete(tar);
        assertThat(findings()).isNotEmpty().allSatisfy(finding -> {
            assertThat(finding.kind()).isEqualTo(Kind.MISSING_BLOB);
            assertThat(finding.subject()).isEqualTo(image.diffIds().get(0).toString());
            assertThat(finding.message()).isEqualTo("not there, but image " + image.digest() + " needs it");
        });
        Files.write(tar, bytes);
        assertThat(findings()).isEmpty();
        Files.delete(blob(image.digest()));
        Finding manifest = only(findings());
        assertThat(manifest.kind()).isEqualTo(Kind.MISSING_BLOB);
        assertThat(manifest.subject()).isEqualTo(image.digest().toString());
        assertThat(manifest.message()).startsWith("its manifest or config is not there: ");
    }

    @Test
    void aManifestThatIsAnotherDocumentIsDamagedAndSaysWhatItIs() throws IOException {
        Files.writeString(blob(image.digest()), "{\"schemaVersion\":2}", StandardCharsets.UTF_8);
        assertThat(findings()).extracting(Finding::kind).containsExactly(Kind.DAMAGED_BLOB, Kind.BAD_DOCUMENT);
        assertThat(findings().get(1).subject()).isEqualTo(image.digest().toString());
        assertThat(findings().get(1).message()).contains(image.digest().toString());
    }

    @Test
    void aNamedViewMissesTheLayersThatItStandsOn() throws IOException {
        store.createView("work", image, Long.MAX_VALUE).close();
        assertThat(findings()).isEmpty();
        Files.delete(blob(image.diffIds().get(0)));
        assertThat(findings())
                .contains(new Finding(
                        Kind.MISSING_BLOB,
                        image.diffIds().get(0).toString(),
                        "not there, but the view 'work' needs it"));
    }

    @Test
    void anIndexThatIsAnotherIsBuiltAnewWhichIsSound() throws IOException {
        store.view(image);
        Path index;
        try (var files = Files.walk(root.resolve("layerfs/index"))) {
            index = files.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
        byte[] sound = Files.readAllBytes(index);
        byte[] damaged = sound.clone();
        damaged[sound.length / 2] ^= 1;
        Files.write(index, damaged);
        Verification verification = store.verify(ProgressListener.NONE);
        Finding finding = only(verification.findings());
        assertThat(finding.kind()).isEqualTo(Kind.REBUILT_INDEX);
        assertThat(finding.subject()).isEqualTo(root.relativize(index).toString());
        assertThat(finding.message()).isEqualTo("was damaged, and is built anew");
        assertThat(verification.isSound()).isTrue();
        assertThat(Files.readAllBytes(index)).isEqualTo(sound);
    }
}
