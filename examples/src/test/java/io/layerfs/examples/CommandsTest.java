package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command on a small image of three layers. */
class CommandsTest {

    private static final Attributes FILE = attributes(0644, Map.of());
    private static final Attributes DIRECTORY = attributes(0755, Map.of());

    @TempDir
    private static Path directory;

    private static Path store;
    private static Image image;

    @BeforeAll
    static void makeImage() throws IOException {
        store = directory.resolve("store");
        try (LayerStore layers = LayerStore.open(store)) {
            Layer base = layers.add(new ChangesetBuilder()
                    .directory("etc", DIRECTORY)
                    .file("etc/name", FILE, bytes("base\n"))
                    .file("etc/gone", FILE, bytes("gone\n"))
                    .file("cache/a", FILE, bytes("a\n"))
                    .symlink("conf", attributes(0777, Map.of()), "/etc")
                    .build());
            Layer middle = layers.add(new ChangesetBuilder()
                    .file("etc/name", attributes(04751, Map.of("user.k", new byte[] {0, (byte) 0xff})), bytes("top\n"))
                    .hardLink("etc/also", "etc/name")
                    .whiteout("etc/gone")
                    .opaque("cache")
                    .file("cache/b", FILE, bytes("b\n"))
                    .build());
            Layer top = layers.add(new ChangesetBuilder()
                    .file("odd/bad\udcff", FILE, bytes("bad\n"))
                    .file("odd/\u00fc n\\", FILE, bytes("umlaut\n"))
                    .build());
            image = layers.createImage(List.of(base, middle, top), Platform.host());
            layers.tag(image, "small:1");
        }
    }

    @Test
    void importPrintsTheManifestsDigest() throws IOException {
        Path root = Files.createDirectories(directory.resolve("root/etc")).getParent();
        Files.writeString(root.resolve("etc/f"), "f\n");
        Path fresh = directory.resolve("a/b/fresh");
        Run plain = Run.layerfs("--store", fresh, "import", root, "--tag", "dir:1", "--owner", "7:8");
        assertThat(plain.exitCode()).as(plain.err()).isZero();
        assertThat(plain.err()).isEmpty();
        Map<?, ?> json =
                (Map<?, ?>) Run.layerfs("--store", fresh, "import", root, "--tag", "dir:2", "--owner", "7:8", "--json")
                        .json();
        assertThat(plain.text()).isEqualTo(json.get("digest") + "\n");
        assertThat(json.get("layers")).asInstanceOf(LIST).hasSize(1);
        Map<?, ?> stat = (Map<?, ?>) Run.layerfs("--store", fresh, "stat", "--json", "dir:1", "/etc/f")
                .json();
        assertThat(stat.get("uid")).isEqualTo(7L);
        assertThat(stat.get("gid")).isEqualTo(8L);
    }

    @Test
    void imagesListsTagsAndDigests() {
        Run plain = layerfs("images");
        assertThat(plain.lines()).hasSize(2);
        assertThat(plain.lines().get(1))
                .contains("small:1", image.digest().encoded().substring(0, 12), " 3 ");
        Map<?, ?> json = (Map<?, ?>) ((List<?>) layerfs("images", "--json").json()).get(0);
        assertThat(json.get("tags")).isEqualTo(List.of("small:1"));
        assertThat(json.get("digest")).isEqualTo(image.digest().toString());
        assertThat(json.get("chainId"))
                .isEqualTo(Digest.chainId(image.diffIds()).toString());
        assertThat(json.get("layers")).isEqualTo(diffIds());
    }

    private static List<String> diffIds() {
        return image.layers().stream().map(layer -> layer.diffId().toString()).toList();
    }

    @Test
    void layersListsDiffIdsBaseFirst() {
        Run plain = layerfs("layers", "small:1");
        assertThat(plain.lines()).hasSize(4);
        List<?> json = (List<?>) layerfs("layers", "--json", "small:1").json();
        for (int i = 0; i < 3; i++) {
            assertThat(plain.lines().get(i + 1)).endsWith(diffIds().get(i));
            assertThat(((Map<?, ?>) json.get(i)).get("layer")).isEqualTo((long) i);
            assertThat(((Map<?, ?>) json.get(i)).get("diffId"))
                    .isEqualTo(diffIds().get(i));
        }
    }

    @Test
    void anImageIsNamedByTagDigestOrPrefix() {
        String digest = image.digest().toString();
        String hex = image.digest().encoded();
        for (String reference : List.of("small:1", digest, digest.substring(0, 20), hex, hex.substring(0, 8))) {
            assertThat(layerfs("cat", reference, "etc/name").text())
                    .as(reference)
                    .isEqualTo("top\n");
        }
    }

    @Test
    void lsListsNamesInTheOrderOfTheirBytes() {
        assertThat(layerfs("ls", "small:1", "/").lines()).containsExactly("cache", "conf", "etc", "odd");
        assertThat(layerfs("ls", "small:1", "/etc").lines()).containsExactly("also", "name");
        assertThat(layerfs("ls", "small:1", "/cache").lines()).containsExactly("b");
        assertThat(layerfs("ls", "small:1", "/conf").lines()).containsExactly("also", "name");
        assertThat(layerfs("ls", "small:1", "/conf/name").lines()).containsExactly("/conf/name");
    }

