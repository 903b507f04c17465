package io.layerfs.vfs;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.AclFileAttributeView;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As {@link OtherSuitesTest}: attributes, of files and of what stores them. */
class OtherSuitesAttributesTest {

    private static BesideHost beside;

    @BeforeAll
    static void make(@TempDir Path directory) throws IOException {
        beside = new BesideHost(directory);
    }

    @AfterEach
    void sayWhatDiffers() {
        beside.assertSame();
    }

    @AfterAll
    static void close() throws IOException {
        beside.close();
    }

    @Test
    void attributesByName() throws IOException {
        for (String names : List.of(
                "*",
                "basic:*",
                "posix:*",
                "unix:*",
                "owner:*",
                "size,lastModifiedTime",
                "basic:size,isOther",
                "posix:size",
                "owner:size",
                "",
                ":",
                "basic:",
                ":size",
                "a:b",
                "basic:size:x",
                "size,",
                ",size",
                "*,size",
                "size,nothing",
                "nothing,*",
                "basic:permissions",
                "unix:permissions,mode",
                "acl:*",
                "Basic:size",
                "user:",
                "user:nothing",
                " size")) {
            beside.reads(
                    "names of " + names,
                    p -> new TreeSet<>(Files.readAttributes(p, names).keySet()));
            beside.reads(
                    "names, no follow, of " + names,
                    p -> new TreeSet<>(Files.readAttributes(p, names, LinkOption.NOFOLLOW_LINKS)
                            .keySet()));
            beside.reads("attribute " + names, p -> names.contains("size") || Files.getAttribute(p, names) != null);
        }
    }

    @Test
    void attributesThatAreSet() throws IOException {
        List<Object> values = List.of(
                FileTime.from(1, TimeUnit.NANOSECONDS),
                FileTime.fromMillis(4_000_000_000_123L),
                "text",
                0,
                0644,
                07777,
                -1,
                1L,
                Set.of(),
                EnumSet.of(PosixFilePermission.OWNER_READ),
                Set.of("x"),
                true);
        for (String name : List.of(
                "size",
                "lastModifiedTime",
                "basic:lastAccessTime",
                "creationTime",
                "isDirectory",
                "fileKey",
                "posix:permissions",
                "permissions",
                "owner:owner",
                "posix:group",
                "unix:mode",
                "unix:ino",
                "unix:uid",
                "unix:gid",
                "unix:ctime",
                "unix:permissions",
                "unix:nothing",
                "nothing:x",
                "",
                ":",
                "owner:lastModifiedTime",
                "posix:lastModifiedTime")) {
            for (Object value : values) {
                for (String file : List.of("f", "d", "absent")) {
                    beside.reads(
                            name + " := " + value,
                            p -> Files.setAttribute(p, name, value).getFileName(),
                            file);
                }
            }
        }
    }

    @Test
    void timesAreKeptAsTheyAreSet() throws IOException {
        for (FileTime time : List.of(
                FileTime.fromMillis(0),
                FileTime.from(1_234_567_890_123_456L, TimeUnit.MICROSECONDS),
                FileTime.from(-2_000_000_000L, TimeUnit.SECONDS),
                FileTime.from(java.time.Instant.parse("2200-01-01T00:00:00.123456Z")),
                FileTime.from(java.time.Instant.parse("1902-01-01T00:00:00Z")))) {
            for (String file : List.of("f", "d", "link", "dangling")) {
                beside.reads("" + time, p -> Files.getLastModifiedTime(Files.setLastModifiedTime(p, time)), file);
                beside.reads(
                        time + " by a view, no follow",
                        p -> {
                            BasicFileAttributeView view = Files.getFileAttributeView(
                                    p, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
                            view.setTimes(time, null, FileTime.fromMillis(7));
                            view.setTimes(null, time, null);
                            return view.readAttributes().lastModifiedTime() + " "
                                    + view.readAttributes().lastAccessTime();
                        },
                        file);
            }
        }
    }

    @Test
    void stores() throws IOException {
        for (String name : List.of("basic", "posix", "owner", "unix", "acl", "", "Basic", "nothing")) {
            beside.reads("store's view " + name, p -> Files.getFileStore(p).supportsFileAttributeView(name));
        }
        for (var type : List.of(
                BasicFileAttributeView.class,
                PosixFileAttributeView.class,
                FileOwnerAttributeView.class,
                AclFileAttributeView.class)) {
            beside.reads("store's " + type, p -> Files.getFileStore(p).supportsFileAttributeView(type));
        }
        for (String name :
                List.of("totalSpace", "usableSpace", "unallocatedSpace", "nothing", "", "store:totalSpace")) {
            beside.reads(
                    "store's attribute " + name,
                    p -> Files.getFileStore(p).getAttribute(name).getClass());
        }
        beside.reads("of the store", p -> {
            FileStore store = Files.getFileStore(p);
            return store.equals(Files.getFileStore(p.toRealPath())) + " " + store.isReadOnly() + " "
                    + store.getFileStoreAttributeView(FileStoreAttributeView.class)
                    + (store.getTotalSpace() >= store.getUsableSpace()) + (store.getUsableSpace() > 0)
                    + store.name().isEmpty()
                    + (store.getBlockSize() > 0)
                    + (store.hashCode() == Files.getFileStore(p.toRealPath()).hashCode());
        });
        beside.reads("store", p -> Files.getFileStore(p).isReadOnly());
    }

    @Test
    void extendedAttributes() throws IOException {
        for (String name : List.of("a", "", "ü", "a b", "a:b", "user.a", "x".repeat(250), "x".repeat(251), "/", "*")) {
            for (int size : new int[] {0, 1, 300}) {
                for (String file : List.of("f", "d", "link", "dangling")) {
                    beside.reads(
                            size + " in '" + name + "'",
                            p -> {
                                UserDefinedFileAttributeView view =
                                        Files.getFileAttributeView(p, UserDefinedFileAttributeView.class);
                                int written = view.write(name, java.nio.ByteBuffer.allocate(size));
                                java.nio.ByteBuffer target = java.nio.ByteBuffer.allocate(400);
                                String seen = written + " " + view.list() + view.size(name) + " "
                                        + view.read(name, target) + target
                                        + Files.readAttributes(p, "user:*").keySet();
                                view.delete(name);
                                return seen + view.list();
                            },
                            file);
                }
            }
        }
    }
}
