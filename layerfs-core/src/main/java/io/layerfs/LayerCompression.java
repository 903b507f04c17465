package io.layerfs;

/**
 * How the layers of an image are compressed where it leaves a store: as they came, or anew.
 *
 * <p>What is compressed anew depends on nothing but the layer's tar, the method and the level: neither on how it came, nor on
 * the number of threads. It does depend on who compresses: the zlib that the JDK has (all of zlib's own releases give the
 * same bytes; forks that were made for speed do not), the libzstd that zstd-jni has.
 *
 * @param level what effort is made: 1 to 9 of gzip, 1 to 19 of zstd (above, decoders would need more memory than many grant);
 *     0 where nothing is compressed anew
 */
public record LayerCompression(Method method, int level) {

    /** What is done. */
    public enum Method {
        /** The bytes that came, whose digests the manifest has. */
        KEEP,
        /** The tar as it is. */
        NONE,
        /** One gzip member. */
        GZIP,
        /** One zstd frame; needs {@code com.github.luben:zstd-jni} on the class path. */
        ZSTD
    }

    /** As they came: no digest changes. */
    public static final LayerCompression KEEP = new LayerCompression(Method.KEEP, 0);

    /** Plain tars. */
    public static final LayerCompression NONE = new LayerCompression(Method.NONE, 0);

    /** Gzip, at the level 6 that most tools use. */
    public static final LayerCompression GZIP = gzip(6);

    /** Zstd, at the level 3 that most tools use. */
    public static final LayerCompression ZSTD = zstd(3);

    /** Checks the level. */
    public LayerCompression {
        int least = method == Method.GZIP || method == Method.ZSTD ? 1 : 0;
        int most = method == Method.GZIP ? 9 : method == Method.ZSTD ? 19 : 0;
        if (level < least || level > most) {
            throw new IllegalArgumentException(
                    "no level of " + method + ", which has " + least + " to " + most + ": " + level);
        }
    }

    /** Gzip. */
    public static LayerCompression gzip(int level) {
        return new LayerCompression(Method.GZIP, level);
    }

    /** Zstd. */
    public static LayerCompression zstd(int level) {
        return new LayerCompression(Method.ZSTD, level);
    }
}
