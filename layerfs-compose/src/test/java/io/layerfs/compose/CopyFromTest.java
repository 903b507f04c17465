package io.layerfs.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.Platform;
import io.layerfs.Xattrs;
import io.layerfs.vfs.VfsBackend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is copied from another root file system keeps what it has there (field faults, section 1: copying out of a mount). */
class CopyFromTest {

    private static final Platform PLATFORM = new Platform("linux", "amd64", null);
    private static final Instant TIME = Instant.ofEpochSecond(1_600_000_000, 123_000_000);

    @TempDir
    private Path directory;

    private LayerStore store;
    private Image source;

    @BeforeEach
    void makeASource() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        source = store.createImage(List.of(store.add(tree("opt"))), PLATFORM);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private static Attributes attributes(int mode, int uid) {
        return new Attributes(mode, uid, uid + 1, TIME, Xattrs.NONE);
    }

    private static Changeset tree(String at) throws IOException {
        Xattrs capable = Xattrs.of(Map.of("security.capability", new byte[20], "user.own", new byte[] {1}));
        byte[] text = "text".getBytes(StandardCharsets.UTF_8);
        return new ChangesetBuilder()
                .directory(at, attributes(01770, 5))
                .file(at + "/setuid", attributes(04755, 6), text)
                .file(at + "/capable", new Attributes(0750, 7, 7, TIME, capable), new byte[70_000])
                .hardLink(at + "/z-other-name", at + "/capable")
                .symlink(at + "/link", attributes(0777, 8), "/nowhere")
                .directory(at + "/empty", attributes(0700, 9))
                .special(at + "/null", attributes(0666, 0), FileType.CHARACTER_DEVICE, 1, 3)
                .special(at + "/pipe", attributes(01600, 3), FileType.FIFO, 0, 0)
                .build();
    }

    private static List<String> lines(Changeset changes) throws IOException {
        List<String> lines = new ArrayList<>();
        List<Long> inodes = new ArrayList<>();
        changes.walk((path, entry) -> {
            if (path.depth() > 0) {
                lines.add(path + " " + said(entry));
            }
            if (entry instanceof Entry.RegularFile file) {
                inodes.add(file.inode());
            }
        });
        lines.add(inodes.stream().distinct().count() + " files");
        return lines;
    }

    private static String said(Entry entry) {
        if (entry instanceof Entry.RegularFile file) {
            return file.attributes() + " " + file.content().size();
        }
        if (entry instanceof Entry.Special special) {
            return special.attributes() + " " + special.type() + " " + special.major() + ":" + special.minor();
        }
        if (entry instanceof Entry.Directory directory) {
            return directory.attributes().toString();
        }
        return entry instanceof Entry.Symlink link ? link.attributes() + " " + link.target() : entry.toString();
    }

    private Changeset last(Image image) throws IOException {
        return image.layers().get(image.layers().size() - 1).changeset();
    }

    @Test
    void anImagesTreeIsCopiedWithAllThatItHas() throws IOException {
        Image made =
                Rootfs.empty(store, PLATFORM).copyFrom(source, "/opt", "/srv").commit(null);
        assertThat(lines(last(made))).isEqualTo(lines(tree("srv")));
        assertThat(Rootfs.empty(store, PLATFORM)
                        .copyFrom(source, "/opt", "/srv")
                        .commit(null)
                        .digest())
                .as("again")
                .isEqualTo(made.digest());
    }

    @Test
    void aMountsTreeIsCopiedAsItIsWhenItIsCommitted() throws IOException {
        try (Mount mount = new VfsBackend().mount(store, source, MountOptions.DISPOSABLE)) {
            Rootfs rootfs = Rootfs.empty(store, PLATFORM).copyFrom(mount.root().resolve("opt"), "/srv");
            Image before = rootfs.commit(null);
            assertThat(lines(last(before))).isEqualTo(lines(tree("srv")));
            Files.setAttribute(mount.root().resolve("opt/setuid"), "unix:mode", 02711);
            assertThat(Shown.file(store, rootfs.commit(null), "/srv/setuid")).contains(" 102711 6:7 ");
        }
    }

    @Test
    void rulesHoldForItAndAFileIsPutIntoADirectory() throws IOException {
        Image made = Rootfs.from(store, source)
                .copyFrom(source, "/opt/setuid", "/bin/")
                .copyFrom(source, "/opt/link", "/bin/kept")
                .owner("/bin/setuid", 1, 2)
                .commit(null);
        assertThat(Shown.file(store, made, "/bin/setuid")).contains(" 104755 1:2 " + TIME.getEpochSecond());
        assertThat(Shown.file(store, made, "/bin/kept")).contains(" 120777 8:9 ");
    }

    @Test
    void whatIsNotThereOrNotOfAMountIsRefused() throws IOException {
        Rootfs absent = Rootfs.empty(store, PLATFORM).copyFrom(source, "/absent", "/a");
        assertThatThrownBy(() -> absent.commit(null))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("absent");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rootfs.empty(store, PLATFORM).copyFrom(directory, "/a"))
                .withMessageContaining("no path of a pure-Java mount");
    }
}
