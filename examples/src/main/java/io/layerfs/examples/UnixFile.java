package io.layerfs.examples;

import io.layerfs.FileType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;

/**
 * What {@code stat(2)} tells of a file, read through {@link Files} and the attribute view {@code unix}, which the default
 * file system of Linux and layerfs both have.
 *
 * @param mode type and permission bits
 * @param uid the owner's number, unsigned
 * @param gid the group's number, unsigned
 * @param size in bytes
 * @param modified when the content was last modified
 * @param changed when the inode was last changed
 * @param links how many names it has
 * @param inode its number
 * @param device what a device stands for, as {@code st_rdev}
 * @param key the same for names of the same file only
 */
public record UnixFile(
        int mode,
        int uid,
        int gid,
        long size,
        FileTime modified,
        FileTime changed,
        int links,
        long inode,
        long device,
        Object key) {

    private static final String NAMES = "unix:mode,uid,gid,size,lastModifiedTime,ctime,nlink,ino,rdev,fileKey";

    /** Reads the attributes of a file; of a symbolic link itself with {@link LinkOption#NOFOLLOW_LINKS}. */
    public static UnixFile read(Path path, LinkOption... options) throws IOException {
        Map<String, Object> values = Files.readAttributes(path, NAMES, options);
        return new UnixFile(
                number(values, "mode").intValue(),
                number(values, "uid").intValue(),
                number(values, "gid").intValue(),
                number(values, "size").longValue(),
                value(values, "lastModifiedTime", FileTime.class),
                value(values, "ctime", FileTime.class),
                number(values, "nlink").intValue(),
                number(values, "ino").longValue(),
                number(values, "rdev").longValue(),
                value(values, "fileKey", Object.class));
    }

    /** Integer or Long: file systems differ. */
    private static Number number(Map<String, Object> values, String name) throws IOException {
        return value(values, name, Number.class);
    }

    private static <T> T value(Map<String, Object> values, String name, Class<T> type) throws IOException {
        Object value = values.get(name);
        if (!type.isInstance(value)) {
            throw new IOException("the file system gives no attribute unix:" + name);
        }
        return type.cast(value);
    }

    /** The kind of file. */
    public FileType type() {
        return FileType.ofMode(mode);
    }

    /** The one letter that {@code ls} and {@code find} have for the kind; {@code f} for a regular file. */
    public char typeLetter() {
        return switch (type()) {
            case DIRECTORY -> 'd';
            case REGULAR -> 'f';
            case SYMLINK -> 'l';
            case CHARACTER_DEVICE -> 'c';
            case BLOCK_DEVICE -> 'b';
            case FIFO -> 'p';
            case SOCKET -> 's';
        };
    }

    /** The permission bits, setuid, setgid and sticky among them. */
    public int permissions() {
        return mode & 07777;
    }

    /** The permissions as {@code ls} shows them: {@code drwxr-sr-t}. */
    public String symbolicMode() {
        char[] text = new char[10];
        text[0] = type() == FileType.REGULAR ? '-' : typeLetter();
        for (int i = 0; i < 9; i++) {
            text[i + 1] = (mode & 0400 >> i) != 0 ? "rwx".charAt(i % 3) : '-';
        }
        special(text, 3, 04000, 's');
        special(text, 6, 02000, 's');
        special(text, 9, 01000, 't');
        return new String(text);
    }

    private void special(char[] text, int at, int bit, char letter) {
        if ((mode & bit) != 0) {
            text[at] = text[at] == 'x' ? letter : Character.toUpperCase(letter);
        }
    }

    /** The major number of a device, by the coding of {@code st_rdev} that glibc has. */
    public long major() {
        return ((device >>> 8) & 0xfff) | ((device >>> 32) & 0xfffff000L);
    }

    /** The minor number of a device. */
    public long minor() {
        return (device & 0xff) | ((device >>> 12) & 0xffffff00L);
    }

    /** {@code uid:gid}, in numbers. */
    public String owner() {
        return Integer.toUnsignedString(uid) + ":" + Integer.toUnsignedString(gid);
    }
}
