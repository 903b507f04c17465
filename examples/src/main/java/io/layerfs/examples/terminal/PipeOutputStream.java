package io.layerfs.examples.terminal;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** A stream that tells a reader that went away ({@code layerfs tree x | head}) from a failure. */
final class PipeOutputStream extends FilterOutputStream {

    PipeOutputStream(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            // The JVM ignores SIGPIPE; the text of EPIPE is all that an IOException keeps of it.
            if (String.valueOf(e.getMessage()).contains("Broken pipe")) {
                throw new ClosedPipeException(e);
            }
            throw new IOException("standard output: " + e.getMessage(), e);
        }
    }
}
