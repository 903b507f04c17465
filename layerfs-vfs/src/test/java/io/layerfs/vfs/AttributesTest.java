package io.layerfs.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.FileType;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.DosFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of a file beside its content. */
class AttributesTest {

    private final MemoryView view = new MemoryView();
    private final FileSystem files = LayerFileSystems.open(view);
    private final Path file = files.getPath("/f");

    @AfterEach
    void close() throws IOException {
        files.close();
    }

    private static Map<String, byte[]> values() {
        return Map.of(
                "user.k", "value".getBytes(UTF_8),
                "user.empty", new byte[0],
                "security.capability", new byte[] {1, 0, 0, 2, 0, -1});
    }

    private static Object outcome(java.util.concurrent.Callable<Object> call) {
        try {
            Object result = call.call();
            return result instanceof byte[] bytes ? new String(bytes, UTF_8) : result;
        } catch (Exception e) {
            return e.getClass();
        }
    }

    /** What a reader of {@code user} attributes can ask; the file has "k" and "empty". */
    private static List<Object> askUser(Path path) {
        var user = Objects.requireNonNull(Files.getFileAttributeView(path, UserDefinedFileAttributeView.class));
        List<Object> answers = new ArrayList<>();
        answers.add(user.name());
        answers.add(outcome(() -> new TreeSet<>(user.list())));
        for (String name : List.of("k", "empty", "none")) {
            answers.add(outcome(() -> user.size(name)));
            answers.add(outcome(() -> user.read(name, ByteBuffer.allocate(9))));
            answers.add(outcome(() -> user.read(name, ByteBuffer.allocateDirect(5))));
            answers.add(outcome(() -> user.read(name, ByteBuffer.allocate(4))));
            answers.add(outcome(() -> user.read(name, ByteBuffer.allocate(9).asReadOnlyBuffer())));
            answers.add(outcome(() -> Files.getAttribute(path, "user:" + name)));
        }
        answers.add(
                outcome(() -> new TreeSet<>(Files.readAttributes(path, "user:*").keySet())));
        answers.add(outcome(
                () -> new TreeSet<>(Files.readAttributes(path, "user:k,empty").keySet())));
        answers.add(outcome(() -> Files.readAttributes(path, "user:k,none").keySet()));
        answers.add(outcome(() -> Files.readAttributes(path, "user:k,").keySet()));
        answers.add(outcome(() -> Files.readAttributes(path, "user:")));
        return answers;
    }

    @Test
    void userAttributesAgreeWithTheDefaultProvider(@TempDir Path host) throws IOException {
        view.file("f", new byte[0]).xattrs = Xattrs.of(values());
        Path onHost = Files.createFile(host.resolve("f"));
        var user = Files.getFileAttributeView(onHost, UserDefinedFileAttributeView.class);
        try {
            user.write("k", ByteBuffer.wrap("value".getBytes(UTF_8)));
            user.write("empty", ByteBuffer.allocate(0));
        } catch (IOException e) {
            assumeTrue(false, "the host's temporary directory keeps no user attributes: " + e);
        }
        assertThat(askUser(file)).isEqualTo(askUser(onHost));
    }

