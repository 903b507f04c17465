package io.layerfs.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Setting attributes, by name and through every view: on files of the host, and on those of a writable view. */
class AttributeWritingTest {

    private static final List<String> PATHS = List.of("f", "d", "link", "dangling", "absent", "loop", "f/x", "su");
    private static final FileTime TIME = FileTime.from(Instant.ofEpochSecond(1_234_567_890, 123_456_000));

    private static void fill(Path root) throws IOException {
        Files.writeString(root.resolve("f"), "content");
        Files.createLink(root.resolve("hard"), root.resolve("f"));
        Files.createDirectory(root.resolve("d"));
        Files.writeString(root.resolve("su"), "setuid");
        Files.setAttribute(root.resolve("su"), "unix:mode", 06755);
        Files.createSymbolicLink(root.resolve("link"), Path.of("f"));
        Files.createSymbolicLink(root.resolve("dangling"), Path.of("nowhere"));
        Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
    }

    private static boolean isRoot(Path host) throws IOException {
        return Files.getAttribute(host, "unix:uid").equals(0);
    }

    /** All that the setting of attributes can change. */
    private static Object shown(Path path, LinkOption... options) throws IOException {
        Map<String, Object> all =
                new TreeMap<>(Files.readAttributes(path, "unix:mode,uid,gid,lastModifiedTime", options));
        boolean timed = TIME.equals(all.remove("lastModifiedTime"));
        return all + (timed ? " timed" : "");
    }

    private static void set(WritableTwin twin, String attribute, Object value) throws IOException {
        for (String path : PATHS) {
            String what = attribute + " of " + path + " to " + value;
            twin.agree(what, root -> {
                Files.setAttribute(root.resolve(path), attribute, value);
                return shown(root.resolve(path));
            });
            twin.fresh();
            twin.agree(what + ", no follow", root -> {
                if (attribute.endsWith("Time") && Files.isSymbolicLink(root.resolve(path))) {
                    return "times of links are another test's";
                }
                if (WritableTwin.LATER_JDK
                        && attribute.matches(".*:(mode|permissions)")
                        && Files.isSymbolicLink(root.resolve(path))) {
                    return "later JDKs set the mode of what the link leads to";
                }
                Files.setAttribute(root.resolve(path), attribute, value, LinkOption.NOFOLLOW_LINKS);
                return shown(root.resolve(path), LinkOption.NOFOLLOW_LINKS);
            });
            twin.fresh();
        }
    }

