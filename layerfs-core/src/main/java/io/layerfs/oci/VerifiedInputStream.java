package io.layerfs.oci;

import io.layerfs.Digest;
import io.layerfs.DigestMismatchException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A stream that is hashed as it is read, and that ends only where its bytes are those that it should have. Whoever uses them
 * must read on until the end is told.
 */
final class VerifiedInputStream extends FilterInputStream {

    private final String what;
    private final Digest digest;
    private final long size;
    private final MessageDigest computed;
    private long count;
    private boolean ended;

    /**
     * Will check {@code in}, which is closed with it.
     *
     * @param what names it in messages
     */
    VerifiedInputStream(String what, InputStream in, Digest digest, long size) throws DigestMismatchException {
        super(in);
        this.what = what;
        this.digest = digest;
        this.size = size;
        try {
            this.computed = digest.newMessageDigest();
        } catch (NoSuchAlgorithmException e) {
            throw new DigestMismatchException(what + ": cannot be verified: " + e.getMessage());
        }
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
            computed.update(target, offset, n);
        }
        if (count > size || (n < 0 && count < size)) {
            throw new DigestMismatchException(
                    what + ": " + (count > size ? "more than " : "") + count + " bytes; it should have " + size);
        }
        if (n < 0 && !ended) {
            ended = true;
            byte[] hash = computed.digest();
            if (!digest.matches(hash)) {
                throw new DigestMismatchException(what + ": the digest of its bytes is " + digest.algorithm() + ":"
                        + HexFormat.of().formatHex(hash) + ", as computed while reading");
            }
        }
        return n;
    }

    /** Reads what is skipped. */
    @Override
    public long skip(long wanted) throws IOException {
        return wanted <= 0 ? 0 : Math.max(0, read(new byte[(int) Math.min(wanted, 64 << 10)]));
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
