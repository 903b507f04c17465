package io.layerfs.host;

import io.layerfs.FileType;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Instant;

/**
 * Pipes and devices of the host. A JVM cannot make them, nor set their modes and times: it would open them, and opening a pipe waits
 * for who writes. Commands do, of any Unix, by options that all of them know.
 */
public final class SpecialFiles {

    private SpecialFiles() {}

    /** Makes one, which is its maker's alone; {@code subject} names it in a failure. A device needs root. */
    public static void make(String subject, Path file, FileType type, int major, int minor) throws IOException {
        if (type == FileType.FIFO) {
            run(subject, file, "mkfifo -m 600 \"$file\"");
        } else {
            String kind = type == FileType.BLOCK_DEVICE ? "b" : "c";
            run(subject, file, "mknod -m 600 \"$file\" " + kind + " " + major + " " + minor);
        }
    }

    /** Sets its mode, of four octal digits, and when it was modified; once it has its owner. */
    public static void finish(String subject, Path file, int mode, Instant modified) throws IOException {
        run(subject, file, "chmod " + Integer.toOctalString(010000 | mode).substring(1) + " \"$file\"");
        String nanos = Integer.toString(1_000_000_000 + modified.getNano()).substring(1);
        String second = "touch -c -d @" + modified.getEpochSecond();
        // busybox knows no fractions
        run(subject, file, second + "." + nanos + " \"$file\" 2>/dev/null || " + second + " \"$file\"");
    }

    /** Runs a command of the shell on a file, by the bytes of its name: a JVM gives a program only what its locale can say. */
    private static void run(String subject, Path file, String command) throws IOException {
        StringBuilder octal = new StringBuilder();
        for (byte b : HostPaths.bytes(file.toAbsolutePath())) {
            octal.append("\\0").append(Integer.toOctalString(01000 | (b & 0xff)).substring(1));
        }
        // the x: a substitution loses the newlines that a name may end with
        String script = "file=$(printf %bx '" + octal + "') && file=${file%x} && { " + command + "; }";
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", script).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        String program = command.substring(0, command.indexOf(' '));
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new FileSystemException(subject, null, program + ": " + said.strip());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + program + " made " + subject);
        }
    }
}
