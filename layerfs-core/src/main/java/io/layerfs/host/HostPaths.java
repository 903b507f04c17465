package io.layerfs.host;

import io.layerfs.Name;
import io.layerfs.Utf8;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The host's names and paths as the bytes that they are. A JVM takes what its locale cannot say for something else: under {@code
 * LC_ALL=C} all that is not ASCII, in paths, in the working directory and in environment variables. A URI of a path has its bytes,
 * in both directions; for the rest Linux is asked. As text, bytes are in the form of {@link Utf8}, which is reversible.
 */
public final class HostPaths {

    private static final char LOST = '\uFFFD';
    private static final String HEX = "0123456789ABCDEF";

    private HostPaths() {}

    /**
     * The file that {@code text} names, from the working directory on where it is relative.
     *
     * @throws IllegalArgumentException where the host cannot hold it
     */
    public static Path of(String text) {
        byte[] bytes = Utf8.encode(text);
        Path here = Path.of("");
        boolean absolute = text.startsWith("/");
        if (!isUnix(here)
                || (isPlain(bytes) && (absolute || isPlain(here.toAbsolutePath().toString())))) {
            return Path.of(text);
        }
        String above = absolute ? "" : rawPath(workingDirectory()) + "/";
        return Path.of(URI.create("file://" + above + escape(bytes)));
    }

    private static Path workingDirectory() {
        Path told = Path.of("").toAbsolutePath();
        if (isPlain(told.toString())) {
            return told;
        }
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/cwd"));
        } catch (IOException e) {
            return told; // no Linux, whose JVMs take every locale for UTF-8
        }
    }

    /** The bytes of a path, as text. */
    public static String text(Path path) {
        return Utf8.decode(bytes(path));
    }

    /** An environment variable, byte for byte, as text; null where it is not set or empty. */
    public static @Nullable String environment(String name) {
        String value = System.getenv(name);
        if (value != null && value.indexOf(LOST) >= 0) {
            value = fromKernel(name, value);
        }
        return value == null || value.isEmpty() ? null : value;
    }

    private static String fromKernel(String name, String decoded) {
        byte[] all;
        try {
            all = Files.readAllBytes(Path.of("/proc/self/environ"));
        } catch (IOException e) {
            return decoded;
        }
        byte[] start = (name + "=").getBytes(StandardCharsets.UTF_8);
        for (int at = 0, end; at < all.length; at = end + 1) {
            end = at;
            while (end < all.length && all[end] != 0) {
                end++;
            }
            if (Arrays.equals(start, Arrays.copyOfRange(all, at, Math.min(end, at + start.length)))) {
                return Utf8.decode(Arrays.copyOfRange(all, at + start.length, end));
            }
        }
        return decoded;
    }

    /** The bytes of a path's last name. */
    public static Name name(Path path) {
        Path last = Objects.requireNonNull(path.getFileName(), "a path in a directory has a name");
        String text = last.toString();
        return !isUnix(path) || isPlain(text) ? Name.of(text) : Name.of(bytes(last));
    }

    /**
     * The path of a name in a directory, of the host or of any other file system.
     *
     * @throws IllegalArgumentException where it cannot hold it
     */
    public static Path child(Path directory, Name name) {
        if (!isUnix(directory) || isPlain(name.toBytes())) {
            return directory.resolve(name.toString());
        }
        return directory.resolve(relative(name.toBytes()));
    }

    /**
     * Where a link at {@code link} leads whose text is {@code target}.
     *
     * @throws IllegalArgumentException where the host cannot hold it
     */
    public static Path linkTarget(Path link, String target) {
        byte[] bytes = Utf8.encode(target);
        if (!isUnix(link) || isPlain(bytes)) {
            return link.getFileSystem().getPath(target);
        }
        return target.startsWith("/") ? Path.of(URI.create("file://" + escape(bytes))) : relative(bytes);
    }

    private static Path relative(byte[] bytes) {
        Path rooted = Path.of(URI.create("file:///" + escape(bytes)));
        return rooted.getNameCount() == 0 ? Path.of("") : rooted.subpath(0, rooted.getNameCount());
    }

    /** The bytes of a path, or of a link's text. A URI is absolute, so the text is put behind the root, and taken from there again. */
    public static byte[] bytes(Path path) {
        String text = path.toString();
        if (!isUnix(path) || isPlain(text)) {
            return Utf8.encode(text);
        }
        byte[] bytes = unescape(rawPath(path.isAbsolute() ? path : Path.of("/").resolve(path)));
        return path.isAbsolute() ? bytes : Arrays.copyOfRange(bytes, 1, bytes.length);
    }

    /** Without the slash that a URI of a directory ends with. */
    private static String rawPath(Path absolute) {
        String raw = absolute.toUri().getRawPath();
        return raw.endsWith("/") ? raw.substring(0, raw.length() - 1) : raw;
    }

    private static boolean isUnix(Path path) {
        return path.getFileSystem().equals(FileSystems.getDefault())
                && path.getFileSystem().getSeparator().equals("/");
    }

    /** Whether a text that a JVM made of bytes has them: a question mark may stand for others. */
    private static boolean isPlain(String text) {
        return text.chars().allMatch(c -> c < 0x80 && c != '?');
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
            if (b == '/') {
                out.append('/');
            } else {
                out.append('%').append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
            }
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
}
