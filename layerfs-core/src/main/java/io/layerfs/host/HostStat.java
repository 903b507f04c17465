package io.layerfs.host;

import io.layerfs.FileType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the host says of a file at one moment; of a link itself.
 *
 * @param key what tells it from all others; null where the host has no such thing
 */
record HostStat(
        @Nullable Object key, FileType type, int mode, int uid, int gid, long device, long size, Instant modified) {

    private static final LinkOption NOFOLLOW = LinkOption.NOFOLLOW_LINKS;
    private static final int DEFAULT_FILE_MODE = 0644;
    private static final int DEFAULT_DIRECTORY_MODE = 0755;

    static HostStat of(Path path) throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return ofUnix(Files.readAttributes(path, "unix:fileKey,mode,uid,gid,rdev,size,lastModifiedTime", NOFOLLOW));
        }
        BasicFileAttributes basic = Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW);
        FileType type = basic.isDirectory()
                ? FileType.DIRECTORY
                : basic.isSymbolicLink()
                        ? FileType.SYMLINK
                        : basic.isRegularFile() ? FileType.REGULAR : FileType.SOCKET;
        Instant modified = basic.lastModifiedTime().toInstant();
        return new HostStat(basic.fileKey(), type, plainMode(path), 0, 0, 0, basic.size(), modified);
    }

    private static HostStat ofUnix(Map<String, Object> attributes) {
        int mode = (Integer) value(attributes, "mode");
        return new HostStat(
                attributes.get("fileKey"),
                FileType.ofMode(mode),
                mode & 07777,
                (Integer) value(attributes, "uid"),
                (Integer) value(attributes, "gid"),
                (Long) value(attributes, "rdev"),
                (Long) value(attributes, "size"),
                ((FileTime) value(attributes, "lastModifiedTime")).toInstant());
    }

    private static Object value(Map<String, Object> attributes, String name) {
        return Objects.requireNonNull(attributes.get(name), name);
    }

    private static int plainMode(Path path) throws IOException {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return Files.isDirectory(path, NOFOLLOW) ? DEFAULT_DIRECTORY_MODE : DEFAULT_FILE_MODE;
        }
        int mode = 0;
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path, NOFOLLOW);
        // declared from the owner's read permission down to others' execute permission, as the bits are
        int bit = 0400;
        for (PosixFilePermission permission : PosixFilePermission.values()) {
            mode |= permissions.contains(permission) ? bit : 0;
            bit >>= 1;
        }
        return mode;
    }

    int major() {
        return (int) ((device >>> 8 & 0xfff) | (device >>> 32 & ~0xfffL));
    }

    int minor() {
        return (int) ((device & 0xff) | (device >>> 12 & ~0xffL));
    }
}
