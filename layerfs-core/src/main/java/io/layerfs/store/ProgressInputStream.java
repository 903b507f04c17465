package io.layerfs.store;

import io.layerfs.ProgressListener;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream that tells a listener, about every MiB, how far it was read. */
final class ProgressInputStream extends FilterInputStream {

    private static final int STEP = 1 << 20;

    private final String what;
    private final long total;
    private final ProgressListener listener;
    private long done;
    private long told;

    ProgressInputStream(InputStream in, String what, long total, ProgressListener listener) {
        super(in);
        this.what = what;
        this.total = total;
        this.listener = listener;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int n = in.read(target, offset, length);
        done += Math.max(n, 0);
        if (done - told >= STEP || (n < 0 && told < done)) {
            told = done;
            listener.progress(what, done, total);
        }
        return n;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
