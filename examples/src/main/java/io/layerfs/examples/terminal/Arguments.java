package io.layerfs.examples.terminal;

import io.layerfs.Utf8;
import io.layerfs.host.HostPaths;
import java.io.IOException;
import java.nio.file.Files;
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
     * @throws java.nio.file.InvalidPathException where it holds NUL
     */
    public static Path hostPath(String argument) {
        return HostPaths.of(argument);
    }
}
