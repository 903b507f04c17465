package io.layerfs.examples.inspect;

/** The bytes that a layer stores for a file, whatever number of names it has. */
final class Stored {

    final int layer;
    final long size;
    /** By how many names it is seen. */
    int names;
    /** The layer that took the last name away. */
    int hiddenBy = -1;

    Stored(int layer, long size) {
        this.layer = layer;
        this.size = size;
    }

    /** Whether no name of it is left. */
    boolean isWasted() {
        return names == 0;
    }
}
