package io.layerfs.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Mount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Roots of all kinds, wherever they can be declared. */
class SourcesCases {

    @Rootfs
    private static Path shared;

    private static int tests;

    private final Path ofTheConstructor;

    SourcesCases(@Rootfs("tree") Path root) {
        this.ofTheConstructor = root;
    }

    @BeforeAll
    static void beforeAll(@Rootfs("tree") Path root) throws Exception {
        assertThat(root.resolve("etc/motd")).hasContent("hello");
        Files.createDirectory(shared.resolve("of-the-class"));
    }

    @AfterAll
    static void afterAll() throws Exception {
        try (Stream<Path> files = Files.list(shared)) {
            assertThat(files).hasSize(1 + tests);
        }
    }

    private void countInTheSharedRoot() throws Exception {
        Files.createFile(shared.resolve("test" + ++tests));
        assertThat(shared.resolve("test1")).exists();
    }

    @Test
    void directory(@Rootfs("tree") Path root) throws Exception {
        countInTheSharedRoot();
        assertThat(root.resolve("etc/motd")).hasContent("hello");
        assertThat(Files.getAttribute(root.resolve("etc/motd"), "unix:uid")).isEqualTo(0);
        assertThat(ofTheConstructor.resolve("etc/motd")).hasContent("hello");
    }

    @Test
    void archive(@Rootfs("layer.tar") Path root) throws Exception {
        countInTheSharedRoot();
        assertThat(root.resolve("from")).hasContent("a tar");
    }

    @Test
    void resource(@Rootfs("/resource.tar") Path root, @Rootfs("/inside.tar") Path insideJar) {
        assertThat(root.resolve("from")).hasContent("a tar");
        assertThat(insideJar.resolve("from")).hasContent("a tar");
    }

    @Test
    void imageOfAStore(@Rootfs(value = "named:1", store = "other-store") Path root) {
        assertThat(root.resolve("from")).hasContent("a tar");
    }

    @Test
    void empty(@Rootfs Mount mount) throws Exception {
        assertThat(mount.root()).isEmptyDirectory();
        Files.createFile(mount.root().resolve("x"));
        assertThat(mount.changes().root().children()).hasNext();
    }

    @Nested
    class Inner {
        @Rootfs("tree")
        private Path inner;

        @Test
        void nested() {
            assertThat(inner.resolve("etc/motd")).hasContent("hello");
            assertThat(inner.getFileSystem()).isNotEqualTo(ofTheConstructor.getFileSystem());
        }
    }
}
