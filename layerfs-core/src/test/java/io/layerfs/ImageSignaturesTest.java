package io.layerfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.oci.Descriptor;
import io.layerfs.oci.ImageSource;
import io.layerfs.oci.Signatures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a store keeps signatures beside images, brings them along, and asks policies. What is true of them is no matter here. */
class ImageSignaturesTest {

    private static final ImagePolicy NONE = image -> {
        throw new UntrustedImageException("app:1", image.digest(), "nothing is admitted here", List.of());
    };

    @TempDir
    Path directory;

    private LayerStore store;
    private Image image;

    @BeforeEach
    void make() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        image = store.createImage(List.of(store.add(LayerStoreTest.changes())), Platform.host());
        store.tag(image, "app:1");
        image = store.image("app:1");
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private static ImageSignature signature(String payload, String signature) {
        return ImageSignature.of(
                payload.getBytes(StandardCharsets.UTF_8), Map.of(ImageSignature.SIGNATURE, signature, "more", "kept"));
    }

    private static List<String> said(List<ImageSignature> signatures) {
        return signatures.stream()
                .map(s -> new String(s.payload(), StandardCharsets.UTF_8) + " "
                        + s.annotations().get(ImageSignature.SIGNATURE) + " " + s.defect())
                .toList();
    }

    private Descriptor descriptor() throws IOException {
        long size = Files.size(
                store.directory().resolve("blobs/sha256/" + image.digest().encoded()));
        return new Descriptor("application/vnd.oci.image.manifest.v1+json", image.digest(), size, null, Map.of());
    }

    private String tag() {
        return "sha256-" + image.digest().encoded() + ".sig";
    }

    @Test
    void signaturesAreKeptBesideTheImageAndAreNone() throws IOException {
        assertThat(store.signatures(image)).isEmpty();
        store.addSignature(image, signature("a", "1"), old -> false);
        store.addSignature(image, signature("b", "2"), old -> false);
        store.addSignature(image, signature("b", "2"), old -> false);
        assertThat(said(store.signatures(image))).containsExactly("a 1 null", "b 2 null");
        assertThat(store.signatures(image).get(0).annotations()).containsEntry("more", "kept");
        assertThat(store.images()).containsExactly(image);
        assertThat(store.image("app:1").tags()).containsExactly("app:1");
        assertThatThrownBy(() -> store.image(tag())).hasMessageContaining("no image '" + tag() + "'");
        assertThat(Files.readString(store.directory().resolve("index.json"))).containsOnlyOnce(".sig\"");
        assertThat(store.verify(ProgressListener.NONE).findings()).isEmpty();
    }

    @Test
    void aSignatureTakesThePlaceOfOthers() throws IOException {
        store.addSignature(image, signature("a", "1"), old -> false);
        store.addSignature(image, signature("b", "2"), old -> false);
        store.addSignature(
                image, signature("c", "3"), old -> "1".equals(old.annotations().get(ImageSignature.SIGNATURE)));
        assertThat(said(store.signatures(image))).containsExactly("b 2 null", "c 3 null");
    }

    @Test
    void row18JunkKeepsNoSignatureOut() throws IOException {
        List<ImageSignature> junk = new ArrayList<>();
        for (int i = 0; i < 12000; i++) {
            junk.add(signature("junk", "x".repeat(200) + i));
        }
        Signatures kept = new Signatures(junk, List.of()).plus(Signatures.NONE);
        assertThat(kept.all()).hasSizeBetween(1000, 11999);
        store.addSignature(image, junk.get(0), old -> false);
        ImageSignature good = signature("good", "1");
        Signatures both = kept.plus(new Signatures(List.of(good), List.of()));
        assertThat(both.all()).hasSizeGreaterThan(1000).contains(good);
        Signatures again = both.plus(new Signatures(junk.subList(2000, 12000), List.of()));
        assertThat(new Signatures(List.of(good), List.of())
                        .plus(new Signatures(junk, List.of()))
                        .all())
                .contains(good);
        assertThat(again.all()).hasSizeLessThan(12000);

        // what is kept can be read again, and is signed once more
        List<ImageSource.Document> documents = kept.documents(descriptor());
        Path at = directory.resolve("junk");
        copy(store.directory(), at);
        for (ImageSource.Document document : documents) {
            Files.write(
                    at.resolve("blobs/sha256/" + document.descriptor().digest().encoded()), document.bytes());
        }
        Descriptor last = documents.get(documents.size() - 1).descriptor();
        String index = Files.readString(at.resolve("index.json"));
        Files.writeString(at.resolve("index.json"), join(index, index(last.digest(), last.size(), tag())));
        try (LayerStore other = LayerStore.open(at)) {
            assertThat(other.signatures(other.image("app:1"))).hasSizeGreaterThan(1000);
            other.addSignature(other.image("app:1"), good, old -> false);
            assertThat(said(other.signatures(other.image("app:1")))).contains("good 1 null");
            assertThat(other.verify(ProgressListener.NONE).findings()).isEmpty();
        }
    }

