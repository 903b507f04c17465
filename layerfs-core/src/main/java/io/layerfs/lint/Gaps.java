package io.layerfs.lint;

import io.layerfs.Digest;
import io.layerfs.blob.Blob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/** What lies between entries: headers for all that follow, volume labels. Compared by digest. */
final class Gaps {

    private final Blob tar;
    private final MessageDigest digest = Digest.newSha256();
    private final ByteBuffer buffer = ByteBuffer.allocate(8 << 10);
    private long bytes;

    Gaps(Blob tar) {
        this.tar = tar;
    }

    void add(long from, long to) throws IOException {
        for (long at = from; at < to; at += buffer.limit()) {
            tar.read(at, buffer.clear().limit((int) Math.min(buffer.capacity(), to - at)));
            digest.update(buffer.flip());
            bytes += buffer.limit();
            buffer.position(0);
        }
    }

    /** Whether both are the same; neither is of use afterwards. */
    boolean sameAs(Gaps other) {
        return bytes == other.bytes && Arrays.equals(digest.digest(), other.digest.digest());
    }

    @Override
    public String toString() {
        return bytes + " bytes";
    }
}