    @Test
    void everyNamespaceIsReadAsBytes() throws IOException {
        view.file("f", new byte[0]).xattrs = Xattrs.of(values());
        assertThat(Files.getAttribute(file, "xattr:security.capability"))
                .isEqualTo(values().get("security.capability"));
        assertThat(Files.readAttributes(file, "xattr:*").keySet())
                .containsExactlyInAnyOrderElementsOf(values().keySet());
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> Files.getAttribute(file, "xattr:security.selinux"))
                .withMessageContaining("/f")
                .withMessageContaining("security.selinux");
    }

    @Test
    void unixAttributesHaveTheTypesOfTheDefaultProvider(@TempDir Path host) throws IOException {
        view.file("f", new byte[7]);
        Map<String, Object> ours = Files.readAttributes(file, "unix:*");
        Map<String, Object> theirs = Files.readAttributes(Files.createFile(host.resolve("f")), "unix:*");
        assertThat(ours.keySet()).containsExactlyInAnyOrderElementsOf(theirs.keySet());
        for (String name : List.of("mode", "ino", "dev", "rdev", "nlink", "uid", "gid", "ctime", "size", "isOther")) {
            assertThat(ours.get(name)).as(name).hasSameClassAs(theirs.get(name));
        }
        for (String list :
                List.of("posix:*", "*", "basic:*", "owner:*", "posix:size,*", "unix:mode,uid", "size,", ",")) {
            assertThat(Files.readAttributes(file, list).keySet())
                    .as(list)
                    .containsExactlyInAnyOrderElementsOf(
                            Files.readAttributes(host.resolve("f"), list).keySet());
        }
    }

    @Test
    void devicesAndModesAreToldInFull() throws IOException {
        MemoryView.Node disk = view.special("sda1", FileType.BLOCK_DEVICE);
        disk.mode = 04660;
        disk.uid = -2;
        disk.major = 8;
        disk.minor = 0x12345;
        view.special("pipe", FileType.FIFO);
        Path path = files.getPath("/sda1");
        assertThat(Files.getAttribute(path, "unix:mode")).isEqualTo(0060000 | 04660);
        assertThat(Files.getAttribute(path, "unix:rdev")).isEqualTo(0x12300845L);
        assertThat(Files.getAttribute(path, "unix:uid")).isEqualTo(-2);
        assertThat(Files.getOwner(path)).hasToString("4294967294");
        assertThat(Files.readAttributes(path, PosixFileAttributes.class).isOther())
                .isTrue();
        assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> Files.newInputStream(files.getPath("/pipe")))
                .withMessageContaining("/pipe");
    }

    @Test
    void timesAreExactAndMayLieBefore1970() throws IOException {
        MemoryView.Node node = view.file("f", new byte[0]);
        node.mtimeSeconds = -2;
        node.mtimeNanos = 999_999_999;
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(FileTime.from(Instant.ofEpochSecond(-2, 999_999_999)));
        MemoryView.Node oldest = view.file("oldest", new byte[0]);
        oldest.mtimeSeconds = Long.MIN_VALUE;
        oldest.mtimeNanos = 0;
        assertThat(Files.getLastModifiedTime(files.getPath("/oldest")).to(java.util.concurrent.TimeUnit.SECONDS))
                .isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void aFileKeyIsTheFilesAndNotTheNames() throws IOException {
        view.file("f", new byte[0]);
        view.file("other", new byte[0]);
        view.link("hard", "f");
        view.symlink("soft", "f");
        Object key = key("/f");
        assertThat(key("/hard")).isEqualTo(key).hasSameHashCodeAs(key);
        assertThat(key("/soft")).isEqualTo(key);
        assertThat(key("/soft", LinkOption.NOFOLLOW_LINKS)).isNotEqualTo(key);
        assertThat(key("/other")).isNotEqualTo(key);
        assertThat(Files.getAttribute(file, "unix:nlink")).isEqualTo(2);
        assertThat(Files.isSameFile(file, files.getPath("/hard"))).isTrue();
        try (FileSystem second = LayerFileSystems.open(view)) {
            assertThat(Files.readAttributes(second.getPath("/f"), PosixFileAttributes.class)
                            .fileKey())
                    .isNotEqualTo(key);
            assertThat(Files.isSameFile(file, second.getPath("/f"))).isFalse();
        }
    }

    private Object key(String path, LinkOption... options) throws IOException {
        return Files.readAttributes(files.getPath(path), PosixFileAttributes.class, options)
                .fileKey();
    }

    @Test
    void principalsAreNumbers() throws IOException {
        MemoryView.Node node = view.file("f", new byte[0]);
        node.uid = 33;
        node.gid = 33;
        var lookup = files.getUserPrincipalLookupService();
        PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
        UserPrincipal owner = attributes.owner();
        assertThat(owner).hasToString("33").isEqualTo(lookup.lookupPrincipalByName("33"));
        assertThat(owner).isNotInstanceOf(GroupPrincipal.class).isNotEqualTo(attributes.group());
        assertThat(attributes.group()).isEqualTo(lookup.lookupPrincipalByGroupName("33"));
        assertThatExceptionOfType(UserPrincipalNotFoundException.class)
                .isThrownBy(() -> lookup.lookupPrincipalByName("www-data"));
    }

    @Test
    void attributesOfOtherSystemsAreNotSupported() throws IOException {
        view.file("f", new byte[0]);
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> Files.readAttributes(file, DosFileAttributes.class));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> Files.readAttributes(file, "dos:hidden"));
    }
}
