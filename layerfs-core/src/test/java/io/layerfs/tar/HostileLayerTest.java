package io.layerfs.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.ExportPolicy;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.Layer;
import io.layerfs.LayerCompression;
import io.layerfs.LayerOptions;
import io.layerfs.LayerStore;
import io.layerfs.MalformedLayerException;
import io.layerfs.Name;
import io.layerfs.Platform;
import io.layerfs.ProgressListener;
import io.layerfs.SaveOptions;
import io.layerfs.Verification;
import io.layerfs.View;
import io.layerfs.blob.Blob;
import io.layerfs.tar.TarBytes.Header;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Layers that want to be somewhere else than in the image, through every way out of a store: views, exported directories and
 * exported tars. Beside the exported directory lies a file that nothing may touch.
 */
class HostileLayerTest {

    private static final List<String> NAMES = List.of(
            "..",
            "../x",
            "../../x",
            "../../../../../../../../../../tmp/layerfs-escaped",
            "a/../x",
            "a/../../x",
            "/..",
            "/../x",
            "./../x",
            "a/..",
            "..//x",
            "d/out/../x",
            "...",
            "..../x",
            "/etc/passwd",
            "//etc/passwd",
            "/./etc/x",
            "///",
            "a/./b",
            "a//b",
            "C:x",
            "C:\\x",
            "C:/x",
            "\\x",
            "..\\x",
            "a\\..\\..\\x",
            "\\\\host\\share",
            "CON",
            "aux.txt",
            "x.",
            "x ",
            " ",
            "a:b",
            "x::$DATA",
            "~",
            "~root/x",
            "$HOME",
            "`id`",
            "%2e%2e/x",
            "%2e%2e%2fx",
            "..%2fx",
            "\u2025/x",
            "\uff0e\uff0e/x",
            "..\u200b/x",
            "\u202egnp.x",
            "a\nb",
            "\r",
            "\t",
            "\u0001",
            "\u007f",
            "-rf",
            "--",
            "*",
            "?",
            ".wh.",
            ".wh..",
            ".wh...",
            "d/.wh..",
            ".wh.x",
            ".wh..wh..opq",
            ".wh..wh.plnk/1",
            "d/out/x",
            "d/out/canary",
            "proc/self/root/x",
            "dev/fd/3");

    @TempDir
    private Path directory;

    private Path box;
    private LayerStore store;

    @BeforeEach
    void open() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        box = Files.createDirectories(directory.resolve("deep/er/box"));
        Files.writeString(box.resolve("canary"), "untouched");
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private Header header(char kind, String name) {
        Header header = new Header(kind, name);
        return kind == '1' ? header.link("d/f") : kind == '2' ? header.link(box.toString()) : header;
    }

    private TarBytes start() {
        return new TarBytes()
                .header(new Header('5', "d/").octal(100, 8, 0755))
                .file("d/f", "f")
                .header(new Header('2', "d/out").link(box.toString()));
    }

    private static void read(TarBytes tar) throws IOException {
        LayerTarReader.read(new ByteArrayInputStream(tar.end().toBytes()), Blob.EMPTY);
    }

    private View view(TarBytes... baseFirst) throws IOException {
        List<Layer> layers = new ArrayList<>();
        for (TarBytes layer : baseFirst) {
            layers.add(store.add(new ByteArrayInputStream(layer.end().toBytes())));
        }
        Image image = store.createImage(layers, Platform.parse("linux/amd64"));
        return store.view(image);
    }

