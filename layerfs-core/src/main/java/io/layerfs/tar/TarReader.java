package io.layerfs.tar;

import io.layerfs.Attributes;
import io.layerfs.MalformedLayerException;
import io.layerfs.tar.TarEntry.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the entries of an uncompressed tar, one after the other, from a stream.
 *
 * <p>Understood are version 7, ustar, star, GNU (long names, sparse files, base-256 numbers, incremental dumps) and PAX
 * with the records {@code path}, {@code linkpath}, {@code size}, {@code uid}, {@code gid}, {@code mtime},
 * {@code SCHILY.devmajor} and {@code SCHILY.devminor}, extended attributes and sparse maps; also Solaris' type
 * {@code X}. Other records say nothing. Names are bytes as they stand in the archive: what they mean in a layer is not
 * decided here.
 *
 * <p>Strict, because where two readers of one archive disagree, one of them can be shown something else than the other:
 *
 * <ul>
 *   <li>every header has a right checksum, every number is one, every size is used for one thing alone;
 *   <li>extensions hold for the next entry; a file follows them;
 *   <li>links, directories, devices and pipes have no data;
 *   <li>global PAX headers are ignored, as by container engines, unless they would give every entry a path, a link
 *       target, a size or a sparse map: that is refused;
 *   <li>what is unknown is refused, what is cut off too. Missing end blocks are accepted, if the tar ends at a block.
 * </ul>
 *
 * <p>The archive ends with two blocks of zeros, or with the stream; {@link #drain} reads what lies behind. Memory is
 * bounded by {@link TarLimits}, not by the archive. Every fault of the archive is a {@link MalformedLayerException} that
 * names the entry, the byte and the reason; after one, the reader is of no more use. The stream is the caller's to
 * close. Not safe for use by many threads.
 */
public final class TarReader {

    private final TarInput in;
    private final TarHeader header = new TarHeader();
    private byte @Nullable [] subject;
    private long left;
    private int padding;
    private boolean ended;

    /** Reads from {@code in}, where the tar starts. */
    public TarReader(InputStream in) {
        this.in = new TarInput(in);
    }

    /** Whether these bytes, of which there may be less than a block, start as a tar does: with a header and its checksum. */
    public static boolean startsWithHeader(byte[] start) {
        try {
            TarHeader first = new TarHeader();
            boolean whole = first.read(
                    new TarInput(new ByteArrayInputStream(start, 0, Math.min(start.length, TarLimits.BLOCK))));
            if (!whole || first.isZero()) {
                return false;
            }
            first.requireChecksum();
            return true;
        } catch (IOException | TarSyntaxException e) {
            return false;
        }
    }

    /** How many bytes of the tar have been consumed. */
    public long position() {
        return in.position();
    }

    /**
     * The next entry, behind what was not read of the last one's data; null where the archive has ended.
     *
     * @throws MalformedLayerException where the archive is not as it must be
     */
    public @Nullable TarEntry next() throws IOException {
        try {
            in.skip(left + padding, "the data");
            left = 0;
            padding = 0;
            subject = null;
            return ended ? null : readEntry();
        } catch (TarSyntaxException e) {
            throw malformed(e);
        }
    }

    /**
     * Reads to the end of the stream: archives are padded, and the padding counts for their digest. Nothing is checked:
     * an archive is known to be whole once {@link #next} has answered null.
     */
    public void drain() throws IOException {
        in.drain();
        left = 0;
        padding = 0;
        ended = true;
    }

    /** The current entry's stored data, holes left out; of no use once {@link #next} is called. */
    public InputStream data() {
        return new Data();
    }

    private @Nullable TarEntry readEntry() throws IOException, TarSyntaxException {
        TarExtensions extensions = new TarExtensions(in.position());
        while (readHeader()) {
            subject = null;
            byte type = header.type();
            if (type == 'x' || type == 'X') {
                extensions.setPax(readPax());
            } else if (type == 'L') {
                extensions.setLongPath(readLongName("a GNU long name"), header.offset());
            } else if (type == 'K') {
                extensions.setLongLink(readLongName("a GNU long link"), header.offset());
            } else if (type == 'g' || type == 'V') {
                requireNothingPending(extensions, "a global header or volume label");
                passOver(type);
                extensions = new TarExtensions(in.position());
            } else {
                return entry(extensions);
            }
        }
        ended = true;
        requireNothingPending(extensions, "the end of the archive");
        return null;
    }

    /** Takes the next header; false at the end of the archive. As Go, one zero block at the very end suffices. */
    private boolean readHeader() throws IOException, TarSyntaxException {
        if (!header.read(in)) {
            return false;
        }
        if (!header.isZero()) {
            header.requireChecksum();
            return true;
        }
        if (header.read(in) && !header.isZero()) {
            throw new TarSyntaxException(header.offset(), "one block of zeros, and then a block that is not");
        }
        return false;
    }

    private void requireNothingPending(TarExtensions extensions, String found) throws TarSyntaxException {
        if (!extensions.isEmpty()) {
            throw new TarSyntaxException(
                    header.offset(),
                    "the extension headers at byte " + extensions.offset() + " are followed by " + found
                            + ", not by an entry");
        }
    }

    private void passOver(byte type) throws IOException, TarSyntaxException {
        if (type == 'V') {
            long size = required(header.size());
            in.skip(size + TarInput.padding(size), "a volume label");
            return;
        }
        readPax().requireNothingForAllEntries();
    }

    private PaxRecords readPax() throws IOException, TarSyntaxException {
        long start = in.position();
        return PaxRecords.parse(readBody(TarLimits.PAX_RECORDS, "a PAX header"), start);
    }

    /** Some readers take a long name to its NUL wherever that is, some to its size: one that goes on behind that is refused. */
    private byte[] readLongName(String what) throws IOException, TarSyntaxException {
        byte[] body = readBody(TarLimits.LONG_NAME, what, true);
        int end = TarHeader.upToNul(body, 0, body.length).length;
        if (end > header.size()) {
            throw fault(what + " of " + header.size() + " bytes that goes on behind them, to a NUL");
        }
        return body;
    }

    private byte[] readBody(int limit, String what) throws IOException, TarSyntaxException {
        return readBody(limit, what, false);
    }

    private byte[] readBody(int limit, String what, boolean padded) throws IOException, TarSyntaxException {
        long size = header.size();
        if (size > limit) {
            throw new TarSyntaxException(header.offset(), what + " of " + size + " bytes, more than " + limit);
        }
        return in.readBody((int) size + (padded ? TarInput.padding(size) : 0), what);
    }

    private TarEntry entry(TarExtensions extensions) throws IOException, TarSyntaxException {
        byte[] path = extensions.path(header);
        subject = path;
        Kind kind = TarTypes.kind(header, path);
        byte[] target = linkTarget(kind, extensions);
        Attributes attributes = extensions.attributes(header);
        boolean device = kind == Kind.CHARACTER_DEVICE || kind == Kind.BLOCK_DEVICE;
        int major = extensions.deviceMajor(header, device);
        int minor = extensions.deviceMinor(header, device);
        long size = required(extensions.size(header));
        if (kind != Kind.FILE) {
            TarTypes.requireNoData(kind, header, size, extensions.pax());
            in.skip(size + TarInput.padding(size), "the data");
            return new TarEntry(
                    extensions.offset(), kind, path, target, attributes, 0, in.position(), 0, null, major, minor);
        }
        SparseMap map = sparseMap(extensions, size);
        long dataOffset = in.position();
        long stored = left;
        return new TarEntry(
                extensions.offset(),
                kind,
                path,
                target,
                attributes,
                map == null ? stored : map.size(),
                dataOffset,
                stored,
                map == null ? null : map.extents(dataOffset, stored),
                0,
                0);
    }

    private byte[] linkTarget(Kind kind, TarExtensions extensions) throws TarSyntaxException {
        return switch (kind) {
            case HARD_LINK -> extensions.linkTarget(header, TarLimits.PATH);
            case SYMLINK -> extensions.linkTarget(header, TarLimits.SYMLINK_TARGET);
            default -> new byte[0];
        };
    }

    /** Reads the map of a sparse file, and sets what is left of the {@code size} bytes that follow the header. */
    private @Nullable SparseMap sparseMap(TarExtensions extensions, long size) throws IOException, TarSyntaxException {
        boolean inRecords = SparseMap.isIn(extensions.pax());
        if (header.type() == 'S') {
            if (inRecords) {
                throw fault("two sparse maps, in the header and in PAX records");
            }
            SparseMap map = SparseMap.ofHeader(header, in);
            setLeft(required(size));
            return map;
        }
        if (inRecords && !header.isUstar()) {
            throw fault(
                    "a sparse map in PAX records, of a header that is not ustar's: some readers do not find its end");
        }
        long start = in.position();
        SparseMap map = inRecords ? SparseMap.ofRecords(extensions.pax(), in, size) : null;
        setLeft(size - (in.position() - start));
        return map;
    }

    private void setLeft(long size) {
        left = size;
        padding = TarInput.padding(size);
    }

    /** A size that can follow: with its padding, offsets still fit into 63 bits. */
    private long required(long size) throws TarSyntaxException {
        if (size > Long.MAX_VALUE - TarLimits.BLOCK - in.position()) {
            throw fault("the size is " + size + " at byte " + in.position() + ": more than a file can have");
        }
        return size;
    }

    private TarSyntaxException fault(String reason) {
        return new TarSyntaxException(header.offset(), reason);
    }

    private MalformedLayerException malformed(TarSyntaxException fault) {
        byte[] path = subject;
        String where = path == null ? "tar" : "tar entry " + TarSyntaxException.quote(path);
        return new MalformedLayerException(where + ", byte " + fault.offset() + ": " + fault.getMessage(), fault);
    }

    private final class Data extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int from, int length) throws IOException {
            Objects.checkFromIndexSize(from, length, target.length);
            if (length == 0 || left == 0) {
                return length == 0 ? 0 : -1;
            }
            try {
                int n = in.read(target, from, length, left);
                left -= n;
                return n;
            } catch (TarSyntaxException e) {
                throw malformed(e);
            }
        }
    }
}