    @Test
    void row18WhatIsNotLikeASignatureIsReadLast() throws IOException {
        List<Descriptor> layers = new ArrayList<>();
        byte[] large = new byte[ImageSignature.MAX_PAYLOAD];
        for (int i = 0; i < 20; i++) {
            large[0] = (byte) i;
            layers.add(new Descriptor(ImageSignature.MEDIA_TYPE, Digest.sha256(large), large.length, null, Map.of()));
        }
        byte[] good = "good".getBytes(StandardCharsets.UTF_8);
        layers.add(new Descriptor(ImageSignature.MEDIA_TYPE, Digest.sha256(good), good.length, null, Map.of()));
        Map<String, Object> json = new java.util.LinkedHashMap<>();
        json.put("schemaVersion", 2L);
        json.put("layers", layers.stream().map(Descriptor::toJson).toList());
        byte[] manifest = io.layerfs.oci.Json.write(json);
        Descriptor is = new Descriptor("", Digest.sha256(manifest), manifest.length, null, Map.of());
        Signatures found = Signatures.read(
                is, wanted -> wanted.equals(is) ? manifest : wanted.size() == good.length ? good : large);
        assertThat(found.all()).hasSize(21).anyMatch(s -> s.defect() == null && s.payload() == good);
        assertThat(found.all().stream().filter(s -> s.defect() != null))
                .hasSize(5)
                .allMatch(s -> String.valueOf(s.defect()).contains("more than 16777216 bytes of signatures"));
    }

    @Test
    void anImportBringsThemAlong() throws IOException {
        store.addSignature(image, signature("a", "1"), old -> false);
        try (LayerStore other = LayerStore.open(directory.resolve("other"))) {
            Image imported = other.importImage(store.directory(), ImportOptions.DEFAULT);
            assertThat(imported.digest()).isEqualTo(image.digest());
            assertThat(said(other.signatures(imported))).containsExactly("a 1 null");
            store.addSignature(image, signature("b", "2"), old -> true);
            other.importImage(store.directory(), ImportOptions.DEFAULT);
            assertThat(said(other.signatures(imported))).containsExactly("a 1 null", "b 2 null");
            assertThat(other.images()).containsExactly(imported);
        }
    }

    @Test
    void whatRefersToTheImageIsBroughtAlongWhateverItIsCalled() throws IOException {
        store.addSignature(image, signature("a", "1"), old -> false);
        Path index = store.directory().resolve("index.json");
        Files.writeString(
                index,
                Files.readString(index)
                        .replace(",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" + tag() + "\"}", ""));
        try (LayerStore other = LayerStore.open(directory.resolve("other"))) {
            Image imported = other.importImage(store.directory(), ImportOptions.DEFAULT);
            assertThat(said(other.signatures(imported))).containsExactly("a 1 null");
        }
    }

    @Test
    void aPolicyIsAskedBeforeAnythingIsThere() throws IOException {
        store.addSignature(image, signature("a", "1"), old -> false);
        List<ImagePolicy.Candidate> asked = new ArrayList<>();
        try (LayerStore other = LayerStore.open(directory.resolve("other"))) {
            List<String> before = LayerStoreTest.listing(other.directory());
            ImportOptions refusing = ImportOptions.DEFAULT.withPolicy(candidate -> {
                asked.add(candidate);
                NONE.check(candidate);
            });
            ImportOptions unread = refusing.withListener((what, done, size) -> {
                throw new AssertionError("read " + what);
            });
            assertThatThrownBy(() -> other.importImage(store.directory(), unread))
                    .isInstanceOf(UntrustedImageException.class)
                    .hasMessage("image app:1 (" + image.digest()
                            + ") is not trusted: nothing is admitted here; it has no signature");
            assertThat(LayerStoreTest.listing(other.directory())).isEqualTo(before);
            Path root = Files.createDirectories(directory.resolve("root/etc")).getParent();
            assertThatThrownBy(() -> other.importImage(root, refusing.withTag("root:1")))
                    .isInstanceOf(UntrustedImageException.class);
            assertThat(LayerStoreTest.listing(other.directory())).isEqualTo(before);
        }
        assertThat(asked.get(0).references()).containsExactly("app:1");
        assertThat(asked.get(0).digests()).containsExactly(image.digest());
        assertThat(said(asked.get(0).signatures())).containsExactly("a 1 null");
        assertThat(asked.get(1).references()).containsExactly("root:1");
        assertThat(asked.get(1).signatures()).isEmpty();
    }

