package io.layerfs.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Tests that fail. */
class FailingCases {

    @Rootfs("tree")
    private Path root;

    @Test
    void changesFilesAndFails() throws Exception {
        Files.writeString(root.resolve("etc/motd"), "changed\nin two lines\n");
        Files.write(root.resolve("binary"), new byte[] {0, 1, 2});
        Files.createSymbolicLink(root.resolve("link"), root.getFileSystem().getPath("motd"));
        Files.delete(root.resolve("gone"));
        assertEquals(1, 2);
    }

    @Test
    void changesNothingAndFails() {
        fail("on purpose");
    }

    @Test
    void changesMuchAndFails() throws Exception {
        for (int i = 0; i < 900; i++) {
            Files.createFile(root.resolve("file-with-a-long-name-" + i));
        }
        fail("on purpose");
    }

    @Test
    void doesNotFindIt(@Rootfs("nowhere:1") Path nowhere) {}

    @Test
    void hasAnotherType(@Rootfs("tree") String text) {}

    @Test
    void hasNoSuchBackend(@Rootfs(backend = "none") Path none) {}
}
