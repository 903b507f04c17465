package io.layerfs.examples;

import io.layerfs.Digest;
import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.examples.terminal.InOrder;
import io.layerfs.examples.terminal.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A directory tree in a canonical form, to compare two ways of showing the same image: one line for each file, tab
 * between fields, in the order of the bytes of their names.
 *
 * <p>Type ({@code d f l c b p s}), mode in octal, {@code uid:gid}, size ({@code major,minor} of a device), time of
 * modification in whole seconds, how many names in this tree share the file, sha256 of a regular file or target of a
 * link, extended attributes as {@code name=hex} (those of overlayfs left out), path. What has no value is {@code -};
 * in names and targets everything but printable ASCII, and the backslash, is {@code \xNN}.
 *
 * <p>Works on every file system that has the {@code unix} attributes. Files are hashed on all processors.
 */
public final class TreeListing {

    private static final int BUFFER = 1 << 17;

    private final boolean content;
    private final boolean xattrs;
    private final Map<Object, Integer> names = new HashMap<>();

    private TreeListing(boolean content, boolean xattrs) {
        this.content = content;
        this.xattrs = xattrs;
    }

    /** Writes the tree below {@code root}, its root as {@code .}; with {@code content} also what files hold. */
    public static void print(Path root, boolean content, OutputStream out) throws IOException {
        boolean xattrs = root.getFileSystem().supportedFileAttributeViews().contains("xattr");
        TreeListing listing = new TreeListing(content, xattrs);
        listing.count(root);
        try (InOrder<String> lines = new InOrder<>(line -> out.write(line.getBytes(StandardCharsets.US_ASCII)))) {
            listing.walk(root, "", lines);
            lines.finish();
        }
    }

    private void count(Path path) throws IOException {
        UnixFile file = UnixFile.read(path, LinkOption.NOFOLLOW_LINKS);
        if (file.type() == FileType.DIRECTORY) {
            for (Path child : children(path).values()) {
                count(child);
            }
        } else {
            names.merge(file.key(), 1, Integer::sum);
        }
    }

    private void walk(Path path, String relative, InOrder<String> lines) throws IOException {
        UnixFile file = UnixFile.read(path, LinkOption.NOFOLLOW_LINKS);
        lines.submit(() -> line(path, relative.isEmpty() ? "." : relative, file));
        if (file.type() == FileType.DIRECTORY) {
            for (Map.Entry<Name, Path> child : children(path).entrySet()) {
                String name = Text.ascii(child.getKey().toString());
                walk(child.getValue(), relative.isEmpty() ? name : relative + "/" + name, lines);
            }
        }
    }

    private static SortedMap<Name, Path> children(Path directory) throws IOException {
        SortedMap<Name, Path> children = new TreeMap<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            for (Path child : stream) {
                children.put(Name.of(child.getFileName().toString()), child);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return children;
    }

    private String line(Path path, String relative, UnixFile file) throws IOException {
        return String.join(
                        "\t",
                        String.valueOf(file.typeLetter()),
                        mode(file),
                        file.owner(),
                        size(file),
                        Long.toString(file.modified().toInstant().getEpochSecond()),
                        file.type() == FileType.DIRECTORY ? "-" : String.valueOf(names.get(file.key())),
                        contentOf(path, file),
                        xattrs ? xattrs(path) : "-",
                        relative)
                + "\n";
    }

    private static String mode(UnixFile file) {
        String octal = Integer.toOctalString(file.permissions());
        return "0".repeat(4 - octal.length()) + octal;
    }

    private static String size(UnixFile file) {
        if (file.type().isDevice()) {
            return file.major() + "," + file.minor();
        }
        return file.type() == FileType.REGULAR ? Long.toString(file.size()) : "-";
    }

    private String contentOf(Path path, UnixFile file) throws IOException {
        if (file.type() == FileType.SYMLINK) {
            return Text.ascii(Files.readSymbolicLink(path).toString());
        }
        return content && file.type() == FileType.REGULAR ? sha256(path, file.size()) : "-";
    }

    private static String sha256(Path path, long size) throws IOException {
        MessageDigest hash = Digest.newSha256();
        byte[] buffer = new byte[(int) Math.min(size + 1, BUFFER)];
        try (InputStream in = Files.newInputStream(path)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                hash.update(buffer, 0, n);
            }
        }
        return HexFormat.of().formatHex(hash.digest());
    }

    private static String xattrs(Path path) throws IOException {
        Map<String, Object> values = Files.readAttributes(path, "xattr:*", LinkOption.NOFOLLOW_LINKS);
        if (values.isEmpty()) {
            return "-";
        }
        StringBuilder out = new StringBuilder();
        for (String name : values.keySet().stream()
                .filter(TreeListing::isListed)
                .sorted(TreeListing::byBytes)
                .toList()) {
            byte[] value = (byte[]) values.get(name);
            out.append(out.isEmpty() ? "" : ",").append(Text.ascii(name)).append('=');
            out.append(HexFormat.of().formatHex(value));
        }
        return out.isEmpty() ? "-" : out.toString();
    }

    private static boolean isListed(String name) {
        return !name.startsWith("trusted.overlay.") && !name.startsWith("user.overlay.");
    }

    private static int byBytes(String a, String b) {
        return Name.of(a).compareTo(Name.of(b));
    }
}
