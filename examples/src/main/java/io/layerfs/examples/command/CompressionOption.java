package io.layerfs.examples.command;

import io.layerfs.LayerCompression;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the layers of images that go out are compressed. */
final class CompressionOption {

    @Option(
            names = "--compress",
            paramLabel = "keep|gzip|zstd|none",
            converter = Method.class,
            description =
                    "What becomes of the layers: the bytes that came (keep), so that no digest changes, or others.")
    private LayerCompression.Method method = LayerCompression.Method.KEEP;

    @Option(
            names = "--level",
            paramLabel = "N",
            description = "How hard to compress: 1 to 9 of gzip (else 6), 1 to 19 of zstd (else 3).")
    private @Nullable Integer level;

    /** Reads the names of {@link LayerCompression.Method}. */
    static final class Method implements picocli.CommandLine.ITypeConverter<LayerCompression.Method> {
        @Override
        public LayerCompression.Method convert(String value) {
            return switch (value) {
                case "keep" -> LayerCompression.Method.KEEP;
                case "gzip" -> LayerCompression.Method.GZIP;
                case "zstd" -> LayerCompression.Method.ZSTD;
                case "none" -> LayerCompression.Method.NONE;
                default ->
                    throw new picocli.CommandLine.TypeConversionException(
                            "'" + value + "' is none of keep, gzip, zstd, none");
            };
        }
    }

    /**
     * What was asked for.
     *
     * @throws IllegalArgumentException where the method has no such level
     */
    LayerCompression read() {
        if (level != null) {
            return new LayerCompression(method, level);
        }
        return switch (method) {
            case KEEP -> LayerCompression.KEEP;
            case NONE -> LayerCompression.NONE;
            case GZIP -> LayerCompression.GZIP;
            case ZSTD -> LayerCompression.ZSTD;
        };
    }
}