    @Test
    void namedAttributesAgree(@TempDir Path directory) throws IOException {
        Assumptions.assumeTrue(isRoot(directory), "only root may change owners");
        try (WritableTwin twin = new WritableTwin(directory, AttributeWritingTest::fill)) {
            set(twin, "lastModifiedTime", TIME);
            set(twin, "basic:lastModifiedTime", TIME);
            set(twin, "posix:lastAccessTime", TIME);
            set(twin, "creationTime", TIME);
            set(twin, "posix:permissions", PosixFilePermissions.fromString("rwx-w---x"));
            set(twin, "unix:permissions", PosixFilePermissions.fromString("---------"));
            for (int mode : new int[] {0, 0777, 04755, 02070, 01777, 07777, 0100644, 0170000, -1}) {
                set(twin, "unix:mode", mode);
            }
            for (int id : new int[] {0, 1000, 65_534, 70_000, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                set(twin, "unix:uid", id);
                set(twin, "unix:gid", id);
            }
        }
    }

    @Test
    void refusalsAgree(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, AttributeWritingTest::fill)) {
            for (String attribute : List.of(
                    "nonsense",
                    "basic:nonsense",
                    "nonsense:mode",
                    "basic:size",
                    "basic:permissions",
                    "posix:mode",
                    "owner:group",
                    "owner:lastModifiedTime",
                    "unix:ino",
                    "unix:ctime",
                    "unix:",
                    ":",
                    "")) {
                set(twin, attribute, "value");
            }
            set(twin, "user:nonsense", "a string");
            twin.agree("mode as a string", root -> Files.setAttribute(root.resolve("f"), "unix:mode", "string"));
            twin.agree("a time as a string", root -> Files.setAttribute(root.resolve("f"), "lastModifiedTime", "x"));
        }
    }

    @Test
    void ownersAgree(@TempDir Path directory) throws IOException {
        Assumptions.assumeTrue(isRoot(directory), "only root may change owners");
        try (WritableTwin twin = new WritableTwin(directory, AttributeWritingTest::fill)) {
            for (String path : PATHS) {
                for (LinkOption[] options : new LinkOption[][] {{}, {LinkOption.NOFOLLOW_LINKS}}) {
                    twin.agree("owner of " + path, root -> {
                        var lookup = root.getFileSystem().getUserPrincipalLookupService();
                        var view =
                                Files.getFileAttributeView(root.resolve(path), PosixFileAttributeView.class, options);
                        view.setOwner(lookup.lookupPrincipalByName("1234"));
                        view.setGroup(lookup.lookupPrincipalByGroupName("4321"));
                        var owner =
                                Files.getFileAttributeView(root.resolve(path), FileOwnerAttributeView.class, options);
                        return owner.getOwner() + owner.name() + view.name() + shown(root.resolve(path), options);
                    });
                    twin.fresh();
                }
            }
            twin.agree("a group as an owner", root -> {
                var lookup = root.getFileSystem().getUserPrincipalLookupService();
                return Files.setOwner(root.resolve("f"), (UserPrincipal) lookup.lookupPrincipalByGroupName("1"));
            });
            twin.agree("an owner of another provider", root -> Files.setOwner(root.resolve("f"), () -> "root"));
            twin.agree(
                    "a name that nobody has",
                    root -> root.getFileSystem()
                            .getUserPrincipalLookupService()
                            .lookupPrincipalByName("nobody has this name"));
        }
    }

    @Test
    void timesAreKeptToTheNanosecondAndOfLinksToo(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, AttributeWritingTest::fill)) {
            for (String path : List.of("f", "d", "link", "dangling")) {
                for (Instant time : List.of(
                        Instant.ofEpochSecond(1, 1),
                        Instant.ofEpochSecond(-5, 999_999_999),
                        Instant.ofEpochSecond(4_000_000_000L, 7),
                        Instant.ofEpochSecond(0))) {
                    BasicFileAttributeView view = Files.getFileAttributeView(
                            twin.root().resolve(path), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
                    view.setTimes(FileTime.from(time), FileTime.from(time.plusNanos(3)), FileTime.fromMillis(9));
                    assertThat(view.readAttributes().lastModifiedTime().toInstant())
                            .isEqualTo(time);
                    assertThat(view.readAttributes().lastAccessTime().toInstant())
                            .isEqualTo(time.plusNanos(3));
                    view.setTimes(null, FileTime.from(time), null);
                    assertThat(view.readAttributes().lastModifiedTime().toInstant())
                            .isEqualTo(time);
                    view.setTimes(null, null, null);
                    assertThat(view.readAttributes().lastAccessTime().toInstant())
                            .isEqualTo(time);
                }
            }
        }
    }

    /** Whether the host keeps extended attributes of the user, by doing it. */
    private static void assumeXattrs(Path directory) throws IOException {
        Path probe = Files.createFile(directory.resolve("xattr-probe"));
        try {
            Files.setAttribute(probe, "user:k", new byte[1]);
        } catch (FileSystemException | UnsupportedOperationException e) {
            Assumptions.abort("the host's file system has no extended attributes: " + e.getMessage());
        }
    }

    @Test
    void attributesOfTheUserAgree(@TempDir Path directory) throws IOException {
        assumeXattrs(directory);
        try (WritableTwin twin = new WritableTwin(directory, AttributeWritingTest::fill)) {
            for (String path : List.of("f", "d", "link", "absent")) {
                userAttributesAgree(twin, path);
            }
        }
    }

    private static UserDefinedFileAttributeView user(Path path) {
        return Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
    }

    private static void userAttributesAgree(WritableTwin twin, String path) throws IOException {
        twin.agree("write to " + path, root -> {
            UserDefinedFileAttributeView view = user(root.resolve(path));
            ByteBuffer value =
                    ByteBuffer.wrap("xvalue".getBytes(StandardCharsets.UTF_8)).position(1);
            List<Object> seen = new ArrayList<>();
            seen.add(view.write("k", value));
            seen.add(value);
            seen.add(view.write("empty", ByteBuffer.allocateDirect(0)));
            seen.add(view.write("k2", ByteBuffer.allocateDirect(7)));
            seen.add(view.write("k", ByteBuffer.wrap(new byte[] {7})));
            seen.add(new TreeSet<>(view.list()));
            seen.add(view.size("k"));
            ByteBuffer target = ByteBuffer.allocate(10).position(2);
            seen.add(view.read("k", target));
            seen.add(target);
            Files.setAttribute(root.resolve(path), "user:named", new byte[] {1, 2});
            Files.setAttribute(root.resolve(path), "user:buffer", ByteBuffer.allocate(3));
            seen.add(((byte[]) Files.getAttribute(root.resolve(path), "user:named")).length);
            view.delete("k");
            seen.add(new TreeSet<>(view.list()));
            seen.add(view.name());
            return seen;
        });
        twin.agree("delete of what is not there, of " + path, root -> {
            user(root.resolve(path)).delete("absent");
            return "";
        });
        twin.agree(
                "too long a name, of " + path,
                root -> user(root.resolve(path)).write("n".repeat(300), ByteBuffer.allocate(1)));
        twin.agree(
                "too large a value, of " + path,
                root -> user(root.resolve(path)).write("n", ByteBuffer.allocate(70_000)));
        twin.agree("a value that fits into no buffer, of " + path, root -> {
            user(root.resolve(path)).write("n", ByteBuffer.allocate(20));
            return user(root.resolve(path)).read("n", ByteBuffer.allocate(19));
        });
        twin.agree(
                "no value to read, of " + path,
                root -> user(root.resolve(path)).read("no such attribute", ByteBuffer.allocate(1)));
        twin.agree("no value by name, of " + path, root -> Files.getAttribute(root.resolve(path), "user:no such"));
        twin.agree("no value, of " + path, root -> user(root.resolve(path)).size("no such attribute"));
    }

    @Test
    void attributesOfEveryNamespaceCanBeSet(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, AttributeWritingTest::fill)) {
            Path file = twin.root().resolve("f");
            byte[] capability = {1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
            Map<String, byte[]> values = new HashMap<>(Map.of(
                    "security.capability", capability,
                    "trusted.x", new byte[] {1},
                    "user.k", new byte[0]));
            for (Map.Entry<String, byte[]> e : values.entrySet()) {
                Files.setAttribute(file, "xattr:" + e.getKey(), e.getValue());
            }
            Map<String, Object> read = Files.readAttributes(twin.root().resolve("hard"), "xattr:*");
            assertThat(read.keySet()).isEqualTo(values.keySet());
            values.forEach((name, value) -> assertThat((byte[]) read.get(name)).isEqualTo(value));
            Files.setAttribute(file, "xattr:trusted.x", null);
            Files.setAttribute(file, "xattr:user.k", ByteBuffer.wrap(new byte[] {4, 5}, 1, 1));
            assertThat(Files.readAttributes(file, "xattr:*")).containsOnlyKeys("security.capability", "user.k");
            assertThat((byte[]) Files.getAttribute(file, "user:k")).containsExactly(5);
            assertThatExceptionOfType(FileSystemException.class)
                    .isThrownBy(() -> Files.setAttribute(file, "xattr:trusted.x", null))
                    .withMessageContaining("No data available");
            Files.writeString(file, "changed"); // as on Linux, a capability does not survive it
            assertThat(Files.readAttributes(file, "xattr:*")).containsOnlyKeys("user.k");
        }
    }
}
