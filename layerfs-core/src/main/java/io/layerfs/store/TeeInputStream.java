package io.layerfs.store;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A stream whose bytes are hashed, counted and written elsewhere as they are read; skipped ones, too. Refuses to give more
 * than its limit allows.
 */
final class TeeInputStream extends FilterInputStream {

    private final @Nullable MessageDigest digest;
    private final OutputStream copy;
    private final Budget.Limit limit;
    private final byte[] skipped = new byte[64 << 10];
    private long count;

    /** With no digest nothing is hashed. Closing closes neither {@code copy} nor anything that is not {@code in}. */
    TeeInputStream(InputStream in, @Nullable MessageDigest digest, OutputStream copy, Budget.Limit limit) {
        super(in);
        this.digest = digest;
        this.copy = copy;
        this.limit = limit;
    }

    /** How many bytes came by. */
    long count() {
        return count;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int n = in.read(target, offset, length);
        if (n > 0) {
            count += n;
            limit.check(count, n);
            if (digest != null) {
                digest.update(target, offset, n);
            }
            copy.write(target, offset, n);
        }
        return n;
    }

    @Override
    public long skip(long wanted) throws IOException {
        long total = 0;
        while (total < wanted) {
            int n = read(skipped, 0, (int) Math.min(skipped.length, wanted - total));
            if (n < 0) {
                break;
            }
            total += n;
        }
        return total;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