    @Test
    void anIndexThatLeadsToTheImageMayBeWhatIsSigned() throws IOException {
        Path layout = directory.resolve("layout");
        copy(store.directory(), layout);
        String manifest = Files.readString(layout.resolve("index.json"));
        byte[] inner = manifest.replaceAll(",\"annotations\":\\{[^}]*}", "").getBytes(StandardCharsets.UTF_8);
        Digest digest = put(layout, inner);
        Files.writeString(layout.resolve("index.json"), index(digest, inner.length, "multi:1"));
        byte[] payload = "of the index".getBytes(StandardCharsets.UTF_8);
        String signatures = signatures(put(layout, payload), payload.length, "");
        String more = index(
                put(layout, signatures.getBytes(StandardCharsets.UTF_8)),
                signatures.length(),
                "sha256-" + digest.encoded() + ".sig");
        Files.writeString(layout.resolve("index.json"), join(index(digest, inner.length, "multi:1"), more));
        List<ImagePolicy.Candidate> asked = new ArrayList<>();
        try (LayerStore other = LayerStore.open(directory.resolve("other"))) {
            Image imported = other.importImage(layout, ImportOptions.DEFAULT.withPolicy(asked::add));
            other.admit(imported, asked::add);
            assertThat(other.verify(ProgressListener.NONE).findings()).isEmpty();
        }
        assertThat(asked).hasSize(2).allSatisfy(candidate -> {
            assertThat(candidate.digests()).containsExactly(image.digest(), digest);
            assertThat(said(candidate.signatures())).containsExactly("of the index sig null");
        });
    }

    @Test
    void whatIsNoSignatureSaysWhy() throws IOException {
        byte[] payload = "p".getBytes(StandardCharsets.UTF_8);
        Digest digest = Digest.sha256(payload);
        assertThat(defects(signatures(digest, 1, ""), false)).containsExactly("the blob is not there");
        assertThat(defects(signatures(digest, 2, ""), true))
                .singleElement()
                .asString()
                .contains("descriptor", "says 2");
        assertThat(defects(signatures(digest, 1 + ImageSignature.MAX_PAYLOAD, ""), true))
                .containsExactly("1048577 bytes; a payload may have 1048576");
        assertThat(defects(signatures(digest, 1, "").replace("simplesigning", "dsse"), true))
                .singleElement()
                .asString()
                .startsWith("its media type is application/vnd.dev.cosign.dsse.v1+json, not ");
        assertThat(defects("{\"schemaVersion\":2", true))
                .singleElement()
                .asString()
                .contains("not JSON");
        assertThat(defects("{\"schemaVersion\":2,\"layers\":[],\"layers\":[]}", true))
                .singleElement()
                .asString()
                .contains("the name 'layers' is there twice");
    }

    /** What is found of a manifest of signatures that some other tool put into the store; verify must find the same. */
    private List<String> defects(String manifest, boolean payload) throws IOException {
        Path at = Files.createTempDirectory(directory, "defects").resolve("store");
        copy(store.directory(), at);
        if (payload) {
            put(at, "p".getBytes(StandardCharsets.UTF_8));
        }
        byte[] bytes = manifest.getBytes(StandardCharsets.UTF_8);
        Path index = at.resolve("index.json");
        Files.writeString(index, join(Files.readString(index), index(put(at, bytes), bytes.length, tag())));
        try (LayerStore other = LayerStore.open(at)) {
            List<String> defects = other.signatures(other.image("app:1")).stream()
                    .map(ImageSignature::defect)
                    .toList();
            assertThat(other.verify(ProgressListener.NONE).findings())
                    .extracting(Verification.Finding::message)
                    .containsExactlyElementsOf(
                            defects.stream().map(d -> tag() + ": " + d).toList());
            return defects;
        }
    }

    private static Digest put(Path layout, byte[] bytes) throws IOException {
        Digest digest = Digest.sha256(bytes);
        Files.write(layout.resolve("blobs/sha256/" + digest.encoded()), bytes);
        return digest;
    }

    private static String index(Digest digest, long size, String name) {
        String type = name.endsWith(".sig") ? "manifest" : "index";
        return "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image." + type
                + ".v1+json\",\"digest\":\"" + digest + "\",\"size\":" + size
                + ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" + name + "\"}}]}";
    }

    private static String join(String index, String more) {
        return index.substring(0, index.lastIndexOf(']')) + "," + more.substring(more.indexOf('[') + 1);
    }

    private static String signatures(Digest payload, long size, String more) {
        return "{\"schemaVersion\":2,\"layers\":[{\"mediaType\":\"" + ImageSignature.MEDIA_TYPE + "\",\"digest\":\""
                + payload + "\",\"size\":" + size + ",\"annotations\":{\"" + ImageSignature.SIGNATURE + "\":\"sig\"}}]"
                + more
                + "}";
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    @Test
    void whatIsShownIsWhatTheStoreHas() throws IOException {
        store.admit(image, candidate -> {});
        assertThatThrownBy(() -> store.admit(image, NONE)).isInstanceOf(UntrustedImageException.class);
        Image other = new Image(
                image.digest(), image.configDigest(), image.config(), image.platform(), List.of(), image.tags());
        assertThatThrownBy(() -> store.admit(other, candidate -> {}))
                .isInstanceOf(UntrustedImageException.class)
                .hasMessageContaining("its layers are not those of its manifest");
    }
}
