package io.layerfs.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Mount;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Roots that the kernel mounts, and one that it does not, of the same directory. */
class KernelCases {

    @RepeatedTest(4)
    void eachHasItsOwn(
            @Rootfs(value = "tree", backend = "overlay") Path kernel,
            @Rootfs(value = "tree", backend = "vfs") Path java)
            throws Exception {
        assertThat(kernel.getFileSystem()).isEqualTo(FileSystems.getDefault());
        assertThat(java.getFileSystem()).isNotEqualTo(FileSystems.getDefault());
        for (Path root : new Path[] {kernel, java}) {
            assertThat(root.resolve("etc/motd")).hasContent("hello");
            assertThat(root.resolve("own")).doesNotExist();
            Files.createDirectory(root.resolve("own"));
        }
    }

    @Test
    void failsInTheKernel(@Rootfs(value = "tree", backend = "overlay") Mount mount) throws Exception {
        Files.writeString(mount.root().resolve("etc/motd"), "by the kernel");
        assertThat(mount.root().resolve("etc/motd")).hasContent("something else");
    }
}
