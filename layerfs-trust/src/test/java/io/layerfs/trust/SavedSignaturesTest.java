package io.layerfs.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerCompression;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.ProgressListener;
import io.layerfs.SaveOptions;
import io.layerfs.SaveOptions.Format;
import io.layerfs.UntrustedImageException;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What signs an image goes along where it is saved, as long as it is of the image that is saved. */
class SavedSignaturesTest {

    private static final String NAME = "team/app:1";

    @TempDir
    Path directory;

    private LayerStore store;
    private LayerStore other;
    private Image image;

    @BeforeEach
    void open() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        other = LayerStore.open(directory.resolve("other"));
        Attributes attributes = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
        image = store.createImage(
                List.of(store.add(new ChangesetBuilder()
                        .file("motd", attributes, new byte[] {'x'})
                        .build())),
                Platform.host());
        store.tag(image, NAME);
        image = store.image(NAME);
        Signer.of(Keys.ALICE).sign(store, image, NAME, Map.of());
    }

    @AfterEach
    void close() throws IOException {
        store.close();
        other.close();
    }

    private static ImportOptions requiring(VerificationKey key) {
        TrustPolicy policy = TrustPolicy.of(List.of(TrustRule.of("**").signedBy(key)), warning -> {
            throw new AssertionError(warning);
        });
        return ImportOptions.DEFAULT.withTag(NAME).withPolicy(policy);
    }

    private void assertAdmitted(Path saved, VerificationKey key) throws IOException {
        Image read = other.importImage(saved, requiring(key));
        assertThat(read.digest()).isEqualTo(image.digest());
        assertThat(other.verify(ProgressListener.NONE).findings()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Format.class,
            names = {"OCI", "OCI_DIRECTORY", "BOTH"})
    void signaturesGoAlong(Format format) throws IOException {
        Path saved = directory.resolve("saved");
        store.save(image, saved, SaveOptions.DEFAULT.withFormat(format));
        assertThatThrownBy(() -> other.importImage(saved, requiring(Keys.BOB.publicKey())))
                .isInstanceOf(UntrustedImageException.class)
                .hasMessageContaining("not made by bob");
        assertAdmitted(saved, Keys.ALICE.publicKey());
        assertThat(other.signatures(other.image(NAME))).hasSize(1);
        Path again = directory.resolve("again");
        store.save(image, again, SaveOptions.DEFAULT.withFormat(format));
        if (format != Format.OCI_DIRECTORY) {
            assertThat(again).hasSameBinaryContentAs(saved);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Format.class,
            names = {"OCI", "OCI_DIRECTORY", "BOTH"})
    void theyAreNotOfWhatIsCompressedAnew(Format format) throws IOException {
        Path saved = directory.resolve("saved");
        store.save(image, saved, SaveOptions.DEFAULT.withFormat(format).withCompression(LayerCompression.GZIP));
        assertThatThrownBy(() -> other.importImage(saved, requiring(Keys.ALICE.publicKey())))
                .isInstanceOf(UntrustedImageException.class)
                .hasMessageContaining("it has no signature");
        // what no compression gives back is the image that was signed
        Path plain = directory.resolve("plain");
        store.save(image, plain, SaveOptions.DEFAULT.withFormat(format).withCompression(LayerCompression.NONE));
        assertAdmitted(plain, Keys.ALICE.publicKey());
    }

    @Test
    void thoseThatALayoutHasStay() throws IOException {
        Path layout = directory.resolve("layout");
        SaveOptions options = SaveOptions.DEFAULT.withFormat(Format.OCI_DIRECTORY);
        store.save(image, layout, options);
        try (LayerStore third = LayerStore.open(directory.resolve("third"))) {
            Path unsigned = directory.resolve("unsigned");
            store.save(image, unsigned, options.withCompression(LayerCompression.KEEP));
            Image own = third.importImage(unsigned, ImportOptions.DEFAULT.withTag(NAME));
            Signer.of(Keys.BOB).sign(third, own, NAME, Map.of());
            third.addSignature(own, third.signatures(own).get(1), known -> true); // leaves only the one by bob
            assertThat(third.signatures(own)).hasSize(1);
            third.save(own, layout, options);
        }
        assertAdmitted(layout, Keys.ALICE.publicKey());
        assertAdmitted(layout, Keys.BOB.publicKey());
        try (var files = Files.list(layout)) {
            assertThat(files).hasSize(3);
        }
    }
}