    /** Exports to every place, and looks whether anything came to lie elsewhere. */
    private void export(View view) throws IOException {
        Path to = box.resolve("export");
        store.export(view, to, ExportPolicy.SAFE);
        try (var files = Files.walk(to)) {
            assertThat(files).allMatch(file -> file.startsWith(to));
        }
        try (var files = Files.list(box)) {
            assertThat(files).containsExactlyInAnyOrder(to, box.resolve("canary"));
        }
        assertThat(box.resolve("canary")).hasContent("untouched");
        for (Path above = box.getParent(); !above.equals(directory); above = above.getParent()) {
            try (var files = Files.list(above)) {
                assertThat(files).hasSize(1);
            }
        }
        assertThat(Path.of("/tmp/layerfs-escaped")).doesNotExist();
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        store.exportTar(view, tar, LayerOptions.EXACT);
        for (TarEntry entry : TarListing.entries(tar.toByteArray())) {
            assertThat(new String(entry.path(), StandardCharsets.UTF_8).split("/", -1))
                    .doesNotContain("..");
        }
    }

    @ParameterizedTest
    @ValueSource(chars = {'0', '1', '2', '5', '6'})
    void noNameLeadsOutOfAnImage(char kind) throws IOException {
        TarBytes accepted = start();
        int refused = 0;
        for (String name : NAMES) {
            boolean dots = Arrays.asList(name.split("/", -1)).contains("..");
            try {
                read(start().header(header(kind, name)));
                assertThat(dots).as(name).isFalse();
                if (!name.contains(".wh.")) {
                    accepted.header(header(kind, name));
                }
            } catch (MalformedLayerException e) {
                refused++;
                assertThat(e).hasMessageMatching("(?s).*(offset|byte) \\d+: .*");
            }
        }
        assertThat(refused).isBetween(12, 20);
        export(view(accepted));
    }

    @Test
    void noLinksTargetLeadsOutOfAnImage() throws IOException {
        TarBytes accepted = start();
        int count = 0;
        for (String name : NAMES) {
            if (Arrays.asList(name.split("/", -1)).contains("..")) {
                assertThatThrownBy(() -> read(start().header(new Header('1', "h").link(name))))
                        .as(name)
                        .isInstanceOf(MalformedLayerException.class);
            }
            // a symbolic link may say what it wants, since nobody follows it here
            accepted.header(new Header('2', "s" + ++count).link(name));
        }
        accepted.header(new Header('1', "to-link").link("d/out"));
        View view = view(accepted);
        assertThat(view.readSymlink(view.lookup(view.root(), Name.of("to-link"))))
                .isEqualTo(box.toString());
        assertThatThrownBy(() -> view(start().header(new Header('1', "passwd").link("/etc/passwd"))))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageContaining("nowhere in the layers below");
        export(view);
    }

    @Test
    void hardLinksToThemselvesForwardOrToDirectoriesAreRefused() {
        for (TarBytes tar : List.of(
                start().header(new Header('1', "h").link("h")),
                start().header(new Header('1', "h").link("later")).file("later", "x"),
                start().header(new Header('1', "h").link("d")))) {
            assertThatThrownBy(() -> read(tar))
                    .isInstanceOf(MalformedLayerException.class)
                    .hasMessageContaining("hard link");
        }
    }

    @Test
    void linksAreNotWrittenThroughWithinALayerOrAcrossLayers() throws IOException {
        TarBytes base = start().header(new Header('2', "a").link(box.toString()));
        TarBytes through = new TarBytes()
                .file("a/canary", "overwritten")
                .file("d/out/canary", "overwritten")
                .header(new Header('0', "d/out/.wh.canary"));
        TarBytes swapped = new TarBytes()
                .header(new Header('2', "d").link(box.toString()))
                .file("d/canary", "overwritten")
                .header(new Header('2', "a").link(".."));
        export(view(base, through, swapped));
        TarBytes within = new TarBytes()
                .header(new Header('2', "a").link(box.toString()))
                .file("a/canary", "overwritten")
                .header(new Header('5', "b/"))
                .header(new Header('2', "b").link(box.toString()))
                .header(new Header('0', "b/.wh.canary"))
                .header(new Header('1', "h").link("a/canary"));
        io.layerfs.host.Durable.deleteTree(box.resolve("export"));
        export(view(within));
    }

