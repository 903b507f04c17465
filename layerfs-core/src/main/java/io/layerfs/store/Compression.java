package io.layerfs.store;

import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorInputStream;

/** How the bytes of a layer are compressed, told by their first bytes: media types and file names lie. */
enum Compression {
    NONE,
    GZIP,
    ZSTD,
    XZ,
    BZIP2;

    /** How many bytes {@link #of} looks at. */
    static final int MAGIC_LENGTH = 6;

    /** Memory that an xz stream may ask for, in KiB. */
    private static final int XZ_LIMIT_KIB = 256 << 10;

    /** The compression of what starts with these bytes, of which there may be fewer than {@link #MAGIC_LENGTH}. */
    static Compression of(byte[] start) {
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

    /** The plain bytes; several members or frames one behind the other are read as one stream. Closing closes {@code in}. */
    InputStream decompress(InputStream in) throws IOException {
        try {
            return switch (this) {
                case NONE -> in;
                case GZIP ->
                    GzipCompressorInputStream.builder()
                            .setInputStream(in)
                            .setDecompressConcatenated(true)
                            .get();
                case ZSTD -> new ZstdCompressorInputStream(in);
                case XZ ->
                    XZCompressorInputStream.builder()
                            .setInputStream(in)
                            .setDecompressConcatenated(true)
                            .setMemoryLimitKiB(XZ_LIMIT_KIB)
                            .get();
                case BZIP2 -> new BZip2CompressorInputStream(in, true);
            };
        } catch (NoClassDefFoundError e) {
            throw new IOException(
                    this == ZSTD
                            ? "zstd needs zstd-jni on the class path"
                            : "xz needs org.tukaani:xz on the class path",
                    e);
        }
    }
}
