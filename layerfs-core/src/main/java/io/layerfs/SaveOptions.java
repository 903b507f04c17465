package io.layerfs;

import java.util.List;

/**
 * How images are saved.
 *
 * @param format what is written
 * @param compression what becomes of the layers; in an archive that is only Docker's, {@link LayerCompression#KEEP} means plain
 *     tars, since it has no manifest whose digests could be kept
 * @param names what the image is called there; none for the tags that it has in the store
 * @param replace whether an archive that is there already is replaced
 * @param threads how many compress; what is written does not depend on it
 * @param listener told of the progress
 */
public record SaveOptions(
        Format format,
        LayerCompression compression,
        List<String> names,
        boolean replace,
        int threads,
        ProgressListener listener) {

    /** What images are saved as. */
    public enum Format {
        /** A tar that is an OCI image layout. */
        OCI,
        /** A directory that is an OCI image layout; images are added to one that is there. */
        OCI_DIRECTORY,
        /** A tar as {@code docker save} wrote it before Docker 25: plain tars of layers, and {@code manifest.json}. */
        DOCKER,
        /** One tar that is an OCI image layout and can be read by {@code docker load}, as Docker writes since 25. */
        BOTH
    }

    /** One tar that everybody reads, with the layers as they came, and the names that the store has. */
    public static final SaveOptions DEFAULT = new SaveOptions(
            Format.BOTH,
            LayerCompression.KEEP,
            List.of(),
            false,
            Runtime.getRuntime().availableProcessors(),
            ProgressListener.NONE);

    /** Copies the names, and checks the number of threads. */
    public SaveOptions {
        names = List.copyOf(names);
        if (threads < 1) {
            throw new IllegalArgumentException("at least one thread compresses, not " + threads);
        }
    }

    /** The same, in another form. */
    public SaveOptions withFormat(Format wanted) {
        return new SaveOptions(wanted, compression, names, replace, threads, listener);
    }

    /** The same, with the layers compressed so. */
    public SaveOptions withCompression(LayerCompression wanted) {
        return new SaveOptions(format, wanted, names, replace, threads, listener);
    }

    /** The same, with the image called so, and not by its tags. */
    public SaveOptions withNames(List<String> wanted) {
        return new SaveOptions(format, compression, wanted, replace, threads, listener);
    }

    /** The same, replacing an archive that is there. */
    public SaveOptions replacing() {
        return new SaveOptions(format, compression, names, true, threads, listener);
    }

    /** The same, with so many threads. */
    public SaveOptions withThreads(int wanted) {
        return new SaveOptions(format, compression, names, replace, wanted, listener);
    }

    /** The same, telling {@code told} of the progress. */
    public SaveOptions withListener(ProgressListener told) {
        return new SaveOptions(format, compression, names, replace, threads, told);
    }
}
