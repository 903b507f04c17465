package io.layerfs.vfs;

import io.layerfs.FileType;
import io.layerfs.Stat;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;

/** What {@code stat} told, as {@code java.nio.file} wants it. The time of creation is not kept: it is mtime. */
record StatAttributes(Stat stat, Object fileSystem) implements PosixFileAttributes {

    /** By rising bit: others' execute first. */
    private static final PosixFilePermission[] PERMISSIONS = {
        PosixFilePermission.OTHERS_EXECUTE,
        PosixFilePermission.OTHERS_WRITE,
        PosixFilePermission.OTHERS_READ,
        PosixFilePermission.GROUP_EXECUTE,
        PosixFilePermission.GROUP_WRITE,
        PosixFilePermission.GROUP_READ,
        PosixFilePermission.OWNER_EXECUTE,
        PosixFilePermission.OWNER_WRITE,
        PosixFilePermission.OWNER_READ
    };

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

    FileTime changeTime() {
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

    @Override
    public UserPrincipal owner() {
        return NumericPrincipal.user(stat.uid());
    }

    @Override
    public GroupPrincipal group() {
        return NumericPrincipal.group(stat.gid());
    }

    @Override
    public Set<PosixFilePermission> permissions() {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < PERMISSIONS.length; i++) {
            if ((stat.mode() & 1 << i) != 0) {
                permissions.add(PERMISSIONS[i]);
            }
        }
        return permissions;
    }
}
