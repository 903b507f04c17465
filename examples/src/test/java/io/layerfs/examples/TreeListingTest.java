package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the host's file system, where the Python tool of the same name is the judge. */
class TreeListingTest {

    @TempDir
    private Path root;

    @BeforeEach
    void makeTree() throws IOException {
        Path directory = Files.createDirectories(root.resolve("a/b")).getParent();
        Files.writeString(directory.resolve("f"), "hi\n");
        Files.createLink(directory.resolve("g"), directory.resolve("f"));
        Files.createSymbolicLink(directory.resolve("l"), Path.of("../no where"));
        Files.writeString(directory.resolve("sp ace\\"), "");
        Files.writeString(directory.resolve("a.b"), "");
        Files.setLastModifiedTime(
                Files.createFile(directory.resolve("old")), FileTime.from(Instant.parse("1970-01-01T03:25:45.9Z")));
        Files.setPosixFilePermissions(directory.resolve("b"), PosixFilePermissions.fromString("rwx---r--"));
        Files.setAttribute(directory.resolve("f"), "unix:mode", 06751);
    }

    @Test
    void showsEachKindOfFile() throws IOException {
        FileTime time = FileTime.fromMillis(1_767_225_600_999L);
        Files.setLastModifiedTime(root.resolve("a/f"), time);
        String owner = UnixFile.read(root).owner();
        assertThat(listing(true).split("\n"))
                .hasSize(9)
                .contains(
                        "f\t6751\t" + owner + "\t3\t1767225600\t2\t"
                                + "98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4\t-\ta/g",
                        "f\t0644\t" + owner + "\t0\t12345\t1\t"
                                + "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\t-\ta/old")
                .anyMatch(line -> line.startsWith("d\t0704\t" + owner + "\t-\t") && line.endsWith("\t-\t-\t-\ta/b"))
                .anyMatch(line -> line.startsWith("l\t0777\t") && line.endsWith("\t1\t../no\\x20where\t-\ta/l"))
                .anyMatch(line -> line.endsWith("\ta/sp\\x20ace\\x5c"));
        assertThat(listing(false)).doesNotContain("98ea6e4f");
    }

    @Test
    void agreesWithTheTool() throws Exception {
        Path tool = Shared.file("tools/tree-listing");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "no Python 3");
        Process process = new ProcessBuilder("/usr/bin/python3", tool.toString(), root.toString()).start();
        String expected = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(process.waitFor()).isZero();
        assertThat(listing(true)).isEqualTo(expected);
    }

    private String listing(boolean content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TreeListing.print(root, content, out);
        return out.toString(StandardCharsets.US_ASCII);
    }
}
