package io.layerfs.vfs;

import io.layerfs.FileType;
import io.layerfs.Stat;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What {@code stat} told, as {@code java.nio.file} wants it. The time of creation is not kept: it is mtime. Who asks for basic
 * attributes is not given those of POSIX beside them.
 */
class StatAttributes implements BasicFileAttributes {

    private final Stat stat;
    private final Object fileSystem;
    private @Nullable PosixStatAttributes posix;

    StatAttributes(Stat stat, Object fileSystem) {
        this.stat = stat;
        this.fileSystem = fileSystem;
    }

    final Stat stat() {
        return stat;
    }

    /** The same, and those of POSIX; made when it is first asked for. */
    PosixStatAttributes posix() {
        PosixStatAttributes known = posix;
        if (known == null) {
            known = new PosixStatAttributes(stat, fileSystem);
            posix = known;
        }
        return known;
    }

    /** A file, whatever its names: equal for hard links, and for nothing else. */
    private record FileKey(Object fileSystem, long inode) {
        @Override
        public boolean equals(Object other) {
            return other instanceof FileKey that && fileSystem == that.fileSystem && inode == that.inode;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(fileSystem) * 31 + Long.hashCode(inode);
        }

        @Override
        public String toString() {
            return "(ino=" + inode + ")";
        }
    }

    @Override
    public FileTime lastModifiedTime() {
        return time(stat.mtimeSeconds(), stat.mtimeNanos());
    }

    final FileTime changeTime() {
        return time(stat.ctimeSeconds(), stat.ctimeNanos());
    }

    private static FileTime time(long seconds, int nanos) {
        return nanos == 0
                ? FileTime.from(seconds, java.util.concurrent.TimeUnit.SECONDS)
                : FileTime.from(Instant.ofEpochSecond(seconds, nanos));
    }

    @Override
    public FileTime lastAccessTime() {
        return time(stat.atimeSeconds(), stat.atimeNanos());
    }

    @Override
    public FileTime creationTime() {
        return lastModifiedTime();
    }

    @Override
    public boolean isRegularFile() {
        return stat.type() == FileType.REGULAR;
    }

    @Override
    public boolean isDirectory() {
        return stat.type() == FileType.DIRECTORY;
    }

    @Override
    public boolean isSymbolicLink() {
        return stat.type() == FileType.SYMLINK;
    }

    @Override
    public boolean isOther() {
        return !isRegularFile() && !isDirectory() && !isSymbolicLink();
    }

    @Override
    public long size() {
        return stat.size();
    }

    @Override
    public Object fileKey() {
        return new FileKey(fileSystem, stat.inode());
    }
}
