package io.layerfs.host;

import io.layerfs.Attributes;
import io.layerfs.Content;
import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.Utf8;
import io.layerfs.Xattrs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Files of the host as entries; remembers which it met, so that hard links are known by the file they share. */
final class HostFiles {

    private static final LinkOption NOFOLLOW = LinkOption.NOFOLLOW_LINKS;
    private static final int DEFAULT_FILE_MODE = 0644;
    private static final int DEFAULT_DIRECTORY_MODE = 0755;

    private final int @Nullable [] owner;
    private final Map<Object, Long> inodes = new HashMap<>();
    private long lastInode;

    /**
     * @param owner uid and gid that all files get; null for those that they have
     */
    HostFiles(int @Nullable [] owner) {
        this.owner = owner;
    }

    /** The bytes of a path's last name, which its string form does not have in every locale; its URI does. */
    static Name name(Path path) {
        String text = Objects.requireNonNull(path.getFileName(), "a path in a directory has a name")
                .toString();
        boolean unix = path.getFileSystem().equals(FileSystems.getDefault())
                && path.getFileSystem().getSeparator().equals("/");
        if (!unix || text.chars().allMatch(c -> c < 0x80 && c != '?')) {
            return Name.of(text);
        }
        String raw = path.toUri().getRawPath();
        String last = raw.endsWith("/") ? raw.substring(0, raw.length() - 1) : raw;
        return Name.of(unescape(last.substring(last.lastIndexOf('/') + 1)));
    }

    /**
     * The path of a name in a directory, whatever the locale.
     *
     * @throws IllegalArgumentException where the host cannot hold it
     */
    static Path child(Path directory, Name name) {
        if (isPlain(name.toBytes()) || !isUnix(directory)) {
            return directory.resolve(name.toString());
        }
        String raw = directory.toUri().getRawPath();
        return Path.of(URI.create("file://" + raw + (raw.endsWith("/") ? "" : "/") + escape(name.toBytes())));
    }

    /**
     * Where a link at {@code link} leads whose text is {@code target}, whatever the locale.
     *
     * @throws IllegalArgumentException where the host cannot hold it
     */
    static Path linkTarget(Path link, String target) {
        byte[] bytes = Utf8.encode(target);
        if (isPlain(bytes) || !isUnix(link)) {
            return link.getFileSystem().getPath(target);
        }
        boolean absolute = target.startsWith("/");
        Path rooted = Path.of(URI.create("file://" + (absolute ? "" : "/") + escape(bytes)));
        return absolute ? rooted : rooted.subpath(0, rooted.getNameCount());
    }

    private static boolean isUnix(Path path) {
        return path.getFileSystem().equals(FileSystems.getDefault())
                && path.getFileSystem().getSeparator().equals("/");
    }

    private static boolean isPlain(byte[] bytes) {
        for (byte b : bytes) {
            if (b <= ' ') {
                return false;
            }
        }
        return true;
    }

    private static String escape(byte[] bytes) {
        StringBuilder out = new StringBuilder();
        for (byte b : bytes) {
            out.append(b == '/' ? "/" : String.format("%%%02X", b & 0xff));
        }
        return out.toString();
    }

    private static byte[] unescape(String raw) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < raw.length(); i++) {
            if (raw.charAt(i) == '%') {
                out.write(Integer.parseInt(raw.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                out.writeBytes(raw.substring(i, i + 1).getBytes(StandardCharsets.UTF_8));
            }
        }
        return out.toByteArray();
    }

    Attributes attributes(Path path, boolean hasXattrs) throws IOException {
        Map<String, Object> unix = unix(path);
        int mode = unix.isEmpty() ? plainMode(path) : (Integer) value(unix, "mode") & 07777;
        int uid = unix.isEmpty() ? 0 : (Integer) value(unix, "uid");
        int gid = unix.isEmpty() ? 0 : (Integer) value(unix, "gid");
        return new Attributes(
                mode,
                owner == null ? uid : owner[0],
                owner == null ? gid : owner[1],
                Files.getLastModifiedTime(path, NOFOLLOW).toInstant(),
                hasXattrs ? xattrs(path) : Xattrs.NONE);
    }

    private static Map<String, Object> unix(Path path) throws IOException {
        return path.getFileSystem().supportedFileAttributeViews().contains("unix")
                ? Files.readAttributes(path, "unix:mode,uid,gid,rdev,nlink", NOFOLLOW)
                : Map.of();
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

    private static Xattrs xattrs(Path path) throws IOException {
        UserDefinedFileAttributeView view =
                Files.getFileAttributeView(path, UserDefinedFileAttributeView.class, NOFOLLOW);
        if (view == null || !mayHaveXattrs(path)) {
            return Xattrs.NONE;
        }
        Map<String, byte[]> values = new TreeMap<>();
        for (String name : view.list()) {
            ByteBuffer value = ByteBuffer.allocate(view.size(name));
            view.read(name, value);
            values.put("user." + name, value.array());
        }
        return Xattrs.of(values);
    }

    private static boolean mayHaveXattrs(Path path) {
        try {
            return Files.getFileStore(path).supportsFileAttributeView("user");
        } catch (IOException e) {
            return true; // below a chroot that is no mount of its own the JVM finds no store; whoever asks finds out
        }
    }

    Entry.File file(Path path) throws IOException {
        BasicFileAttributes basic = Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW);
        long inode = inode(path, basic.fileKey());
        if (basic.isSymbolicLink()) {
            return new Entry.Symlink(attributes(path, false), inode, target(Files.readSymbolicLink(path)));
        }
        if (basic.isRegularFile()) {
            return new Entry.RegularFile(attributes(path, true), inode, new HostContent(path, basic.size()));
        }
        Map<String, Object> unix = unix(path);
        FileType type = unix.isEmpty() ? FileType.SOCKET : FileType.ofMode((Integer) value(unix, "mode"));
        long device = type.isDevice() ? (Long) value(unix, "rdev") : 0;
        int major = (int) ((device >>> 8 & 0xfff) | (device >>> 32 & ~0xfffL));
        int minor = (int) ((device & 0xff) | (device >>> 12 & ~0xffL));
        return new Entry.Special(attributes(path, false), inode, type, major, minor);
    }

    private static String target(Path target) {
        return Utf8.decode(bytes(target));
    }

    /** The bytes of a path, or of a link's text. A URI is absolute, so the text is put behind the root, and taken from there again. */
    static byte[] bytes(Path target) {
        String text = target.toString();
        boolean plain = text.chars().allMatch(c -> c < 0x80 && c != '?');
        if (plain || !target.getFileSystem().equals(FileSystems.getDefault())) {
            return Utf8.encode(text);
        }
        Path rooted = target.isAbsolute() ? target : Path.of("/").resolve(target);
        byte[] bytes = unescape(rooted.toUri().getRawPath());
        return target.isAbsolute() ? bytes : java.util.Arrays.copyOfRange(bytes, 1, bytes.length);
    }

    private long inode(Path path, @Nullable Object fileKey) {
        Object key = fileKey == null ? path : fileKey;
        return inodes.computeIfAbsent(key, k -> ++lastInode);
    }

    /** The bytes of a file of the host. A file that changes its size while it is read is noticed by who reads it. */
    private record HostContent(Path path, long size) implements Content {
        @Override
        public int read(long position, ByteBuffer target) throws IOException {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, NOFOLLOW)) {
                int total = 0;
                while (target.hasRemaining()) {
                    int n = channel.read(target, position + total);
                    if (n < 0) {
                        return total == 0 ? -1 : total;
                    }
                    total += n;
                }
                return total;
            }
        }
    }
}
