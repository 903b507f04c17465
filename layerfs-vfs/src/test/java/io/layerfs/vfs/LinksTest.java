package io.layerfs.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where symbolic links lead: inside the root, whatever they say; and what no host would make, but a layer can hold. */
class LinksTest {

    private final MemoryView view = new MemoryView();
    private final FileSystem files = LayerFileSystems.open(view);

    @BeforeEach
    void fill() throws IOException {
        view.directory("etc");
        view.file("etc/passwd", "inside".getBytes(UTF_8));
        view.directory("d");
        view.directory("d/e");
    }

    @AfterEach
    void close() throws IOException {
        files.close();
    }

    private String read(String path) throws IOException {
        return Files.readString(files.getPath(path));
    }

    private void fails(String path, String reason) {
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> Files.readAttributes(files.getPath(path), "size"))
                .satisfies(e -> {
                    assertThat(e.getFile()).isEqualTo(path);
                    assertThat(e.getReason()).contains(reason);
                });
        assertThat(Files.exists(files.getPath(path))).isFalse();
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> files.getPath(path).toRealPath())
                .satisfies(e -> assertThat(e.getReason()).contains(reason));
    }

    private void isAbsent(String path) {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> Files.readAttributes(files.getPath(path), "size"))
                .withMessage(path);
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> files.getPath(path).toRealPath())
                .withMessage(path);
    }

    @Test
    void anAbsoluteTargetStartsAtTheRootOfTheView() throws IOException {
        view.symlink("d/e/abs", "/etc/passwd");
        view.symlink("d/e/root", "/");
        view.symlink("d/e/slashes", "//etc///passwd");
        assertThat(read("/d/e/abs")).isEqualTo("inside");
        assertThat(read("/d/e/slashes")).isEqualTo("inside");
        assertThat(read("/d/e/root/d/../etc/passwd")).isEqualTo("inside");
        assertThat(files.getPath("/d/e/root").toRealPath()).hasToString("/");
        assertThat(files.getPath("/d/e/root/d/e/abs").toRealPath()).hasToString("/etc/passwd");
    }

    @Test
    void noNumberOfDotsLeadsOut() throws IOException {
        view.symlink("out", "../../../../../../../../etc/passwd");
        view.symlink("d/up", "/../..");
        assertThat(read("/out")).isEqualTo("inside");
        assertThat(read("/d/up/../d/../../etc/passwd")).isEqualTo("inside");
        assertThat(files.getPath("/d/up/..").toRealPath()).hasToString("/");
    }

    @Test
    void dotsAreOfWhereALinkLeads() throws IOException {
        view.symlink("deep", "d/e");
        view.directory("d/only-in-d");
        view.directory("d/only-in-d/x");
        assertThat(Files.isDirectory(files.getPath("/deep/../only-in-d"))).isTrue();
        assertThat(Files.exists(files.getPath("/deep/../d"))).isFalse();
        assertThat(files.getPath("/deep/../only-in-d").toRealPath()).hasToString("/d/only-in-d");
        Path kept = files.getPath("/deep/../only-in-d/./x/..").toRealPath(LinkOption.NOFOLLOW_LINKS);
        assertThat(kept).hasToString("/deep/../only-in-d");
    }

    @Test
    void fortyLinksAreFollowedAndNotFortyOne() throws IOException {
        view.symlink("l1", "/etc/passwd");
        for (int i = 2; i <= 41; i++) {
            view.symlink("l" + i, "/l" + (i - 1));
        }
        assertThat(read("/l40")).isEqualTo("inside");
        fails("/l41", "Too many levels of symbolic links");
    }

    /** Each link names the one before it twice: followed without a limit over the whole walk, 2 to the 39th steps. */
    @Test
    void linksThatMultiplyAreCountedOverTheWholeWalk() throws IOException {
        view.symlink("m0", "/d");
        for (int i = 1; i < 40; i++) {
            view.symlink("m" + i, "/m" + (i - 1) + "/../m" + (i - 1));
        }
        fails("/m39", "Too many levels of symbolic links");
    }

    @Test
    void aTargetThatEndsInASlashMustBeADirectory() throws IOException {
        view.symlink("file", "etc/passwd/");
        view.symlink("directory", "etc/");
        view.symlink("through", "directory/");
        fails("/file", "Not a directory");
        assertThat(read("/through/passwd")).isEqualTo("inside");
        assertThat(files.getPath("/through").toRealPath()).hasToString("/etc");
    }

    @Test
    void targetsThatNoPathCanSpellAreFailuresOfTheFile() throws IOException {
        view.symlink("nul", "etc\0passwd");
        view.symlink("surrogate", "etc\uD800");
        view.symlink("empty", "");
        fails("/nul", "no path");
        fails("/surrogate/x", "no path");
        isAbsent("/empty");
        isAbsent("/empty/x");
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> Files.readSymbolicLink(files.getPath("/nul")));
        assertThat(Files.readSymbolicLink(files.getPath("/empty"))).hasToString("");
        view.symlink("long", "d/" + "n".repeat(256));
        fails("/long", "File name too long");
    }

    @Test
    void aLinkIsReadAndOnlyALink() throws IOException {
        view.symlink("bytes", "caf\uDCE9/x");
        Path target = Files.readSymbolicLink(files.getPath("/bytes"));
        assertThat(target).isEqualTo(files.getPath("caf\uDCE9/x"));
        assertThatExceptionOfType(NotLinkException.class)
                .isThrownBy(() -> Files.readSymbolicLink(files.getPath("/etc")));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Files.newByteChannel(files.getPath("/bytes"), LinkOption.NOFOLLOW_LINKS))
                .withMessageContaining("symbolic link");
    }

    @Test
    void aWalkThatFollowsLinksEndsAtALoop() throws IOException {
        view.symlink("d/e/back", "..");
        assertThatExceptionOfType(java.io.UncheckedIOException.class)
                .isThrownBy(() -> {
                    try (var walk = Files.walk(files.getPath("/d"), FileVisitOption.FOLLOW_LINKS)) {
                        walk.forEach(path -> {});
                    }
                })
                .withCauseInstanceOf(FileSystemLoopException.class);
        try (var walk = Files.walk(files.getPath("/d"))) {
            assertThat(walk.map(Path::toString)).isEqualTo(List.of("/d", "/d/e", "/d/e/back"));
        }
    }
}
