package io.layerfs.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Deletion of what no path reaches (red team, row 5). */
class TreeRemovalTest {

    @TempDir
    private Path directory;

    /** A chain of directories, the deepest with a file; made from the bottom, since no path is as long. */
    private Path chain(int levels, String name) throws IOException {
        Path tree = Files.createDirectory(directory.resolve("tree"));
        Files.createFile(tree.resolve("file"));
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            assumeTrue(stream instanceof SecureDirectoryStream, "names are looked up by paths alone here");
            SecureDirectoryStream<Path> in = (SecureDirectoryStream<Path>) stream;
            for (int i = 0; i < levels; i++) {
                Files.createDirectory(directory.resolve("next"));
                try (SecureDirectoryStream<Path> next = in.newDirectoryStream(Path.of("next"))) {
                    in.move(Path.of("tree"), next, Path.of(name));
                }
                in.move(Path.of("next"), in, Path.of("tree"));
            }
        }
        return tree;
    }

    @Test
    void noDepthIsTooMuch() throws IOException {
        Path tree = chain(20_000, "d");
        Durable.deleteTree(tree);
        assertThat(tree).doesNotExist();
        assertThat(left()).isEmpty();
    }

    @Test
    void noPathIsTooLong() throws IOException {
        Path tree = chain(100, "n".repeat(255));
        Files.createFile(tree.resolve("beside"));
        Durable.deleteContents(tree);
        assertThat(tree).isEmptyDirectory();
    }

    private List<Path> left() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.toList();
        }
    }

    @Test
    void linksAreDeletedAndNotWhatTheyLeadTo() throws IOException {
        Path kept = Files.createDirectory(directory.resolve("kept"));
        Files.createFile(kept.resolve("file"));
        Path tree = Files.createDirectories(directory.resolve("tree/sub"));
        Files.createSymbolicLink(tree.resolve("link"), kept);
        Files.createSymbolicLink(tree.getParent().resolve("dangling"), Path.of("nowhere"));
        Durable.deleteTree(directory.resolve("tree"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), kept);
        Durable.deleteTree(link);
        assertThat(link).doesNotExist();
        assertThat(directory.resolve("tree")).doesNotExist();
        assertThat(kept.resolve("file")).exists();
    }

    @Test
    void aTreeInFrontOfWhichALinkIsPutIsNotEntered() throws IOException {
        Path kept = Files.createDirectory(directory.resolve("kept"));
        Files.createFile(kept.resolve("file"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), kept);
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            assumeTrue(stream instanceof SecureDirectoryStream, "names are looked up by paths alone here");
        }
        assertThatThrownBy(() -> Durable.deleteContents(link)).isInstanceOf(IOException.class);
        assertThat(kept.resolve("file")).exists();
    }

    @Test
    void directoriesThatKeepTheirOwnerOutAreDeleted() throws IOException {
        Path tree = Files.createDirectories(directory.resolve("tree/a/b/c"));
        Files.createFile(tree.resolve("file"));
        for (String closed : new String[] {"tree/a/b/c", "tree/a/b", "tree/a"}) {
            Files.setPosixFilePermissions(directory.resolve(closed), PosixFilePermissions.fromString("---------"));
        }
        Durable.deleteTree(directory.resolve("tree"));
        assertThat(directory.resolve("tree")).doesNotExist();
    }

    /** By a mount, which nobody can delete, not even root. */
    @Test
    void whatCannotBeDeletedKeepsNothingElse() throws Exception {
        Path tree = Files.createDirectories(directory.resolve("tree"));
        Path stays = Files.createDirectories(tree.resolve("m/mounted"));
        for (String name : new String[] {"a", "m/b", "z"}) {
            Files.createFile(tree.resolve(name));
        }
        assumeTrue(run("mount", "-t", "tmpfs", "none", stays.toString()) == 0, "mounting needs root");
        try {
            assertThatThrownBy(() -> Durable.deleteTree(tree))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(stays + ": ");
            assertThat(tree).isDirectoryNotContaining("glob:**{a,z}");
            assertThat(tree.resolve("m/b")).doesNotExist();
        } finally {
            run("umount", stays.toString());
        }
        Durable.deleteTree(tree);
        assertThat(Files.exists(tree, LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** As {@code docker run --rm -u nobody} and its like: not root, where modes count. */
    @Test
    @Timeout(60)
    void itWorksForAUserToo() throws Exception {
        Path tree = Files.createDirectories(directory.resolve("tree/a/b"));
        Files.createFile(tree.resolve("file"));
        assumeTrue(run("chown", "-R", "12345", directory.toString()) == 0, "only root can become another user");
        assumeTrue(run("setpriv", "--version") == 0, "there is no setpriv");
        for (String closed : new String[] {"tree/a/b", "tree/a"}) {
            Files.setPosixFilePermissions(directory.resolve(closed), PosixFilePermissions.fromString("-w-------"));
        }
        Process deleting = new ProcessBuilder(
                        "setpriv",
                        "--reuid=12345",
                        "--clear-groups",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Deleting.class.getName(),
                        directory.resolve("tree").toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(deleting.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assumeTrue(
                !said.contains("ClassNotFound") && !said.contains("Permission denied: /"),
                "classes are root's: " + said);
        assertThat(deleting.waitFor()).as(said).isZero();
        assertThat(directory.resolve("tree")).doesNotExist();
    }

    /** A process of its own. */
    static final class Deleting {
        private Deleting() {}

        public static void main(String[] arguments) throws IOException {
            Durable.deleteTree(Path.of(arguments[0]));
        }
    }
}