    @Test
    void theRootIsADirectoryCve202129136() {
        for (String root : List.of(".", "./", "/", "/.", "./.")) {
            for (char kind : new char[] {'0', '1', '2', '3', '4', '6'}) {
                Header header = header(kind, root);
                if (kind == '0' && root.endsWith("/")) {
                    continue; // an old directory
                }
                assertThatThrownBy(() -> read(start().header(header)))
                        .as(kind + " " + root)
                        .isInstanceOf(MalformedLayerException.class);
            }
        }
    }

    @Test
    void whiteoutsOfNothingAreRefusedAndTheTypeOfOneDoesNotMatter() throws IOException {
        for (String name : List.of(".wh.", ".wh..", ".wh...", "d/.wh.", "d/.wh..", "d/.wh...")) {
            assertThatThrownBy(() -> read(start().header(new Header('0', name))))
                    .as(name)
                    .isInstanceOf(MalformedLayerException.class)
                    .hasMessageContaining("whiteout");
        }
        for (char kind : new char[] {'0', '2', '3', '5', '6'}) {
            View view = view(start().file("x", "x"), new TarBytes().header(header(kind, ".wh.x")));
            assertThat(view.lookup(view.root(), Name.of("x"))).as("" + kind).isEqualTo(View.ABSENT);
            assertThat(view.lookup(view.root(), Name.of("d"))).isNotEqualTo(View.ABSENT);
        }
        View emptied = view(start(), new TarBytes().header(new Header('0', ".wh..wh..opq")));
        assertThat(emptied.list(emptied.root()).hasNext()).isFalse();
        export(emptied);
    }

    @Test
    void depthHasALimit() throws IOException {
        String deep = "d/".repeat(1023);
        read(new TarBytes().pax("path=" + deep + "f").file("x", ""));
        assertThatThrownBy(() -> read(new TarBytes().pax("path=" + deep + "d/f").file("x", "")))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageContaining("1025")
                .hasMessageContaining("1024");
    }

    @Test
    void aZstdWindowOfMoreThan128MebibytesIsRefused() throws IOException {
        for (int log = 27; log <= 31; log++) {
            byte[] frame = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, (byte) ((log - 10) << 3), 1, 0, 0};
            if (log == 27) {
                store.add(new ByteArrayInputStream(frame));
            } else {
                assertThatThrownBy(() -> store.add(new ByteArrayInputStream(frame)))
                        .isInstanceOf(IOException.class);
            }
        }
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    @Test
    void membersOfGzipAreCountedTogetherAndOneInTheOtherIsNoTar() throws IOException {
        byte[] member = gzip(new byte[600 << 10]);
        byte[] both = Arrays.copyOf(member, member.length * 2);
        System.arraycopy(member, 0, both, member.length, member.length);
        Path file = Files.write(directory.resolve("bomb"), both);
        ImportOptions options = ImportOptions.DEFAULT.withMaxLayerSize(1 << 20);
        store.importImage(Files.write(directory.resolve("one"), member), options);
        assertThatThrownBy(() -> store.importImage(file, options))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageContaining("1048576");
        byte[] nested = gzip(gzip(start().end().toBytes()));
        assertThatThrownBy(() -> store.add(new ByteArrayInputStream(nested)))
                .isInstanceOf(MalformedLayerException.class);
    }

    @Test
    void aLayerThatGrowsTooMuchIsRefused() throws IOException {
        byte[] zeros = gzip(new byte[8 << 20]);
        Path bomb = Files.write(directory.resolve("bomb"), zeros);
        ImportOptions all = ImportOptions.DEFAULT;
        ImportOptions some = all.withMaxExpansion(new ImportOptions.Expansion(200, 1 << 20));
        assertThatThrownBy(() -> store.importImage(bomb, some))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageStartingWith(bomb + ": ")
                .hasMessageContaining("more than 1048576 bytes")
                .hasMessageContaining("200 times as many as the " + zeros.length + " compressed ones")
                .hasMessageContaining("at byte ");
        store.importImage(bomb, all.withMaxExpansion(new ImportOptions.Expansion(200, 8 << 20)));
        store.importImage(bomb, all.withMaxExpansion(new ImportOptions.Expansion(2000, 1 << 20)));
        store.importImage(Files.write(directory.resolve("plain"), new byte[8 << 20]), some);
        store.importImage(bomb, all);
    }

