package io.layerfs.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.ExportPolicy;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerOptions;
import io.layerfs.LayerStore;
import io.layerfs.MalformedLayerException;
import io.layerfs.Name;
import io.layerfs.Platform;
import io.layerfs.ProgressListener;
import io.layerfs.View;
import io.layerfs.blob.Blob;
import io.layerfs.tar.TarBytes.Header;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
        return switch (kind) {
            case '1' -> header.link("d/f");
            case '2' -> header.link(box.toString());
            case '5' -> header.octal(100, 8, 0755); // what is exported is walked, also by who is not root
            default -> header;
        };
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
        String deep = "d/".repeat(1024);
        read(new TarBytes().pax("path=" + deep).header(new Header('5', "x")));
        read(new TarBytes().pax("path=" + deep + "f").file("x", ""));
        assertThatThrownBy(() -> read(new TarBytes().pax("path=" + deep + "d/f").file("x", "")))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageContaining("1025")
                .hasMessageContaining("1024");
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
}