    @Test
    void lsShowsNamesWithoutLoss() {
        assertThat(layerfs("ls", "small:1", "odd").lines()).containsExactly("bad\\xff", "\u00fc n\\x5c");
        Run ascii = Run.under(false, "--store", store, "ls", "small:1", "odd");
        assertThat(ascii.lines()).containsExactly("bad\\xff", "\\xc3\\xbc n\\x5c");
        for (String name : ascii.lines()) {
            assertThat(layerfs("cat", "small:1", "/odd/" + name).exitCode()).isZero();
        }
        List<?> json = (List<?>) layerfs("ls", "--json", "small:1", "odd").json();
        assertThat(((Map<?, ?>) json.get(0)).get("name")).isEqualTo("bad\udcff");
        assertThat(((Map<?, ?>) json.get(1)).get("name")).isEqualTo("\u00fc n\\");
    }

    @Test
    void lsLongShowsAttributes() {
        List<String> lines = layerfs("ls", "-l", "small:1", "/etc").lines();
        assertThat(lines.get(1)).isEqualTo("-rwsr-x--x  2  1000  1001  4  2026-01-01T00:00:00Z  name");
        assertThat(layerfs("ls", "-l", "small:1", "/").text()).contains("conf -> /etc\n");
    }

    @Test
    void lsRecursiveShowsWhatIsBelow() {
        assertThat(layerfs("ls", "-R", "small:1", "/").lines())
                .containsSubsequence("/:", "etc", "", "/cache:", "b", "", "/etc:", "also", "name", "", "/odd:");
        List<?> json = (List<?>) layerfs("ls", "-R", "--json", "small:1", "/").json();
        assertThat(json.stream().map(row -> ((Map<?, ?>) row).get("name")).toList())
                .hasToString("[cache, cache/b, conf, etc, etc/also, etc/name, odd, odd/bad\udcff, odd/\u00fc n\\]");
    }

    @Test
    void catFollowsLinks() {
        assertThat(layerfs("cat", "small:1", "/conf/../conf/name").text()).isEqualTo("top\n");
        assertThat(layerfs("cat", "small:1", "/odd/bad\\xff").text()).isEqualTo("bad\n");
        assertThat(layerfs("cat", "small:1", "/odd/bad\udcff").text()).isEqualTo("bad\n");
    }

    @Test
    void statTellsEverything() {
        assertThat(layerfs("stat", "small:1", "/etc/name").text())
                .contains("regular file", "4751  -rwsr-x--x", "1000:1001", "2026-01-01T00:00:00Z", "user.k=00ff");
        assertThat(layerfs("stat", "small:1", "/conf").text()).contains("symbolic link", "/etc");
        assertThat(layerfs("stat", "-L", "small:1", "/conf").text()).contains("directory");
        Map<?, ?> json =
                (Map<?, ?>) layerfs("stat", "--json", "small:1", "/etc/name").json();
        assertThat(json.get("links")).isEqualTo(2L);
        assertThat(json.get("mode")).isEqualTo("4751");
        assertThat(json.get("xattrs")).isEqualTo(Map.of("user.k", "00ff"));
    }

    @Test
    void treeIsTheCanonicalListing() {
        List<String> lines = layerfs("tree", "small:1").lines();
        assertThat(lines).hasSize(10);
        String name = "f\t4751\t1000:1001\t4\t1767225600\t2\t"
                + Digest.sha256(bytes("top\n")).encoded() + "\tuser.k=00ff\tetc/name";
        assertThat(lines).contains(name).contains(name.replace("etc/name", "etc/also"));
        assertThat(lines.get(9)).endsWith("\todd/\\xc3\\xbc\\x20n\\x5c");
        assertThat(layerfs("tree", "--no-content", "small:1").lines())
                .contains("f\t4751\t1000:1001\t4\t1767225600\t2\t-\tuser.k=00ff\tetc/name");
    }

    @Test
    void findProviderTellsWhatIsHidden() {
        Run found = layerfs("find-provider", "small:1", "/conf/name");
        assertThat(found.exitCode()).isZero();
        assertThat(found.lines()).hasSize(2);
        assertThat(found.lines().get(0)).startsWith("1  ").contains("provides", "regular file of 4 bytes");
        assertThat(found.lines().get(1))
                .startsWith("0  ")
                .contains("hidden", "regular file of 5 bytes, by layer 1: regular file of 4 bytes at /etc/name");
    }

    @Test
    void findProviderTellsOfRemovals() {
        Run gone = layerfs("find-provider", "small:1", "/etc/gone");
        assertThat(gone.exitCode()).isEqualTo(3);
        assertThat(gone.text()).contains("removes", "whiteout", "hidden");
        Map<?, ?> json = (Map<?, ?>)
                layerfs("find-provider", "--json", "small:1", "/cache/a").json();
        assertThat(json.get("path")).isEqualTo("/cache/a");
        assertThat(json.get("provider")).isNull();
        Map<?, ?> hidden = (Map<?, ?>) ((List<?>) json.get("layers")).get(0);
        assertThat(hidden.get("role")).isEqualTo("hidden");
        assertThat(hidden.get("diffId")).isEqualTo(diffIds().get(0));
        Map<?, ?> cause = (Map<?, ?>) hidden.get("hiddenBy");
        assertThat(cause.get("entry")).isEqualTo("opaque directory");
        assertThat(cause.get("path")).isEqualTo("/cache");
    }

