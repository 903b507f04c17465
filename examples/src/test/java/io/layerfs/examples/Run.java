package io.layerfs.examples;

import io.layerfs.examples.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A command that was run in this process: what it wrote, and its exit code. */
final class Run {

    private final int exitCode;
    private final byte[] out;
    private final String err;

    private Run(int exitCode, byte[] out, String err) {
        this.exitCode = exitCode;
        this.out = out;
        this.err = err;
    }

    /** Runs {@code layerfs} under a UTF-8 locale. */
    static Run layerfs(Object... arguments) {
        return under(true, arguments);
    }

    /** Runs {@code layerfs} under a locale of UTF-8 or ASCII. */
    static Run under(boolean unicode, Object... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String[] texts = List.of(arguments).stream().map(Object::toString).toArray(String[]::new);
        int exitCode = Layerfs.run(Terminal.of(out, err, unicode), texts);
        return new Run(exitCode, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    int exitCode() {
        return exitCode;
    }

    /** Standard output. */
    byte[] out() {
        return out;
    }

    /** Standard error as text. */
    String err() {
        return err;
    }

    /** Standard output as text. */
    String text() {
        return new String(out, StandardCharsets.UTF_8);
    }

    /** Standard output, line by line. */
    List<String> lines() {
        return text().lines().toList();
    }

    /** Standard output as a JSON document, which must be ASCII. */
    Object json() {
        return JsonText.parse(new String(out, StandardCharsets.US_ASCII));
    }
}
