package io.layerfs.store;

import io.layerfs.Changeset;
import io.layerfs.Digest;
import io.layerfs.DigestMismatchException;
import io.layerfs.MalformedLayerException;
import io.layerfs.blob.Blob;
import io.layerfs.host.NewFile;
import io.layerfs.host.Syncs;
import io.layerfs.memory.Allowance;
import io.layerfs.oci.Descriptor;
import io.layerfs.tar.LayerTarReader;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The one pass over the bytes of a layer: what they are compressed with is told by their start; they are hashed as they come
 * and as they are, written, and read as entries. The work is a chain of threads, each one stage, with a few buffers between:
 *
 * <pre>
 * compressed:    source -> hash, write  |  decompress  |  hash, write, entries
 * a plain tar:   source -> write        |                 hash, entries
 * </pre>
 *
 * <p>so that the slowest stage, and not their sum, is what a layer costs. Used once.
 */
final class LayerIntake {

    private static final int BUFFER = 256 << 10;

    private final String what;
    private final @Nullable Descriptor descriptor;
    private final Budget budget;
    private final long length;
    private final Blob tar;
    private final Path originalFile;
    private final Syncs syncs;
    private final MessageDigest tarDigest = Digest.newSha256();
    private @Nullable Path original;
    private Digest diffId = Digest.sha256(new byte[0]);
    private long size;

    /**
     * Will read one layer.
     *
     * @param what names it in messages
     * @param descriptor what its bytes must be, as they come; null where nothing says
     * @param length how many bytes come; {@link Budget#UNKNOWN} where nothing says
     * @param budget what it may cost
     */
    LayerIntake(String what, @Nullable Descriptor descriptor, long length, Budget budget, TempArea temp) {
        this.what = what;
        this.descriptor = descriptor;
        this.length = length;
        this.budget = budget;
        this.tar = Blob.at(temp.newPath(".tar"));
        this.originalFile = temp.newPath(".blob");
        this.syncs = temp.syncs();
    }

    /**
     * Reads all that {@code in} has, which stays open; answers what the layer says. What was written is being synced.
     *
     * @param memory from which what is held meanwhile is taken, and what the layer says
     */
    Changeset read(InputStream in, Allowance memory) throws IOException {
        byte[] start = in.readNBytes(Compression.START_LENGTH);
        Compression compression = Compression.of(start);
        InputStream whole = new SequenceInputStream(new ByteArrayInputStream(start), in);
        try (NewFile out = new NewFile(tar.file())) {
            Changeset changes = compression == Compression.NONE
                    ? readPlain(whole, out, memory)
                    : readCompressed(compression, whole, out, memory);
            out.finish(syncs);
            return changes;
        }
    }

    private Changeset readPlain(InputStream in, OutputStream out, Allowance memory) throws IOException {
        // one hash serves for both names, where both are of one algorithm
        boolean suffices = descriptor == null || descriptor.digest().algorithm().equals(diffId.algorithm());
        MessageDigest second = suffices ? null : newDigest();
        TeeInputStream written = new TeeInputStream(in, second, out, plainLimit());
        try (ReadAhead ahead = new ReadAhead(written)) {
            Changeset changes = entries(
                    new TeeInputStream(ahead, tarDigest, OutputStream.nullOutputStream(), Budget.of(Long.MAX_VALUE)),
                    memory);
            check(written.count(), second == null ? diffId.encoded() : hex(second));
            return changes;
        }
    }

    private Changeset readCompressed(Compression compression, InputStream in, OutputStream out, Allowance memory)
            throws IOException {
        if (descriptor == null) {
            return decompress(compression, in, out, memory);
        }
        MessageDigest digest = newDigest();
        try (NewFile copy = new NewFile(originalFile)) {
            TeeInputStream compressed = new TeeInputStream(in, digest, copy, Budget.of(declaredSize()));
            Changeset changes = decompress(compression, compressed, out, memory);
            check(compressed.count(), hex(digest));
            copy.finish(syncs);
            original = originalFile;
            return changes;
        }
    }

    private Changeset decompress(Compression compression, InputStream in, OutputStream out, Allowance memory)
            throws IOException {
        try (ReadAhead compressed = new ReadAhead(in);
                InputStream plain = compression.decompress(compressed, memory);
                ReadAhead ahead = new ReadAhead(plain)) {
            Changeset changes = entries(new TeeInputStream(ahead, tarDigest, out, budget.ofLayer(length)), memory);
            // what a decompressor leaves behind its end counts for the digest
            compressed.transferTo(OutputStream.nullOutputStream());
            return changes;
        }
    }

    private Changeset entries(TeeInputStream in, Allowance memory) throws IOException {
        Changeset changes = LayerTarReader.read(new BufferedInputStream(in, BUFFER), tar, memory);
        size = in.count();
        diffId = Digest.ofSha256(tarDigest.digest());
        return changes;
    }

    private Budget.Limit plainLimit() {
        Budget.Limit declared = Budget.of(declaredSize());
        Budget.Limit layer = budget.ofLayer(Budget.UNKNOWN);
        return (count, piece) -> {
            declared.check(count, piece);
            layer.check(count, piece);
        };
    }

    private long declaredSize() {
        return descriptor == null ? Long.MAX_VALUE : descriptor.size();
    }

    private MessageDigest newDigest() throws IOException {
        try {
            return descriptor == null ? Digest.newSha256() : descriptor.digest().newMessageDigest();
        } catch (NoSuchAlgorithmException e) {
            throw new MalformedLayerException(what + ": cannot be verified: " + e.getMessage(), e);
        }
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    private void check(long count, String hash) throws DigestMismatchException {
        if (descriptor == null) {
            return;
        }
        if (count != descriptor.size()) {
            throw new DigestMismatchException(what + ": " + count + " bytes; the descriptor says " + descriptor.size());
        }
        if (!descriptor.digest().encoded().equals(hash)) {
            throw new DigestMismatchException(what + ": the digest of its bytes is "
                    + descriptor.digest().algorithm() + ":" + hash + ", as computed while reading");
        }
    }

    /** The uncompressed tar, in which the content of what was read lies. */
    Blob tar() {
        return tar;
    }

    /** The bytes as they came; null where they are the tar itself, or nothing says what they must be. */
    @Nullable
    Path original() {
        return original;
    }

    /** The digest of the tar. */
    Digest diffId() {
        return diffId;
    }

    /** How many bytes the tar has. */
    long size() {
        return size;
    }
}
