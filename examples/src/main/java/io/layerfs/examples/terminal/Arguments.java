package io.layerfs.examples.terminal;

import io.layerfs.Utf8;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The arguments of this process as they were given, byte for byte.
 *
 * <p>The JVM decodes them by the locale, and what does not fit becomes U+FFFD: under {@code LC_ALL=C} everything that is
 * not ASCII. Linux still has the bytes; elsewhere a name must be spelt with {@code \xNN}, as {@link Text#parse} reads it.
 */
public final class Arguments {

    private static final char LOST = '\uFFFD';

    private Arguments() {}

    /** The arguments in the reversible form of {@link Utf8}, given what {@code main} got. */
    public static String[] restore(String[] decoded) {
        for (String argument : decoded) {
            if (argument.indexOf(LOST) >= 0) {
                return fromKernel(decoded);
            }
        }
        return decoded;
    }

    private static String[] fromKernel(String[] decoded) {
        byte[] line;
        try {
            line = Files.readAllBytes(Path.of("/proc/self/cmdline"));
        } catch (IOException e) {
            return decoded;
        }
        List<String> all = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < line.length; i++) {
            if (line[i] == 0) {
                all.add(Utf8.decode(Arrays.copyOfRange(line, start, i)));
                start = i + 1;
            }
        }
        int first = all.size() - decoded.length;
        return first < 0 ? decoded : all.subList(first, all.size()).toArray(new String[0]);
    }

    /**
     * The host's file that an argument names, whatever its bytes and the locale.
     *
     * @throws InvalidPathException where it holds NUL
     */
    public static Path hostPath(String argument) {
        byte[] bytes = Utf8.encode(argument);
        if (isAscii(bytes)) {
            return Path.of(argument);
        }
        StringBuilder raw = new StringBuilder();
        if (!argument.startsWith("/")) {
            raw.append(Path.of("").toAbsolutePath().toUri().getRawPath());
        }
        for (byte b : bytes) {
            raw.append(b == '/' ? "/" : String.format("%%%02X", b));
        }
        // Bytes in a URI are taken as they are, if it starts like this; those of a string by the locale, if it can.
        return Path.of(URI.create("file://" + raw));
    }

    private static boolean isAscii(byte[] bytes) {
        return StandardCharsets.US_ASCII.newEncoder().canEncode(new String(bytes, StandardCharsets.ISO_8859_1));
    }
}
