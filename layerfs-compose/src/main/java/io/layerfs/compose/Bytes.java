package io.layerfs.compose;

import io.layerfs.Content;
import io.layerfs.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/** Where the bytes of a file that is added come from; they are read for their digest, and again if it is not known. */
interface Bytes {

    /** From their start; the caller closes the stream. */
    InputStream open() throws IOException;

    static Bytes of(byte[] bytes) {
        return () -> new ByteArrayInputStream(bytes);
    }

    static Bytes of(Path file) {
        return () -> Files.newInputStream(file);
    }

    static Bytes of(Content content) {
        return () -> new ContentStream(content);
    }

    /** The digest of all. */
    default Digest digest() throws IOException {
        return copyTo(OutputStream.nullOutputStream());
    }

    /** Copies all, and answers the digest of what was copied. */
    default Digest copyTo(OutputStream out) throws IOException {
        MessageDigest digest = Digest.newSha256();
        try (InputStream in = open()) {
            in.transferTo(new DigestOutputStream(out, digest));
        }
        return Digest.ofSha256(digest.digest());
    }

    /** The bytes of a content, one after the other. */
    final class ContentStream extends InputStream {
        private final Content content;
        private long position;

        ContentStream(Content content) {
            this.content = content;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            int count = content.read(position, ByteBuffer.wrap(bytes, offset, length));
            position += Math.max(0, count);
            return count;
        }

        @Override
        public long transferTo(OutputStream out) throws IOException {
            byte[] buffer = new byte[256 << 10];
            long start = position;
            for (int n = read(buffer, 0, buffer.length); n >= 0; n = read(buffer, 0, buffer.length)) {
                out.write(buffer, 0, n);
            }
            return position - start;
        }
    }
}
