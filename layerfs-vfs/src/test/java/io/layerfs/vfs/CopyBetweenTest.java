package io.layerfs.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies and moves between a writable view, the host, other views, and file systems of other providers. */
class CopyBetweenTest {

    private static final FileTime TIME = FileTime.fromMillis(1_234_567_000);

    private static void fill(Path root) throws IOException {
        Files.writeString(root.resolve("f"), "content");
        Files.setLastModifiedTime(root.resolve("f"), TIME);
        Files.write(root.resolve("big"), new byte[1_000_000]);
        Files.createDirectories(root.resolve("d/e"));
        Files.createDirectory(root.resolve("empty"));
        Files.createSymbolicLink(root.resolve("link"), Path.of("f"));
    }

    @Test
    void copiesFromTheHostAgree(@TempDir Path directory, @TempDir Path other) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, CopyBetweenTest::fill)) {
            Path out = other.resolve("source");
            Files.createDirectory(out);
            fill(out);
            for (String source : List.of("f", "big", "d", "empty", "link", "absent")) {
                for (String target : List.of("new", "f", "d", "empty", "absent/x", "link")) {
                    twin.agree(source + " to " + target, root -> copy(out.resolve(source), root.resolve(target)));
                    twin.fresh();
                    twin.agree(
                            source + " over " + target,
                            root -> copy(
                                    out.resolve(source),
                                    root.resolve(target),
                                    StandardCopyOption.REPLACE_EXISTING,
                                    StandardCopyOption.COPY_ATTRIBUTES));
                    twin.fresh();
                }
            }
        }
    }

    private static Object copy(Path source, Path target, java.nio.file.CopyOption... options) throws IOException {
        try {
            Files.copy(source, target, options);
        } catch (IOException e) {
            return e.getClass(); // which of two that are wrong is told first is the JDK's own affair here
        }
        if (Files.isDirectory(source)) {
            return "made";
        }
        long apart = Files.getLastModifiedTime(target).toMillis()
                - Files.getLastModifiedTime(source).toMillis();
        return options.length == 2 ? apart : "";
    }

    /** Times do; permissions only with later JDKs, whose affair it is. */
    @Test
    void attributesComeOver(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, CopyBetweenTest::fill)) {
            Path in =
                    Files.copy(twin.host().resolve("f"), twin.root().resolve("in"), StandardCopyOption.COPY_ATTRIBUTES);
            Path out = Files.copy(in, twin.host().resolve("out"), StandardCopyOption.COPY_ATTRIBUTES);
            for (Path copy : List.of(in, out)) {
                assertThat(Files.getLastModifiedTime(copy)).isEqualTo(TIME);
                assertThat(copy).hasContent("content");
            }
        }
    }

    @Test
    void movesToAndFromTheHostWork(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, CopyBetweenTest::fill)) {
            Files.move(twin.host().resolve("f"), twin.root().resolve("moved"));
            assertThat(twin.host().resolve("f")).doesNotExist();
            assertThat(Files.getLastModifiedTime(twin.root().resolve("moved"))).isEqualTo(TIME);
            Files.move(twin.root().resolve("moved"), twin.host().resolve("back"));
            assertThat(twin.root().resolve("moved")).doesNotExist();
            assertThat(twin.host().resolve("back")).hasContent("content");
            assertThatExceptionOfType(DirectoryNotEmptyException.class)
                    .isThrownBy(() ->
                            Files.move(twin.root().resolve("d"), twin.host().resolve("d2")));
            assertThat(twin.root().resolve("d/e")).isDirectory();
            assertThatExceptionOfType(AtomicMoveNotSupportedException.class)
                    .isThrownBy(() -> Files.move(
                            twin.root().resolve("big"), twin.host().resolve("big2"), StandardCopyOption.ATOMIC_MOVE));
        }
    }

    @Test
    void anotherProvidersFilesComeAndGo(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, CopyBetweenTest::fill);
                FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
            Path there = memory.getPath("/f");
            Files.copy(twin.root().resolve("big"), there);
            Path back = Files.copy(there, twin.root().resolve("back"), StandardCopyOption.COPY_ATTRIBUTES);
            assertThat(Files.mismatch(back, twin.host().resolve("big"))).isEqualTo(-1);
            Files.move(there, twin.root().resolve("f"), StandardCopyOption.REPLACE_EXISTING);
            assertThat(Files.exists(there)).isFalse();
        }
    }

    /** What the default provider does between two mounts, this one does between two views. */
    @Test
    void copiesBetweenViewsKeepAll(@TempDir Path one, @TempDir Path other) throws IOException {
        try (WritableTwin from = new WritableTwin(one, CopyBetweenTest::fill);
                WritableTwin to = new WritableTwin(other, CopyBetweenTest::fill)) {
            Path source = from.root().resolve("f");
            Files.setAttribute(source, "user:k", new byte[] {1});
            Files.setAttribute(source, "unix:uid", 77);
            Path copy = Files.copy(source, to.root().resolve("new"), StandardCopyOption.COPY_ATTRIBUTES);
            assertThat(Files.readAttributes(copy, "unix:uid,mode,lastModifiedTime"))
                    .isEqualTo(Files.readAttributes(source, "unix:uid,mode,lastModifiedTime"));
            assertThat((byte[]) Files.getAttribute(copy, "user:k")).containsExactly(1);
            Path link = Files.copy(from.root().resolve("link"), to.root().resolve("link2"), LinkOption.NOFOLLOW_LINKS);
            assertThat(Files.readSymbolicLink(link)).hasToString("f");
            Files.move(from.root().resolve("big"), to.root().resolve("f"), StandardCopyOption.REPLACE_EXISTING);
            assertThat(from.root().resolve("big")).doesNotExist();
            assertThat(to.root().resolve("f")).hasSize(1_000_000);
            Files.move(from.root().resolve("empty"), to.root().resolve("empty2"));
            assertThat(to.root().resolve("empty2")).isEmptyDirectory();
            assertThat(from.root().resolve("empty")).doesNotExist();
        }
    }

    @Test
    void movesBetweenViewsAreRefusedAsBetweenMounts(@TempDir Path one, @TempDir Path other) throws IOException {
        try (WritableTwin from = new WritableTwin(one, CopyBetweenTest::fill);
                WritableTwin to = new WritableTwin(other, CopyBetweenTest::fill)) {
            Path d = from.root().resolve("d");
            assertThatExceptionOfType(DirectoryNotEmptyException.class)
                    .isThrownBy(() -> Files.move(d, to.root().resolve("d2")));
            assertThatExceptionOfType(FileAlreadyExistsException.class)
                    .isThrownBy(
                            () -> Files.move(from.root().resolve("f"), to.root().resolve("f")));
            assertThatExceptionOfType(DirectoryNotEmptyException.class)
                    .isThrownBy(() -> Files.move(
                            from.root().resolve("f"), to.root().resolve("d"), StandardCopyOption.REPLACE_EXISTING));
            assertThatExceptionOfType(AtomicMoveNotSupportedException.class)
                    .isThrownBy(() -> Files.move(
                            from.root().resolve("f"), to.root().resolve("x"), StandardCopyOption.ATOMIC_MOVE));
            assertThatExceptionOfType(NoSuchFileException.class)
                    .isThrownBy(() ->
                            Files.move(from.root().resolve("absent"), to.root().resolve("x")));
            assertThatExceptionOfType(NoSuchFileException.class)
                    .isThrownBy(
                            () -> Files.move(from.root().resolve("f"), to.root().resolve("absent/x")));
            assertThat(WritableTwin.tree(from.root())).isEqualTo(WritableTwin.tree(from.host()));
            assertThat(WritableTwin.tree(to.root())).isEqualTo(WritableTwin.tree(to.host()));
        }
    }

    @Test
    void aLinkBetweenViewsIsRefused(@TempDir Path one, @TempDir Path other) throws IOException {
        try (WritableTwin from = new WritableTwin(one, CopyBetweenTest::fill);
                WritableTwin to = new WritableTwin(other, CopyBetweenTest::fill)) {
            assertThat(WritableTwin.outcome(
                            root -> Files.createLink(
                                    root.resolve("new"), from.root().resolve("f")),
                            to.root()))
                    .isEqualTo("FileSystemException of /new, /f: Invalid cross-device link");
        }
    }
}
