package io.layerfs;

/** Told how far long work is. Called from several threads at once; must be quick, and must not throw. */
@FunctionalInterface
public interface ProgressListener {

    /** Tells nobody. */
    ProgressListener NONE = (what, done, total) -> {};

    /**
     * Called as bytes are read.
     *
     * @param what the blob or file, the same text each time
     * @param done how many bytes of it were read
     * @param total how many there are; -1 where that is not known
     */
    void progress(String what, long done, long total);
}
