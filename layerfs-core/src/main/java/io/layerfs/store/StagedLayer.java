package io.layerfs.store;

import io.layerfs.Changeset;
import io.layerfs.Digest;
import io.layerfs.DigestMismatchException;
import io.layerfs.MalformedLayerException;
import io.layerfs.blob.Blob;
import io.layerfs.erofs.ErofsImage;
import io.layerfs.erofs.ErofsWriter;
import io.layerfs.oci.Descriptor;
import io.layerfs.tar.LayerTarReader;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer that was read in one pass, into temporary files: decompressed, hashed on both sides, written, indexed.
 *
 * @param tar the uncompressed tar
 * @param original the bytes as they came; null where they are the tar itself, or not to be kept
 * @param source the digest of the bytes as they came
 */
record StagedLayer(
        Digest diffId,
        long size,
        Path tar,
        Path index,
        @Nullable Path original,
        Digest source) {

    private static final int BUFFER = 256 << 10;

    /** Where the bytes of a layer come from. */
    interface Source {
        InputStream open() throws IOException;
    }

    /**
     * Reads a layer.
     *
     * @param what names it in messages
     * @param descriptor what its bytes must be, as they come; null where nothing says
     * @param limit how many bytes its tar may have
     */
    static StagedLayer read(String what, Source source, @Nullable Descriptor descriptor, long limit, TempArea temp)
            throws IOException {
        Path original = temp.newPath(".blob");
        Path tar = temp.newPath(".tar");
        MessageDigest sourceDigest = digest(what, descriptor);
        long sourceLimit = descriptor == null ? Long.MAX_VALUE : descriptor.size();
        try (InputStream in = source.open();
                OutputStream copy = new LazyFile(original)) {
            TeeInputStream compressed = new TeeInputStream(in, sourceDigest, copy, sourceLimit);
            BufferedInputStream peeked = new BufferedInputStream(compressed, BUFFER);
            peeked.mark(Compression.MAGIC_LENGTH);
            Compression compression = Compression.of(peeked.readNBytes(Compression.MAGIC_LENGTH));
            peeked.reset();
            ((LazyFile) copy).keep(compression != Compression.NONE && descriptor != null);
            StagedLayer staged = decompress(compression, peeked, tar, limit, temp);
            peeked.transferTo(OutputStream.nullOutputStream());
            copy.flush();
            check(what, descriptor, compressed.count(), sourceDigest);
            boolean kept = compression != Compression.NONE && descriptor != null;
            Digest sourceId = descriptor == null ? staged.diffId : descriptor.digest();
            return new StagedLayer(staged.diffId, staged.size, tar, staged.index, kept ? original : null, sourceId);
        } catch (MalformedLayerException e) {
            throw new MalformedLayerException(what + ": " + e.getMessage(), e);
        } catch (DigestMismatchException e) {
            throw e;
        } catch (java.io.EOFException e) {
            throw new MalformedLayerException(what + ": ends too early: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException(what + ": " + e.getMessage(), e);
        }
    }

    private static MessageDigest digest(String what, @Nullable Descriptor descriptor) throws IOException {
        try {
            return descriptor == null ? Digest.newSha256() : descriptor.digest().newMessageDigest();
        } catch (NoSuchAlgorithmException e) {
            throw new MalformedLayerException(what + ": cannot be verified: " + e.getMessage(), e);
        }
    }

    private static StagedLayer decompress(Compression compression, InputStream in, Path tar, long limit, TempArea temp)
            throws IOException {
        MessageDigest digest = Digest.newSha256();
        Blob blob = Blob.at(tar);
        Changeset changes;
        long size;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(tar), BUFFER)) {
            InputStream plain = compression.decompress(in);
            if (compression == Compression.NONE) {
                TeeInputStream tee = new TeeInputStream(plain, digest, out, limit);
                changes = LayerTarReader.read(new BufferedInputStream(tee, BUFFER), blob);
                size = tee.count();
            } else {
                try (ReadAhead ahead = new ReadAhead(plain)) {
                    TeeInputStream tee = new TeeInputStream(ahead, digest, out, limit);
                    changes = LayerTarReader.read(new BufferedInputStream(tee, BUFFER), blob);
                    size = tee.count();
                }
            }
        }
        Digest diffId = Digest.ofSha256(digest.digest());
        Path index = temp.newPath(".erofs");
        ErofsWriter.writeLayer(changes, blob, index);
        return new StagedLayer(diffId, size, tar, index, null, diffId);
    }

    private static void check(String what, @Nullable Descriptor descriptor, long count, MessageDigest digest)
            throws DigestMismatchException {
        if (descriptor == null) {
            return;
        }
        if (count != descriptor.size()) {
            throw new DigestMismatchException(what + ": " + count + " bytes; the descriptor says " + descriptor.size());
        }
        byte[] hash = digest.digest();
        if (!descriptor.digest().matches(hash)) {
            throw new DigestMismatchException(
                    what + ": the digest of its bytes is " + descriptor.digest().algorithm() + ":"
                            + java.util.HexFormat.of().formatHex(hash) + ", as computed while reading");
        }
    }

    /** What the index says, with content in the temporary tar. */
    ErofsImage open() throws IOException {
        return ErofsImage.open(index, List.of(Blob.open(tar)));
    }

    /** A file that is written only if it turns out, after its first buffer, that it is to be kept. */
    private static final class LazyFile extends OutputStream {
        private final Path file;
        private final java.io.ByteArrayOutputStream first = new java.io.ByteArrayOutputStream();
        private @Nullable OutputStream out;
        private boolean decided;

        LazyFile(Path file) {
            this.file = file;
        }

        void keep(boolean kept) throws IOException {
            decided = true;
            if (kept) {
                out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER);
                first.writeTo(out);
            }
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (!decided) {
                first.write(bytes, offset, length);
            } else if (out != null) {
                out.write(bytes, offset, length);
            }
        }

        @Override
        public void flush() throws IOException {
            if (out != null) {
                out.flush();
            }
        }

        @Override
        public void close() throws IOException {
            if (out != null) {
                out.close();
            }
        }
    }
}
