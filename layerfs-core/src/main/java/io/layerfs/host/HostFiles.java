package io.layerfs.host;

import io.layerfs.Attributes;
import io.layerfs.Content;
import io.layerfs.Entry;
import io.layerfs.Utf8;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Files of the host as entries; remembers which it met, so that hard links are known by the file they share. */
final class HostFiles {

    private final int @Nullable [] owner;
    private final @Nullable Object without;
    private final Map<Object, Long> inodes = new HashMap<>();
    private long lastInode;

    /**
     * @param owner uid and gid that all files get; null for those that they have
     * @param without the {@link HostStat#key} of a directory that is left out; null for none
     */
    HostFiles(int @Nullable [] owner, @Nullable Object without) {
        this.owner = owner;
        this.without = without;
    }

    boolean isLeftOut(HostStat stat) {
        return without != null && without.equals(stat.key());
    }

    Attributes attributes(HostStat stat, Xattrs xattrs) {
        return new Attributes(
                stat.mode(),
                owner == null ? stat.uid() : owner[0],
                owner == null ? stat.gid() : owner[1],
                stat.modified(),
                xattrs);
    }

    static Xattrs xattrs(Path path) throws IOException {
        UserDefinedFileAttributeView view =
                Files.getFileAttributeView(path, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (view == null) {
            return Xattrs.NONE;
        }
        Map<String, byte[]> values = new TreeMap<>();
        try {
            for (String name : view.list()) {
                ByteBuffer value = ByteBuffer.allocate(view.size(name));
                view.read(name, value);
                values.put("user." + name, value.array());
            }
        } catch (FileSystemException e) {
            if (mayHaveXattrs(path)) {
                throw e;
            }
        }
        return Xattrs.of(values);
    }

    /** Asked where they cannot be had: to find out, the JVM reads the list of all mounts. */
    private static boolean mayHaveXattrs(Path path) {
        try {
            return Files.getFileStore(path).supportsFileAttributeView("user");
        } catch (IOException e) {
            return true; // below a chroot that is no mount of its own the JVM finds no store
        }
    }

    /** What is at {@code path}, in a directory that is open. */
    Entry.File file(OpenDirectory directory, @Nullable Object directoryKey, Path path, HostStat stat)
            throws IOException {
        long inode = inode(path, stat.key());
        Xattrs none = Xattrs.NONE;
        return switch (stat.type()) {
            case SYMLINK -> {
                String target = Utf8.decode(HostPaths.bytes(Files.readSymbolicLink(path)));
                directory.require(path, HostStat.of(path).key());
                yield new Entry.Symlink(attributes(stat, none), inode, target);
            }
            case REGULAR ->
                new Entry.RegularFile(
                        attributes(stat, xattrs(path)),
                        inode,
                        new HostContent(path, directoryKey, stat.key(), stat.size()));
            default -> {
                boolean device = stat.type().isDevice();
                int major = device ? stat.major() : 0;
                int minor = device ? stat.minor() : 0;
                yield new Entry.Special(attributes(stat, none), inode, stat.type(), major, minor);
            }
        };
    }

    private long inode(Path path, @Nullable Object fileKey) {
        Object key = fileKey == null ? path : fileKey;
        return inodes.computeIfAbsent(key, k -> ++lastInode);
    }

    /** The bytes of a file of the host. A file that changes its size while it is read is noticed by who reads it. */
    private record HostContent(
            Path path,
            @Nullable Object directoryKey,
            @Nullable Object key,
            long size) implements Content {
        @Override
        public int read(long position, ByteBuffer target) throws IOException {
            // an empty file is not opened: it may be a lock of this process, which it would lose when it is closed
            // (POSIX)
            Path parent = path.getParent();
            if (size == 0 || parent == null) {
                return target.hasRemaining() ? -1 : 0;
            }
            try (OpenDirectory directory = OpenDirectory.open(parent, directoryKey)) {
                directory.require(path, key);
                try (SeekableByteChannel channel = directory.read(path)) {
                    return read(channel.position(position), target);
                }
            }
        }

        private static int read(SeekableByteChannel channel, ByteBuffer target) throws IOException {
            int total = 0;
            while (target.hasRemaining()) {
                int n = channel.read(target);
                if (n < 0) {
                    return total == 0 ? -1 : total;
                }
                total += n;
            }
            return total;
        }
    }
}
