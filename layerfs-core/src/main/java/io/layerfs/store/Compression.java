package io.layerfs.store;

import com.github.luben.zstd.ZstdInputStream;
import io.layerfs.MalformedLayerException;
import io.layerfs.memory.Allowance;
import io.layerfs.tar.TarReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import org.tukaani.xz.BasicArrayCache;
import org.tukaani.xz.XZInputStream;

/** How the bytes of a layer are compressed, told by their first bytes: media types and file names lie. */
enum Compression {
    NONE,
    GZIP,
    ZSTD,
    XZ,
    BZIP2;

    /** How many bytes {@link #of} looks at: the header of a tar. */
    static final int START_LENGTH = 512;

    /** Bytes of an xz stream that have the header of its first block, unless that is unlike any that tools write. */
    private static final int XZ_START = 64;

    private static final long MAX_XZ_MEMORY = 256L << 20;
    private static final long BZIP2_MEMORY = 5L << 20;

    /**
     * The compression of what starts with these bytes, of which there may be fewer than {@link #START_LENGTH}. A tar is a tar
     * whatever the name of its first file begins with: its header has a checksum.
     */
    static Compression of(byte[] start) {
        if (TarReader.startsWithHeader(start)) {
            return NONE;
        }
        if (starts(start, 0x1f, 0x8b)) {
            return GZIP;
        }
        boolean skippable = start.length >= 4 && (start[0] & 0xf0) == 0x50;
        if (starts(start, 0x28, 0xb5, 0x2f, 0xfd) || (skippable && starts(start, start[0] & 0xff, 0x2a, 0x4d, 0x18))) {
            return ZSTD;
        }
        if (starts(start, 0xfd, '7', 'z', 'X', 'Z', 0)) {
            return XZ;
        }
        return starts(start, 'B', 'Z', 'h') ? BZIP2 : NONE;
    }

    private static boolean starts(byte[] bytes, int... magic) {
        if (bytes.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((bytes[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * The plain bytes; several members or frames one behind the other are read as one stream. Closing closes {@code in}.
     *
     * @param memory from which what the decompressor holds on the heap is taken; zstd's is elsewhere, at most 128 MiB
     */
    InputStream decompress(InputStream in, Allowance memory) throws IOException {
        try {
            return switch (this) {
                case NONE -> in;
                case GZIP -> new GzipInputStream(in);
                case ZSTD -> Zstd.open(in);
                case XZ -> xz(in, memory);
                case BZIP2 -> {
                    memory.take(BZIP2_MEMORY);
                    yield new Bzip2InputStream(in, memory);
                }
            };
        } catch (NoClassDefFoundError e) {
            throw new IOException(needs() + " on the class path: there is no " + e.getMessage(), e);
        }
    }

    private String needs() {
        return switch (this) {
            case ZSTD -> "zstd needs zstd-jni";
            case XZ -> "xz needs org.tukaani:xz";
            case BZIP2, GZIP, NONE -> "bzip2 needs commons-compress and what that needs";
        };
    }

    /**
     * All blocks may take what the first one does, which says it in its header; they take the same arrays, one after the other,
     * since a block may have a few bytes and a dictionary of many MiB.
     */
    private static InputStream xz(InputStream in, Allowance memory) throws IOException {
        byte[] start = in.readNBytes(XZ_START);
        long needed = XzHeader.memory(start);
        if (needed > MAX_XZ_MEMORY) {
            throw new MalformedLayerException(
                    "an xz stream that takes " + needed + " bytes of memory; " + MAX_XZ_MEMORY + " are allowed");
        }
        memory.take(needed);
        InputStream whole = new SequenceInputStream(new ByteArrayInputStream(start), in);
        return Xz.open(whole, (int) (needed >> 10));
    }

    /** Of a class of its own, since the JVM looks for the library when it looks at the class. */
    private static final class Zstd {
        static InputStream open(InputStream in) throws IOException {
            return new ZstdInputStream(in);
        }
    }

    /** As {@link Zstd}. */
    private static final class Xz {
        static InputStream open(InputStream in, int memoryLimitKiB) throws IOException {
            return new XZInputStream(in, memoryLimitKiB, true, new BasicArrayCache());
        }
    }
}
