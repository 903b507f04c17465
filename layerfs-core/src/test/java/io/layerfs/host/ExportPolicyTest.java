package io.layerfs.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.ChangesetBuilder;
import io.layerfs.ExportPolicy;
import io.layerfs.ExportPolicy.Devices;
import io.layerfs.FileType;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import io.layerfs.Name;
import io.layerfs.Platform;
import io.layerfs.View;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an image brings that a host should not have, or cannot hold. */
class ExportPolicyTest {

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

    private View view(Changeset changes) throws IOException {
        return store.view(store.createImage(List.of(store.add(changes)), Platform.parse("linux/amd64")));
    }

    private static Attributes attributes(int mode, Map<String, byte[]> xattrs) {
        return new Attributes(mode, 0, 0, Instant.ofEpochSecond(1000), Xattrs.of(xattrs));
    }

    private static Attributes plain() {
        return attributes(0644, Map.of());
    }

    @Test
    void devicesSetuidBitsAndPrivilegesStayOutUnlessAskedFor() throws IOException {
        byte[] value = {1, 0, 2};
        View view = view(new ChangesetBuilder()
                .file("setuid", attributes(06755, Map.of("security.capability", value, "user.k", value)), new byte[1])
                .special("null", plain(), FileType.CHARACTER_DEVICE, 1, 3)
                .build());
        List<String> skipped = new ArrayList<>();
        Path safe = directory.resolve("safe");
        store.export(view, safe, ExportPolicy.SAFE.withSkipped((path, reason) -> skipped.add(path + ": " + reason)));
        assertThat(safe.resolve("null")).doesNotExist();
        assertThat(skipped).anyMatch(s -> s.startsWith("null: ")).anyMatch(s -> s.contains("security.capability"));
        assumeTrue(directory.getFileSystem().supportedFileAttributeViews().contains("unix"), "no modes here");
        assertThat((int) Files.getAttribute(safe.resolve("setuid"), "unix:mode") & 07777)
                .isEqualTo(0755);
        for (Devices devices : Devices.values()) {
            for (boolean setuid : new boolean[] {true, false}) {
                Path to = directory.resolve(devices + "-" + setuid);
                ExportPolicy policy = new ExportPolicy(false, devices, setuid, false, (path, reason) -> {});
                if (devices == Devices.SKIP) {
                    store.export(view, to, policy);
                    assertThat((int) Files.getAttribute(to.resolve("setuid"), "unix:mode") & 07777)
                            .isEqualTo(setuid ? 06755 : 0755);
                } else if (devices == Devices.FAIL) {
                    assertThatThrownBy(() -> store.export(view, to, policy))
                            .isInstanceOf(FileSystemException.class)
                            .hasMessageContaining("null")
                            .hasMessageContaining("device");
                }
            }
        }
    }

    /** A JVM gives a program only names that the locale's encoding has. */
    @Test
    void aPipeIsMadeByTheBytesOfItsName() throws IOException {
        assumeTrue(directory.getFileSystem().supportedFileAttributeViews().contains("unix"), "no pipes here");
        List<String> names = List.of("plain", "it's $HOME", "\u00e4\u4e16", "not utf-8 \udcff", "two\nlines\n");
        ChangesetBuilder changes = new ChangesetBuilder();
        for (String name : names) {
            changes.special("d\udce4/" + name, plain(), FileType.FIFO, 0, 0);
        }
        Path out = directory.resolve("pipes");
        store.export(view(changes.build()), out, ExportPolicy.SAFE);
        View read = store.view(store.importImage(out, ImportOptions.DEFAULT));
        long d = read.lookup(read.root(), Name.of("d\udce4"));
        for (String name : names) {
            assertThat(read.type(read.lookup(d, Name.of(name)))).as(name).isEqualTo(FileType.FIFO);
        }
    }

    @Test
    void namesThatTheHostTakesForOneAreRefusedBeforeAnythingIsWritten() throws IOException {
        Map<String, Configuration> hosts = Map.of("mac", Configuration.osX(), "windows", Configuration.windows());
        for (Map.Entry<String, Configuration> host : hosts.entrySet()) {
            try (FileSystem fileSystem = Jimfs.newFileSystem(host.getValue())) {
                Path root = fileSystem.getRootDirectories().iterator().next();
                assertCollides(root.resolve("case"), "d/README", "d/readme");
                if (host.getKey().equals("mac")) {
                    assertCollides(root.resolve("accents"), "d/\u00e4", "d/a\u0308");
                }
                View distinct = view(new ChangesetBuilder()
                        .file("a", plain(), new byte[1])
                        .file("B", plain(), new byte[1])
                        .build());
                store.export(distinct, root.resolve("distinct"), ExportPolicy.SAFE);
                assertThat(Files.exists(root.resolve("distinct/B"))).isTrue();
            }
        }
    }

    private void assertCollides(Path to, String one, String other) throws IOException {
        View view = view(new ChangesetBuilder()
                .file("a-first", plain(), new byte[1])
                .file(one, plain(), new byte[1])
                .symlink(other, plain(), "/etc")
                .build());
        assertThatThrownBy(() -> store.export(view, to, ExportPolicy.SAFE))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("takes its name for that of");
        try (var files = Files.list(to)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void namesThatDifferInCaseStayTwoFilesWhereTheHostHasTwo() throws IOException {
        assumeTrue(!HostNames.of(directory).foldsCase(), "the temporary directory folds case");
        View view = view(new ChangesetBuilder()
                .file("README", plain(), new byte[1])
                .file("readme", plain(), new byte[2])
                .build());
        store.export(view, directory.resolve("out"), ExportPolicy.SAFE);
        assertThat(directory.resolve("out/README")).hasSize(1);
        assertThat(directory.resolve("out/readme")).hasSize(2);
    }
}
