package io.layerfs.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Entry;
import io.layerfs.ExportPolicy;
import io.layerfs.ExportPolicy.Devices;
import io.layerfs.FileType;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.View;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A view becomes a directory of the host, which read again is the same layer. */
class HostExportTest {

    private static final ExportPolicy ALL = new ExportPolicy(true, Devices.CREATE, true, true, (path, reason) -> {});

    @TempDir
    Path directory;

    private LayerStore store;

    @BeforeEach
    void open() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private View view(Layer layer) throws IOException {
        return store.view(store.createImage(List.of(layer), Platform.parse("linux/amd64")));
    }

    private static Attributes attributes(int mode, int id, String time, Map<String, byte[]> xattrs) {
        return new Attributes(mode, id, id + 1, Instant.parse(time), Xattrs.of(xattrs));
    }

    private static Attributes plain() {
        return attributes(0644, 0, "2020-01-01T00:00:00Z", Map.of());
    }

    private void assumeRoot() throws IOException {
        assumeTrue(directory.getFileSystem().supportedFileAttributeViews().contains("unix"), "no owners here");
        assumeTrue(Files.getAttribute(directory, "unix:uid").equals(0), "not root");
        assumeTrue(
                Files.getFileStore(directory).supportsFileAttributeView(UserDefinedFileAttributeView.class),
                "no extended attributes in the temporary directory");
    }

    /** But for fractions of a second before 1970, which a JVM cannot set. */
    @Test
    void whatIsExportedWholeIsTheSameLayerAgain() throws IOException {
        assumeRoot();
        Changeset changes = new ChangesetBuilder()
                .directory("", attributes(0711, 5, "1999-12-31T23:59:59.999999999Z", Map.of()))
                .directory("d", attributes(01777, 7, "2001-02-03T04:05:06.000000007Z", Map.of("user.d", new byte[9])))
                .file("d/setuid", attributes(06755, 1, "1969-12-31T23:59:58Z", Map.of()), new byte[] {1})
                .file(
                        "d/x",
                        attributes(0400, 2, "2020-01-01T00:00:00Z", Map.of("user.x", new byte[] {0, 1})),
                        new byte[0])
                .file("large", plain(), new byte[300_000])
                .hardLink("other", "large")
                .symlink("d/link", attributes(0777, 3, "2002-01-01T00:00:00.1Z", Map.of()), "../large")
                .hardLink("link", "d/link")
                .special("d/fifo", attributes(0600, 4, "2003-01-01T00:00:00Z", Map.of()), FileType.FIFO, 0, 0)
                .special(
                        "d/tty",
                        attributes(0620, 4, "2004-01-01T00:00:00Z", Map.of()),
                        FileType.CHARACTER_DEVICE,
                        5,
                        259)
                .special(
                        "d/disk",
                        attributes(0660, 6, "2005-01-01T00:00:00Z", Map.of()),
                        FileType.BLOCK_DEVICE,
                        259,
                        300)
                .build();
        Layer layer = store.add(changes);
        Path out = directory.resolve("out");
        try {
            store.export(view(layer), out, ALL);
        } catch (FileSystemException e) {
            assumeTrue(!String.valueOf(e.getReason()).contains("mknod"), "no devices here: " + e.getReason());
            throw e;
        }
        assertThat(store.add(HostDirectory.read(out)).diffId()).isEqualTo(layer.diffId());
    }

    @Test
    void onlyAnEmptyDirectoryIsWrittenTo() throws IOException {
        View view = view(
                store.add(new ChangesetBuilder().file("f", plain(), new byte[1]).build()));
        Path full = Files.createDirectories(directory.resolve("full"));
        Files.writeString(full.resolve("mine"), "mine");
        assertThatThrownBy(() -> store.export(view, full, ExportPolicy.SAFE))
                .isExactlyInstanceOf(FileSystemException.class)
                .hasMessage(full + ": the directory is not empty");
        assertThat(full.resolve("f")).doesNotExist();
        Path file = Files.writeString(directory.resolve("file"), "mine");
        assertThatThrownBy(() -> store.export(view, file, ExportPolicy.SAFE))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining(file.toString());
        assertThat(file).hasContent("mine");
        store.export(view, Files.createDirectories(directory.resolve("empty")), ExportPolicy.SAFE);
        assertThat(directory.resolve("empty/f")).exists();
    }

    @Test
    void onlyADirectoryIsRead() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "mine");
        assertThatThrownBy(() -> HostDirectory.read(file))
                .isInstanceOf(NotDirectoryException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void oneOwnerCanBeGivenToAll() throws IOException {
        Path tree = Files.createDirectories(directory.resolve("tree/d"));
        Files.writeString(tree.resolve("f"), "content");
        List<String> owners = new ArrayList<>();
        HostDirectory.read(tree.getParent(), 12, 34).walk((path, entry) -> {
            Attributes attributes = ((Entry.Node) entry).attributes();
            owners.add(path + " " + attributes.uid() + ":" + attributes.gid());
        });
        assertThat(owners).contains("d 12:34", "d/f 12:34").allMatch(line -> line.endsWith(" 12:34"));
    }

    /** What only its owner may read is nobody else's at any moment (red team, row 14). */
    @Test
    void untilTheModeIsSetNobodyElseCanReadAnything(@TempDir Path directory) throws IOException {
        org.junit.jupiter.api.Assumptions.assumeTrue(
                directory.getFileSystem().supportedFileAttributeViews().contains("posix"), "no modes here");
        Path place = directory.resolve("export");
        java.util.List<String> seen = new java.util.ArrayList<>();
        try (io.layerfs.LayerStore store = io.layerfs.LayerStore.open(directory.resolve("store"))) {
            io.layerfs.Attributes mode =
                    new io.layerfs.Attributes(0755, 0, 0, java.time.Instant.EPOCH, io.layerfs.Xattrs.NONE);
            io.layerfs.Image image = store.createImage(
                    java.util.List.of(store.add(new io.layerfs.ChangesetBuilder()
                            .directory("", mode)
                            .directory("d", mode)
                            .file("d/f", mode, new byte[] {1})
                            .build())),
                    io.layerfs.Platform.parse("linux/amd64"));
            io.layerfs.View real = store.view(image);
            io.layerfs.View view = (io.layerfs.View) java.lang.reflect.Proxy.newProxyInstance(
                    HostExportTest.class.getClassLoader(), new Class<?>[] {io.layerfs.View.class}, (p, method, of) -> {
                        Object answer = method.invoke(real, of);
                        return answer instanceof io.layerfs.Content content ? watched(content, place, seen) : answer;
                    });
            store.export(view, place, io.layerfs.ExportPolicy.SAFE);
        }
        assertThat(seen).isNotEmpty().containsOnly("rwx------ rwx------ rw-------");
        assertThat(Files.getPosixFilePermissions(place.resolve("d/f"))).hasSize(7);
        assertThat(Files.getPosixFilePermissions(place)).hasSize(7);
    }

    private static io.layerfs.Content watched(io.layerfs.Content content, Path place, java.util.List<String> seen) {
        return new io.layerfs.Content() {
            @Override
            public long size() {
                return content.size();
            }

            @Override
            public int read(long position, java.nio.ByteBuffer target) throws IOException {
                StringBuilder modes = new StringBuilder();
                for (Path path : new Path[] {place, place.resolve("d"), place.resolve("d/f")}) {
                    modes.append(modes.isEmpty() ? "" : " ")
                            .append(java.nio.file.attribute.PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(path)));
                }
                seen.add(modes.toString());
                return content.read(position, target);
            }
        };
    }
}
