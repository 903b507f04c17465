package io.layerfs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.DamagedImage;
import io.layerfs.Digest;
import io.layerfs.GcOptions;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.MalformedLayerException;
import io.layerfs.Platform;
import io.layerfs.ProgressListener;
import io.layerfs.Verification;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store whose {@code index.json} others spoiled (rows 3 and 5 of the attacks): no entry stands in the way of another. */
class SpoiledIndexTest {

    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String REF_NAME = "org.opencontainers.image.ref.name";

    @TempDir
    Path directory;

    private Path index;
    private LayerStore store;
    private Image good;
    private Image other;

    @BeforeEach
    void open() throws IOException {
        index = directory.resolve("store/index.json");
        store = LayerStore.open(directory.resolve("store"));
        good = image("good");
        other = image("other");
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private Image image(String content) throws IOException {
        Attributes file = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
        return store.createImage(
                List.of(store.add(
                        new ChangesetBuilder().file(content, file, new byte[9]).build())),
                new Platform("linux", "amd64", null));
    }

    private long size(Image image) throws IOException {
        return Files.size(
                directory.resolve("store/blobs/sha256/" + image.digest().encoded()));
    }

    private String entry(Image image, String more) throws IOException {
        return "{\"mediaType\":\"" + MANIFEST + "\",\"digest\":\"" + image.digest() + "\",\"size\":" + size(image)
                + more + "}";
    }

    private String named(Image image, String name) throws IOException {
        return entry(image, ",\"annotations\":{\"" + REF_NAME + "\":" + quoted(name) + "}");
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        text.chars()
                .forEach(c ->
                        json.append(c > 0x7f || c < 0x20 || c == '"' ? String.format("\\u%04x", c) : (char) c + ""));
        return json.append('"').toString();
    }

    private void spoil(String... entries) throws IOException {
        Files.writeString(
                index,
                "{\"schemaVersion\":2,\"manifests\":[" + String.join(",\n", entries) + "],\"unknown\":{\"a\":[1]}}");
    }

    @Test
    void row3ADigestIsNeverFoundThroughAName() throws IOException {
        String hex = good.digest().encoded();
        spoil(
                named(other, good.digest().toString()),
                named(other, hex),
                named(other, hex.substring(0, 12)),
                named(other, "app@" + good.digest()),
                named(other, "sha256-" + hex + ".sig"),
                named(good, "app:1"));
        assertThat(store.image(good.digest()).layers()).isEqualTo(good.layers());
        assertThat(store.image(good.digest().toString())).isEqualTo(good);
        assertThat(store.image(hex)).isEqualTo(good);
        assertThat(store.image("app@" + good.digest())).isEqualTo(good);
        assertThat(store.image(hex.substring(0, 11))).isEqualTo(good);
        assertThat(store.image("sha256:" + hex.substring(0, 12))).isEqualTo(good);
        assertThatThrownBy(() -> store.image(hex.substring(0, 12)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("can be any of several images")
                .hasMessageContaining(good.digest().toString())
                .hasMessageContaining(other.digest().toString());
        assertThat(store.signatures(good)).allMatch(signature -> signature.defect() != null);
        assertThat(store.image("app:1").tags()).containsExactly("app:1");
        assertThat(store.image(other.digest()).tags()).containsExactly(hex.substring(0, 12), "app@" + good.digest());
    }

    @Test
    void row3ANameOfHexDigitsIsANameAsLongAsItIsNoOnesDigestsStart() throws IOException {
        store.tag(good, "cafe");
        assertThat(store.image("cafe")).isEqualTo(good);
        store.tag(good, good.digest().encoded().substring(0, 8));
        assertThat(store.image(good.digest().encoded().substring(0, 8))).isEqualTo(good);
    }

    @Test
    void row3WhoPutsAnImageUnderASignaturesNameDoesNotHaveItCollected() throws IOException {
        spoil(entry(good, ""), named(good, "sha256-" + "0".repeat(64) + ".sig"), named(other, "app:1"));
        store.gc(GcOptions.DEFAULT);
        assertThat(store.images()).containsExactly(good, other);
        assertThat(store.image(good.digest()).diffIds()).isEqualTo(good.diffIds());
    }

    @Test
    void anEntryThatIsWrongIsFoundByVerifyAndLeftAsItIs() throws IOException {
        String wrong = "{\"mediaType\":\"" + MANIFEST + "\",\"digest\":\"" + other.digest()
                + "\",\"size\":\"many\",\"platform\":null,\"annotations\":{\"n\":[1],\"" + REF_NAME
                + "\":\"other:1\"}}";
        spoil(
                "5",
                "null",
                "{\"mediaType\":\"" + MANIFEST + "\",\"digest\":\"sha256:../../etc\",\"size\":1}",
                wrong,
                named(good, "good:1"),
                named(other, "good:1"),
                named(other, "\u202e a\nb"),
                named(other, "x".repeat(70_000)));
        assertThat(store.image("other:1")).isEqualTo(other);
        assertThatThrownBy(() -> store.image("good:1")).hasMessageContaining("the name of [" + good.digest());
        assertThat(store.image(other.digest()).tags()).containsExactly("good:1", "other:1");
        assertThat(store.verify(ProgressListener.NONE).findings())
                .filteredOn(finding -> finding.subject().equals("index.json"))
                .extracting(Verification.Finding::message)
                .anyMatch(message -> message.contains("/manifests/0: not an object"))
                .anyMatch(message -> message.contains("/manifests/2") && message.contains("not a digest"))
                .anyMatch(message -> message.contains("/manifests/3") && message.contains("'size'"))
                .anyMatch(message -> message.contains("'good:1' is the name of " + good.digest()))
                .anyMatch(message -> message.contains("a\\x0ab', the name of " + other.digest()))
                .anyMatch(message -> message.contains("70000 characters; it may have 1024"));
        store.tag(good, "new:1");
        assertThat(store.image("new:1")).isEqualTo(good);
        assertThat(Files.readString(index))
                .contains("\"size\":\"many\"", "\"n\":[1]", "sha256:../../etc", "\"unknown\":{\"a\":[1]}");
        assertThat(store.untag("\u202e a\nb")).isTrue();
        assertThat(store.untag("good:1")).isTrue();
        assertThatThrownBy(() -> store.gc(GcOptions.DEFAULT))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageContaining("what an image needs is not known")
                .hasMessageContaining("/manifests/");
        assertThat(store.image(good.digest())).isEqualTo(good);
    }

    @Test
    void aDigestWithAnotherSizeAndTypeIsTheImageAllTheSame() throws IOException {
        String digest = "\"digest\":\"" + good.digest() + "\"";
        spoil(
                "{\"mediaType\":\"application/vnd.oci.image.index.v1+json\"," + digest + ",\"size\":7}",
                "{\"mediaType\":\"\"," + digest + ",\"size\":0,\"annotations\":{\"" + REF_NAME + "\":\"app:1\"}}",
                entry(good, ""));
        assertThat(store.image("app:1").layers()).isEqualTo(good.layers());
        assertThat(store.images()).containsExactly(good);
    }

    @Test
    void oneDamagedImageIsToldOfAndTheOthersAreListed() throws IOException {
        store.tag(good, "good:1");
        store.tag(other, "other:1");
        for (Digest gone : List.of(other.diffIds().get(0), other.configDigest(), other.digest())) {
            Files.delete(directory.resolve("store/blobs/sha256/" + gone.encoded()));
            List<DamagedImage> damaged = new ArrayList<>();
            assertThat(store.images(damaged::add)).containsExactly(good);
            assertThat(damaged).singleElement().satisfies(image -> {
                assertThat(image.digest()).isEqualTo(other.digest());
                assertThat(image.tags()).containsExactly("other:1");
                assertThat(image.reason()).isInstanceOf(NoSuchFileException.class);
            });
            assertThat(store.usage().images()).hasSize(2);
        }
        assertThat(store.remove("other:1")).isTrue();
        assertThat(store.images(damaged -> assertThat(damaged).isNull())).containsExactly(good);
    }

    @Test
    void anIndexThatIsNoJsonSaysWhereAndNothingIsCollected() throws IOException {
        store.tag(good, "good:1");
        String before = Files.readString(index);
        for (String[] broken : List.of(
                new String[] {
                    before.replace("\"manifests\":", "\n\"manifests\":}"),
                    "line 2, column 13: not JSON that is accepted"
                },
                new String[] {before.substring(0, before.length() - 2), "the text ends too early"},
                new String[] {
                    before.replace("\"manifests\"", "\"schemaVersion\":2,\"manifests\""),
                    "the name 'schemaVersion' is there twice"
                },
                new String[] {"[]", "not an object"},
                new String[] {"", "not an object"},
                new String[] {"{\"schemaVersion\":2,\"manifests\":7}", "'manifests' is not an array"})) {
            Files.writeString(index, broken[0]);
            assertThatThrownBy(() -> store.images())
                    .isInstanceOf(MalformedLayerException.class)
                    .hasMessageContaining(index.toString())
                    .hasMessageContaining(broken[1])
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("StreamRead", "com.fasterxml", "(code"));
            assertThatThrownBy(() -> store.gc(GcOptions.DEFAULT.withUntagged())).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> store.tag(good, "x")).isInstanceOf(IOException.class);
            assertThat(Files.readString(index)).isEqualTo(broken[0]);
            assertThat(store.layer(good.diffIds().get(0)).size()).isPositive();
        }
        Files.writeString(index, before);
        assertThat(store.image("good:1").diffIds()).isEqualTo(good.diffIds());
    }

    @Test
    void goWritesAnEmptyListAsNull() throws IOException {
        Files.writeString(index, "{\"schemaVersion\":2,\"manifests\":null}");
        assertThat(store.images()).isEmpty();
        store.tag(good, "app:1");
        assertThat(store.images()).containsExactly(good);
    }

    /** What is asked for, and what a search that knows nothing of files would find: all images that it could be. */
    private record Listed(Digest digest, String name, boolean statement) {}

    private Set<Digest> model(List<Listed> entries, String query) {
        for (Image image : List.of(good, other)) {
            if (query.equals(image.digest().toString())
                    || query.equals(image.digest().encoded())
                    || query.endsWith("@" + image.digest())) {
                return Set.of(image.digest());
            }
        }
        Set<Digest> found = new HashSet<>();
        for (Listed entry : entries) {
            if (query.endsWith("@" + entry.digest) && !entry.statement) {
                return Set.of(entry.digest);
            }
        }
        for (Listed entry : entries) {
            boolean starts = query.matches("(sha256:)?[0-9a-f]{4,63}")
                    && (entry.digest.encoded().startsWith(query)
                            || entry.digest.toString().startsWith(query));
            boolean called = query.equals(entry.name)
                    && (query.contains("@") || query.matches("[a-z0-9:]{1,63}"))
                    && !query.startsWith("sha256:");
            if (!entry.statement && (starts || called)) {
                found.add(entry.digest);
            }
        }
        return found;
    }

    @Test
    void randomIndexesAreSearchedAsAModelIs() throws IOException {
        long seed = Long.getLong("layerfs.names.seed", 1);
        int rounds = Integer.getInteger("layerfs.names.rounds", 200);
        Random random = new Random(seed);
        Digest missing = Digest.sha256(new byte[] {1});
        List<Digest> digests = List.of(good.digest(), other.digest(), missing);
        List<String> names =
                new ArrayList<>(List.of("app:1", "app:2", "cafe", "x".repeat(3000), "a b", "\u00e9", "a\n"));
        for (Digest digest : digests) {
            names.addAll(List.of(
                    digest.toString(),
                    digest.encoded(),
                    digest.encoded().substring(0, 4),
                    digest.encoded().substring(0, 12),
                    "sha256:" + digest.encoded().substring(0, 8),
                    "sha256-" + digest.encoded() + ".sig",
                    "app@" + digest));
        }
        List<String> types = List.of(MANIFEST, "", "application/vnd.oci.image.index.v1+json");
        List<String> extras = List.of("", ",\"platform\":null", ",\"platform\":5", ",\"data\":\"*\"", ",\"urls\":[]");
        for (int round = 0; round < rounds; round++) {
            List<Listed> entries = new ArrayList<>();
            List<String> json = new ArrayList<>();
            for (int i = random.nextInt(8); i > 0; i--) {
                Digest digest = digests.get(random.nextInt(3));
                String name = random.nextInt(4) == 0 ? null : names.get(random.nextInt(names.size()));
                boolean readable = random.nextInt(8) > 0;
                String notes = name == null
                        ? List.of("", ",\"annotations\":null", ",\"annotations\":{\"" + REF_NAME + "\":7}")
                                .get(random.nextInt(3))
                        : ",\"annotations\":{\"" + REF_NAME + "\":" + quoted(name)
                                + (random.nextBoolean() ? ",\"n\":{}}" : "}");
                json.add("{\"mediaType\":\"" + types.get(random.nextInt(3)) + "\",\"digest\":\""
                        + (readable ? digest : "sha256:!") + "\",\"size\":" + (random.nextInt(3) - 1)
                        + notes + extras.get(random.nextInt(extras.size())) + "}");
                if (readable) {
                    entries.add(new Listed(digest, name, name != null && name.endsWith(".sig")));
                }
            }
            spoil(json.toArray(new String[0]));
            for (String query : names) {
                String what = "seed " + seed + ", round " + round + ", '" + query + "' in " + json;
                assertThat(found(query)).as(what).isEqualTo(expected(model(entries, query), missing));
            }
        }
    }

    private static String expected(Set<Digest> found, Digest missing) {
        return found.size() > 1
                ? "any of several"
                : found.isEmpty() || found.contains(missing)
                        ? "none"
                        : new TreeSet<>(found).first().toString();
    }

    private String found(String query) throws IOException {
        try {
            return store.image(query).digest().toString();
        } catch (NoSuchFileException e) {
            return "none";
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("can be any of several images");
            return "any of several";
        }
    }
}
