package io.layerfs.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.ImageSignature;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.Platform;
import io.layerfs.ProgressListener;
import io.layerfs.UntrustedImageException;
import io.layerfs.Xattrs;
import io.layerfs.vfs.VfsBackend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signing in a store, and what import and mount make of it. */
class SignerTest {

    private static final String REPOSITORY = "registry.example.com/team/app";

    @TempDir
    Path directory;

    private LayerStore store;
    private Image image;

    @BeforeEach
    void make() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        Attributes attributes = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
        byte[] content = "ID=small\n".getBytes(StandardCharsets.UTF_8);
        image = store.createImage(
                List.of(store.add(new ChangesetBuilder()
                        .file("etc/os-release", attributes, content)
                        .build())),
                Platform.host());
        store.tag(image, REPOSITORY + ":1");
        image = store.image(REPOSITORY + ":1");
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private void sign(SigningKey key, String reference, Map<String, String> annotations) throws IOException {
        Signer.of(key).sign(store, image, reference, annotations);
    }

    private List<String> payloads() throws IOException {
        return store.signatures(image).stream()
                .map(s -> new String(s.payload(), StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void thePayloadIsThatOfCosign() throws IOException {
        sign(Keys.ALICE, REPOSITORY + ":1", Map.of("b", "2", "a", "1"));
        String payload = payloads().get(0);
        assertThat(payload)
                .isEqualTo("{\"critical\":{\"identity\":{\"docker-reference\":\"" + REPOSITORY
                        + "\"},\"image\":{\"docker-manifest-digest\":\"" + image.digest()
                        + "\"},\"type\":\"cosign container image signature\"},\"optional\":{\"a\":\"1\",\"b\":\"2\"}}");
        ImageSignature signature = store.signatures(image).get(0);
        byte[] bytes = Base64.getDecoder().decode(signature.annotations().get("dev.cosignproject.cosign/signature"));
        assertThat(Keys.ALICE.publicKey().verifies(signature.payload(), bytes)).isTrue();
        String name = "sha256-" + image.digest().encoded() + ".sig";
        assertThat(Files.readString(store.directory().resolve("index.json"))).contains("\"" + name + "\"");
    }

    /** As the specification says, by nothing but files: the tag, the manifest, its layer, its annotation; then openssl. */
    @Test
    void othersFindAndVerifyIt() throws IOException {
        OpenSsl.require();
        OpenSsl openssl = new OpenSsl(directory);
        for (OpenSsl.Kind kind : OpenSsl.Kind.values()) {
            openssl.newKey(kind, kind.name());
            store.addSignature(image, ImageSignature.of(new byte[0], Map.of()), known -> true);
            sign(SigningKey.read(directory.resolve(kind.name()), null), REPOSITORY, Map.of());
            String tag = "sha256-" + image.digest().encoded() + ".sig";
            String index = Files.readString(store.directory().resolve("index.json"));
            String manifest = blob(find(index, "\"digest\":\"sha256:([0-9a-f]+)\"[^{}]*\\{[^{}]*" + tag));
            assertThat(manifest).contains("\"mediaType\":\"application/vnd.dev.cosign.simplesigning.v1+json\"");
            String layer = find(manifest, "\\{[^{}]*\\{\"dev.cosignproject.cosign/signature\":\"[^\"]*\"");
            byte[] payload = blob(find(layer, "sha256:([0-9a-f]+)")).getBytes(StandardCharsets.UTF_8);
            byte[] signature = Base64.getDecoder().decode(find(layer, "signature\":\"([^\"]*)\""));
            openssl.verify(kind, kind + ".pub", payload, signature, true);
            payload[50] ^= 1;
            openssl.verify(kind, kind + ".pub", payload, signature, false);
        }
    }

    private String blob(String hex) throws IOException {
        return Files.readString(store.directory().resolve("blobs/sha256/" + hex));
    }

    private static String find(String text, String regex) {
        Matcher matcher = Pattern.compile(regex).matcher(text);
        assertThat(matcher.find()).as(regex + " in " + text).isTrue();
        return matcher.group(matcher.groupCount());
    }

    @Test
    void signingAgainDoesNotPileUp() throws IOException {
        for (int i = 0; i < 3; i++) {
            for (SigningKey key : List.of(Keys.ALICE, Keys.BOB, Keys.CAROL)) {
                sign(key, REPOSITORY, Map.of("round", "" + i));
            }
        }
        assertThat(payloads()).hasSize(3).allMatch(p -> p.contains("\"round\":\"2\""));
        sign(Keys.ALICE, "registry.example.com/other/app", Map.of());
        assertThat(payloads()).hasSize(4);
        sign(Keys.ALICE, REPOSITORY + ":1", Map.of());
        assertThat(payloads()).hasSize(4);
    }

    @Test
    void whatOthersPutThereStays() throws IOException {
        ImageSignature odd = ImageSignature.of(new byte[] {1}, Map.of(ImageSignature.SIGNATURE, "*"));
        byte[] own = "no payload".getBytes(StandardCharsets.UTF_8);
        ImageSignature strange = ImageSignature.of(
                own, Map.of(ImageSignature.SIGNATURE, Base64.getEncoder().encodeToString(Keys.ALICE.sign(own))));
        store.addSignature(image, odd, known -> false);
        store.addSignature(image, strange, known -> false);
        store.addSignature(image, ImageSignature.of(new byte[] {2}, Map.of()), known -> false);
        sign(Keys.ALICE, REPOSITORY, Map.of());
        assertThat(payloads()).hasSize(4);
    }

    @Test
    void importsAndMountsObey() throws IOException {
        sign(Keys.ALICE, REPOSITORY, Map.of());
        TrustPolicy alice = require(Keys.ALICE);
        TrustPolicy bob = require(Keys.BOB);
        try (LayerStore other = LayerStore.open(directory.resolve("other"))) {
            List<String> before = listing(other.directory());
            assertThatThrownBy(() -> other.importImage(store.directory(), ImportOptions.DEFAULT.withPolicy(bob)))
                    .isInstanceOf(UntrustedImageException.class)
                    .hasMessageContaining(image.toString())
                    .hasMessageContaining(image.digest().toString())
                    .hasMessageContaining("not made by bob");
            assertThat(listing(other.directory())).isEqualTo(before);
            Image imported = other.importImage(store.directory(), ImportOptions.DEFAULT.withPolicy(alice));
            List<String> after = listing(other.directory());
            for (MountOptions options :
                    List.of(MountOptions.READ_ONLY, MountOptions.DISPOSABLE, MountOptions.named("view"))) {
                assertThatThrownBy(() -> new VfsBackend().mount(other, imported, options.withPolicy(bob)))
                        .isInstanceOf(UntrustedImageException.class)
                        .hasMessageContaining("not made by bob");
            }
            assertThat(listing(other.directory())).isEqualTo(after);
            assertThat(other.verify(ProgressListener.NONE).isSound()).isTrue();
            try (Mount mount = new VfsBackend().mount(other, imported, MountOptions.READ_ONLY.withPolicy(alice))) {
                assertThat(mount.root().resolve("etc/os-release")).content().isEqualTo("ID=small\n");
            }
        }
    }

    @Test
    void aWarningShowsTheImage() throws IOException {
        List<String> heard = new ArrayList<>();
        TrustRule rule = TrustRule.of("**").signedBy(Keys.BOB.publicKey()).mode(TrustRule.Mode.WARN);
        TrustPolicy policy = TrustPolicy.of(List.of(rule), heard::add);
        try (LayerStore other = LayerStore.open(directory.resolve("other"));
                Mount mount = new VfsBackend()
                        .mount(
                                other,
                                other.importImage(store.directory(), ImportOptions.DEFAULT.withPolicy(policy)),
                                MountOptions.DISPOSABLE.withPolicy(policy))) {
            assertThat(mount.root().resolve("etc/os-release")).exists();
        }
        assertThat(heard).hasSize(2).allMatch(w -> w.contains("it has no signature"));
    }

    @Test
    void aSignatureIsOfOneImage() throws IOException {
        sign(Keys.ALICE, REPOSITORY, Map.of());
        Image more = store.plus(image, image.layers().get(0), io.layerfs.History.of("again"), REPOSITORY + ":1");
        assertThat(store.signatures(more)).isEmpty();
        ImageSignature moved = store.signatures(image).get(0);
        store.addSignature(more, moved, known -> false);
        assertThatThrownBy(() -> store.admit(store.image(REPOSITORY + ":1"), require(Keys.ALICE)))
                .isInstanceOf(UntrustedImageException.class)
                .hasMessageContaining("it signs " + image.digest());
    }

    private static TrustPolicy require(SigningKey key) {
        return TrustPolicy.of(List.of(TrustRule.of("**").signedBy(key.publicKey())), warning -> {
            throw new AssertionError(warning);
        });
    }

    private static List<String> listing(Path root) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted().toList()) {
                boolean regular = Files.isRegularFile(file);
                lines.add(root.relativize(file) + (regular ? " " + Digest.sha256(Files.readAllBytes(file)) : "/"));
            }
        }
        return lines;
    }
}
