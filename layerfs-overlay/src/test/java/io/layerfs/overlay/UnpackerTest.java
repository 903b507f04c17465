package io.layerfs.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Xattrs;
import io.layerfs.union.Union;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What layers look like as directories, in the form that takes no privilege. */
class UnpackerTest {

    private static final Attributes DIRECTORY = new Attributes(0755, 0, 0, Instant.EPOCH, Xattrs.NONE);
    private static final Attributes PLAIN = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);

    @TempDir
    private Path directory;

    @BeforeEach
    void requireUserAttributes() throws IOException {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "directories are unpacked for Linux");
        try {
            Files.setAttribute(Files.createFile(directory.resolve("probe")), "user:probe", new byte[1]);
        } catch (IOException | UnsupportedOperationException e) {
            assumeTrue(false, "the temporary directory keeps no user attributes: " + e);
        }
    }

    /** Of a layer on top of another: the names in the directory that it becomes. */
    private List<String> unpack(Changeset base, Changeset top) throws IOException {
        Path target = Files.createDirectory(directory.resolve("layer"));
        Changeset merged = Union.merge(List.of(base, top));
        Unpacker.unpack(top, base, merged, target, OverlayForm.USER, new NotedOwnership());
        try (Stream<Path> files = Files.walk(target)) {
            return files.map(file -> target.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private static ChangesetBuilder root() throws IOException {
        return new ChangesetBuilder().directory("", DIRECTORY);
    }

    @Test
    void whatIsRemovedWhereNothingIsImpliesNoDirectory() throws IOException {
        Changeset base =
                root().directory("d", DIRECTORY).file("f", PLAIN, new byte[1]).build();
        Changeset top = root().whiteout("absent/x")
                .whiteout("absent/deep/x")
                .whiteout("f/x")
                .whiteout("d/absent/x")
                .build();

        assertThat(unpack(base, top)).containsExactly("", "d");
    }

    @Test
    void whatIsRemovedIsAWhiteoutInItsDirectory() throws IOException {
        Changeset base =
                root().directory("d", DIRECTORY).file("d/f", PLAIN, new byte[1]).build();
        Changeset top = root().whiteout("d/f").file("e", PLAIN, new byte[1]).build();

        assertThat(unpack(base, top)).containsExactly("", "d", "d/f", "e");
        Path whiteout = directory.resolve("layer/d/f");
        assertThat((Integer) Files.getAttribute(whiteout, "unix:mode") & 0170000)
                .isEqualTo(0020000);
        assertThat(Files.getAttribute(whiteout, "unix:rdev")).isEqualTo(0L);
    }
}