    @Test
    void tagsComeAndGo() {
        assertThat(layerfs("tag", "small:1", "small:2").exitCode()).isZero();
        assertThat(layerfs("cat", "small:2", "/etc/name").text()).isEqualTo("top\n");
        assertThat(layerfs("untag", "small:2").exitCode()).isZero();
        assertThat(layerfs("cat", "small:2", "/etc/name").exitCode()).isEqualTo(3);
        assertThat(layerfs("rm-tag", "small:2").exitCode()).isEqualTo(3);
    }

    @Test
    void exportLayerGivesTheTar() throws IOException {
        for (String diffId : diffIds()) {
            Path file = directory.resolve(diffId.substring(7) + ".tar");
            assertThat(layerfs("export-layer", diffId, file).exitCode()).isZero();
            assertThat(Digest.sha256(Files.readAllBytes(file))).hasToString(diffId);
            Run piped = layerfs("export-layer", diffId.substring(7, 17), "-");
            assertThat(Digest.sha256(piped.out())).hasToString(diffId);
        }
        assertThat(layerfs("export-layer", "0123456789", "-").exitCode()).isEqualTo(3);
    }

    @Test
    void verifyNamesWhatIsDamaged() throws IOException {
        Path damaged = directory.resolve("damaged");
        Layer layer;
        try (LayerStore layers = LayerStore.open(damaged)) {
            layer = layers.add(
                    new ChangesetBuilder().file("f", FILE, bytes("content\n")).build());
            layers.tag(layers.createImage(List.of(layer), Platform.host()), "x:1");
        }
        Map<?, ?> sound =
                (Map<?, ?>) Run.layerfs("--store", damaged, "verify", "--json").json();
        assertThat(sound.get("sound")).isEqualTo(true);
        assertThat(sound.get("findings")).isEqualTo(List.of());

        Path blob = damaged.resolve("blobs/sha256/" + layer.diffId().encoded());
        byte[] tar = Files.readAllBytes(blob);
        tar[tar.length / 2] ^= 1;
        Files.write(blob, tar);
        Run plain = Run.layerfs("--store", damaged, "verify");
        assertThat(plain.exitCode()).isEqualTo(4);
        assertThat(plain.text())
                .startsWith("damaged-blob  ")
                .contains(layer.diffId().encoded());
        Run json = Run.layerfs("--store", damaged, "verify", "--json");
        assertThat(json.exitCode()).isEqualTo(4);
        assertThat(((Map<?, ?>) json.json()).get("sound")).isEqualTo(false);
        Run export = Run.layerfs("--store", damaged, "export-layer", layer.diffId(), directory.resolve("bad.tar"));
        assertThat(export.exitCode()).isEqualTo(1);
        assertThat(export.err())
                .contains(layer.diffId().toString(), Digest.sha256(tar).toString());
    }

    @Test
    void aTagThatNoImageCanHaveEndsWith2() {
        assertThat(layerfs("tag", "small:1", "no good").exitCode()).isEqualTo(2);
        assertThat(layerfs("import", directory, "--tag", "no good").exitCode()).isEqualTo(2);
    }

    @Test
    void whatIsNotThereEndsWith3() {
        assertNotFound(layerfs("ls", "other:1", "/"), "other:1");
        assertNotFound(layerfs("ls", "small:1", "/none"), "/none: no such file or directory");
        assertNotFound(layerfs("cat", "small:1", "/etc/gone"), "/etc/gone: no such file or directory");
        assertNotFound(layerfs("stat", "small:1", "/no/ne"), "/no/ne: no such file or directory");
        assertNotFound(layerfs("find-provider", "small:1", "/none"), "/none");
        assertNotFound(layerfs("import", directory.resolve("none.tar")), "none.tar: no such file or directory");
    }

    private static void assertNotFound(Run run, String message) {
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("layerfs: ").contains(message).hasLineCount(1);
    }

    @Test
    void whatFailsEndsWith1AndOneLine() {
        Run run = layerfs("cat", "small:1", "/etc");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).isEqualToIgnoringCase("layerfs: /etc: is a directory\n");
        Run debug = layerfs("--debug", "cat", "small:1", "/etc");
        assertThat(debug.err()).startsWith(run.err()).contains("\tat ");
    }

    private static Run layerfs(Object... arguments) {
        Object[] all = new Object[arguments.length + 2];
        all[0] = "--store";
        all[1] = store;
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return Run.layerfs(all);
    }

    private static Attributes attributes(int mode, Map<String, byte[]> xattrs) {
        return new Attributes(mode, 1000, 1001, Instant.parse("2026-01-01T00:00:00Z"), Xattrs.of(xattrs));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
