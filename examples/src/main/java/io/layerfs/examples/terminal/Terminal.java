package io.layerfs.examples.terminal;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a command writes: results to standard output as bytes, everything else to standard error as text.
 *
 * @param out standard output, buffered; {@link #flush} at the end
 * @param err standard error
 * @param unicode whether the user's locale shows UTF-8
 * @param interactive whether standard error is a terminal, where progress can be shown
 */
public record Terminal(OutputStream out, PrintStream err, boolean unicode, boolean interactive) {

    private static final int BUFFER = 1 << 16;

    /** The streams of this process. */
    public static Terminal system() {
        OutputStream out = new PipeOutputStream(new FileOutputStream(FileDescriptor.out));
        return new Terminal(new BufferedOutputStream(out, BUFFER), System.err, isUnicode(), isTerminal(2));
    }

    /** Writes to these streams, as to a file. */
    public static Terminal of(OutputStream out, OutputStream err, boolean unicode) {
        return new Terminal(out, new PrintStream(err, true, StandardCharsets.UTF_8), unicode, false);
    }

    private static boolean isUnicode() {
        // Under LC_ALL=C this is ANSI_X3.4-1968; the default charset says UTF-8 in every locale from Java 18 on.
        String name = System.getProperty("native.encoding", "");
        return Charset.isSupported(name) && Charset.forName(name).equals(StandardCharsets.UTF_8);
    }

    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            // Not Linux. Rather no bar than one in a file: System.console() tells of other streams.
            return false;
        }
    }

    /** Writes a line of text to standard output. What the locale cannot show must have been escaped. */
    public void println(String line) throws IOException {
        out.write((line + "\n").getBytes(unicode ? StandardCharsets.UTF_8 : StandardCharsets.US_ASCII));
    }

    /** Writes a line for the user's eyes to standard error. */
    public void note(String line) {
        err.println(safe(line));
    }

    /** A message as this terminal shows it; see {@link Text#safe}. */
    public String safe(String message) {
        return Text.safe(message, unicode);
    }

    /** A name as this terminal shows it, without loss. */
    public String show(String name) {
        return Text.show(name, unicode);
    }

    /** Sends what was written on its way. */
    public void flush() throws IOException {
        out.flush();
    }
}
