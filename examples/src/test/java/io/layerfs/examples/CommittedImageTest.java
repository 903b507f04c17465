package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.FileType;
import io.layerfs.History;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import io.layerfs.Name;
import io.layerfs.View;
import io.layerfs.WritableView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image that was changed and committed here, as other tools unpack it: the same tree as the view that it was made of. */
class CommittedImageTest {

    @TempDir
    private static Path directory;

    private static Path root;
    private static String tree;

    private record Result(int exitCode, String output) {}

    @BeforeAll
    static void commit() throws IOException {
        root = directory.resolve("store");
        Path app = Shared.file("images/app.oci.tar");
        try (LayerStore store = LayerStore.open(root)) {
            Image image = store.importImage(app, ImportOptions.DEFAULT.withTag("app"));
            try (WritableView view = store.createView("work", image, Long.MAX_VALUE)) {
                change(view);
                tree = Run.layerfs("--store", root, "tree", "app").text();
                store.plus(image, store.add(view.changes()), History.of("test"), "committed");
            }
        }
        String changed = Run.layerfs("--store", root, "tree", "work").text();
        assertThat(changed).isNotEqualTo(tree);
        tree = changed;
        assertThat(Run.layerfs("--store", root, "tree", "committed").text()).isEqualTo(tree);
    }

    private static WritableView.Place place(View view, String... names) throws IOException {
        long directory = view.root();
        for (int i = 0; i < names.length - 1; i++) {
            directory = view.lookup(directory, Name.of(names[i]));
        }
        Name last = Name.of(names[names.length - 1]);
        return new WritableView.Place(directory, last, view.lookup(directory, last));
    }

    /** Of everything a layer can hold something. */
    private static void change(WritableView view) throws IOException {
        WritableView.Place etc = place(view, "etc");
        for (String name : List.of("plain", "bad\udcff", "long-" + "n".repeat(240), "with space", "new\nline")) {
            long inode = view.createFile(etc.inode(), Name.of(name), 0640);
            WritableView.Place file = new WritableView.Place(etc.inode(), Name.of(name), inode);
            try (WritableView.OpenFile out = view.open(file)) {
                out.append(ByteBuffer.wrap(name.getBytes(StandardCharsets.UTF_16)));
                out.write(50_000, ByteBuffer.wrap(new byte[] {1}));
            }
            view.setAttributes(file, WritableView.AttributeChange.ofOwner(3_000_000, 12));
            view.setAttributes(file, WritableView.AttributeChange.ofMode(04751));
            view.setXattr(file, "user.binary", new byte[] {0, '\n', '=', (byte) 0xff});
            view.setXattr(file, "security.capability", capability());
            view.setAttributes(
                    file, WritableView.AttributeChange.ofTimes(null, Instant.ofEpochSecond(-5, 250_000_000)));
        }
        view.link(place(view, "etc", "plain"), view.root(), Name.of("linked"));
        view.createSymlink(view.root(), Name.of("symlink"), "../\udcfe/" + "t".repeat(150));
        view.createSpecial(etc.inode(), Name.of("null"), FileType.CHARACTER_DEVICE, 0666, 1, 3);
        view.createSpecial(etc.inode(), Name.of("disk"), FileType.BLOCK_DEVICE, 0600, 259, 70_000);
        view.createSpecial(etc.inode(), Name.of("pipe"), FileType.FIFO, 0600, 0, 0);
        view.unlink(etc.inode(), Name.of("passwd"));
        view.rename(view.root(), Name.of("mnt"), etc.inode(), Name.of("mnt"), false);
        view.rename(view.lookup(view.root(), Name.of("usr")), Name.of("games"), view.root(), Name.of("games"), false);
        view.setAttributes(place(view, "etc", "group"), WritableView.AttributeChange.ofMode(0600));
    }

    /** cap_net_raw=ep, version 2. */
    private static byte[] capability() {
        byte[] value = new byte[20];
        value[0] = 1;
        value[3] = 2;
        value[5] = 0x20;
        return value;
    }

    private static Result run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    private static void requireRootAnd(String tool) throws IOException, InterruptedException {
        assumeTrue(run("id", "-u").output().strip().equals("0"), "needs root, to make what the image has");
        assumeTrue(run("sh", "-c", "command -v " + tool).exitCode() == 0, tool + " is not installed");
    }

    private static String listing(Path unpacked) throws Exception {
        Result listed = run("python3", Shared.file("tools/tree-listing").toString(), unpacked.toString());
        assertThat(listed.exitCode()).as(listed.output()).isZero();
        return listed.output();
    }

    @Test
    void umociUnpacksWhatWasCommitted() throws Exception {
        requireRootAnd("umoci");
        Path bundle = directory.resolve("bundle");
        Result unpacked = run("umoci", "raw", "unpack", "--image", root + ":committed", bundle.toString());
        assertThat(unpacked.exitCode()).as(unpacked.output()).isZero();
        assertThat(listing(bundle)).isEqualTo(tree);
    }

    @Test
    void tarUnpacksWhatWasExported() throws Exception {
        requireRootAnd("tar");
        Path tar = directory.resolve("committed.tar");
        assertThat(Run.layerfs("--store", root, "export", "committed", tar).exitCode())
                .isZero();
        Path unpacked = Files.createDirectory(directory.resolve("untarred"));
        Result result = run(
                "tar",
                "--xattrs",
                "--xattrs-include=*",
                "--numeric-owner",
                "-xpf",
                tar.toString(),
                "-C",
                unpacked.toString());
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(listing(unpacked)).isEqualTo(tree);
    }

    @Test
    void exportWritesTheTreeIntoADirectory() throws Exception {
        requireRootAnd("mknod");
        Path target = directory.resolve("exported");
        Run export = Run.layerfs(
                "--store", root, "export", "committed", target, "--owners", "--setuid", "--devices", "create");
        assertThat(export.exitCode()).as(export.err()).isZero();
        // a JVM sets no extended attributes but those of the user
        assertThat(withoutXattrs(listing(target)).lines().toList())
                .containsExactlyElementsOf(withoutXattrs(tree).lines().toList());
        assertThat(export.err()).contains("security.capability");
        Run again = Run.layerfs("--store", root, "export", "committed", target);
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains("not empty");
    }

    private static String withoutXattrs(String listing) {
        return listing.replaceAll("(?m)^((?:[^\t]*\t){7})[^\t]*", "$1");
    }

    @Test
    void aViewWithoutNamesOutsideOfItCannotBeLeft() throws Exception {
        assertThat(Objects.requireNonNull(tree)).contains("bad\\xff");
        Path target = directory.resolve("safe");
        Run export = Run.layerfs("--store", root, "export", "work", target);
        assertThat(export.exitCode()).as(export.err()).isZero();
        assertThat(export.err()).contains("left out: /etc/null");
        assertThat(target.resolve("etc/group")).exists();
    }
}