    /** Two layers, of which one is small enough; and the same image in a store that has them. */
    @Test
    void theLayersOfAnImageHaveALimitInAll() throws IOException {
        byte[] one = start().file("one", "1".repeat(400 << 10)).end().toBytes();
        byte[] two = start().file("two", "2".repeat(400 << 10)).end().toBytes();
        Layer layer = store.add(new ByteArrayInputStream(one));
        Image image = store.createImage(
                List.of(layer, store.add(new ByteArrayInputStream(two)), layer), Platform.parse("linux/amd64"));
        int size = one.length + two.length;
        ImportOptions enough = ImportOptions.DEFAULT.withMaxImageSize(size);
        ImportOptions little = ImportOptions.DEFAULT.withMaxImageSize(size - 1);
        for (LayerCompression compression : List.of(LayerCompression.GZIP, LayerCompression.NONE)) {
            Path archive = directory.resolve(compression.method() + ".tar");
            store.save(image, archive, SaveOptions.DEFAULT.withCompression(compression));
            try (LayerStore other = LayerStore.open(directory.resolve("other"))) {
                for (LayerStore target : List.of(other, store)) {
                    assertThatThrownBy(() -> target.importImage(archive, little))
                            .isInstanceOf(MalformedLayerException.class)
                            .hasMessageStartingWith("layer sha256:")
                            .hasMessageContaining("more than the " + (size - 1) + " bytes that an image may have");
                }
                other.importImage(archive, enough);
            }
        }
        Path archive = directory.resolve("archive");
        store.save(image, archive, SaveOptions.DEFAULT);
        Path compressed = Files.write(directory.resolve("compressed"), gzip(Files.readAllBytes(archive)));
        assertThatThrownBy(() -> store.importImage(compressed, little))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageStartingWith(compressed + ": more than the " + (size - 1));
    }

    @Test
    void aBlobThatWasCutOffIsAnErrorOfWhoReadsIt() throws IOException {
        Layer layer = store.add(new ByteArrayInputStream(
                new TarBytes().file("f", "x".repeat(100_000)).end().toBytes()));
        Image image = store.createImage(List.of(layer), Platform.parse("linux/amd64"));
        Path blob =
                directory.resolve("store/blobs/sha256").resolve(layer.diffId().encoded());
        Files.write(blob, Arrays.copyOf(Files.readAllBytes(blob), 5000));
        assertThatThrownBy(() -> {
                    View view = store.view(image);
                    long file = view.lookup(view.root(), Name.of("f"));
                    view.content(file).read(60_000, ByteBuffer.allocate(1000));
                })
                .isInstanceOf(IOException.class);
        assertThat(store.verify(ProgressListener.NONE).isSound()).isFalse();
    }

