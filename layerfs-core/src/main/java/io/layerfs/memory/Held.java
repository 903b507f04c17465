package io.layerfs.memory;

/** Something that keeps much in memory as long as it is there itself, so that whoever keeps many of it must ask how much. */
public interface Held {

    /** Bytes of heap, about, without those of what it shares with others of its kind. */
    long bytes();
}