    @Test
    void aStoreIsItsOwnersAlone() throws IOException {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            assertThat(Files.getPosixFilePermissions(directory.resolve("store")))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        }
    }

    /** User 12345 need not exist. */
    private void asRoot() throws IOException {
        Path probe = Files.createFile(directory.resolve("probe"));
        try {
            Files.setAttribute(probe, "unix:uid", 12345);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            assumeTrue(false, "only root can give a store away: " + e);
        }
    }

    @Test
    void aStoreOfSomebodyElseIsRefused() throws IOException {
        asRoot();
        Path theirs = directory.resolve("store");
        Files.setAttribute(theirs, "unix:uid", 12345);
        assertThatThrownBy(() -> LayerStore.open(theirs))
                .isInstanceOf(FileSystemException.class)
                .hasMessageStartingWith(theirs.toRealPath() + ": ")
                .hasMessageContaining("belongs to user 12345, and this process is of user 0")
                .hasMessageContaining("SUDO_UID=12345");
        Files.setAttribute(theirs, "unix:uid", 0);
        LayerStore.open(theirs).close();
    }

    /** As sudo has it: root, for the user whose the store is. */
    @Test
    void rootCanUseTheStoreOfWhomItActsFor() throws Exception {
        asRoot();
        Path theirs = directory.resolve("store");
        Files.setAttribute(theirs, "unix:uid", 12345);
        for (String sudoer : List.of("12345", "54321")) {
            ProcessBuilder opening = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            OpenedStore.class.getName(),
                            theirs.toString())
                    .redirectErrorStream(true);
            opening.environment().put("SUDO_UID", sudoer);
            Process process = opening.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isEqualTo(sudoer.equals("12345") ? 0 : 1);
        }
    }

    /** A process of its own, which opens a store. */
    static final class OpenedStore {
        private OpenedStore() {}

        public static void main(String[] arguments) throws IOException {
            LayerStore.open(Path.of(arguments[0])).close();
        }
    }

    @Test
    void whatOthersCanChangeIsFound() throws IOException {
        Layer layer = store.add(new ByteArrayInputStream(start().end().toBytes()));
        Path root = directory.toRealPath().resolve("store");
        assertThat(store.verify(ProgressListener.NONE).findings()).isEmpty();
        asRoot();
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path blob = root.resolve("blobs/sha256").resolve(layer.diffId().encoded());
        Files.setAttribute(blob, "unix:uid", 12345);
        Verification found = store.verify(ProgressListener.NONE);
        assertThat(found.findings())
                .containsExactly(
                        new Verification.Finding(
                                Verification.Kind.EXPOSED,
                                root.toString(),
                                "can be written by everybody, not by its owner alone"),
                        new Verification.Finding(
                                Verification.Kind.EXPOSED,
                                layer.diffId().toString(),
                                "belongs to user 12345, not to the owner of the store"));
        assertThat(found.isSound()).isFalse();
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwx---"));
        assertThat(store.verify(ProgressListener.NONE).findings().get(0).message())
                .startsWith("can be written by group 0, ");
    }

    @Test
    void aStoreThatWasClosedSaysSo() throws IOException {
        Layer layer = store.add(new ByteArrayInputStream(start().end().toBytes()));
        Image image = store.createImage(List.of(layer), Platform.parse("linux/amd64"));
        View view = store.view(image);
        try (var indexes = Files.walk(directory.resolve("store/layerfs/chain"))) {
            for (Path index : indexes.filter(Files::isRegularFile).toList()) {
                // in place, since the view has it mapped
                byte[] damage = new byte[(int) Files.size(index)];
                Arrays.fill(damage, (byte) 0xff);
                Files.write(index, damage, StandardOpenOption.WRITE);
            }
        }
        store.close();
        for (ThrowingCallable late : List.<ThrowingCallable>of(
                () -> view.list(view.root()), () -> store.add(InputStream.nullInputStream()))) {
            assertThatThrownBy(late)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("closed")
                    .hasMessageContaining(directory.resolve("store").toString());
        }
    }

    /**
     * A tar of as many files as the property says: in a heap of 256 MiB up to two million, and else in 768 MiB, which the five
     * million take that are held before one more is refused.
     */
    @Test
    void entriesHaveALimit() throws Exception {
        int count = Integer.getInteger("layerfs.bombs", 300_000);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        count > 2_000_000 ? "-Xmx768m" : "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EndlessTar.class.getName(),
                        Integer.toString(count))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said.strip()).contains(count > 5_000_000 ? "a layer may have 5000000 entries" : "read " + count);
    }
}
