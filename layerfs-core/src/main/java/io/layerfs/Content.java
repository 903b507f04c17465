package io.layerfs;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The bytes of a regular file, to be read at any position. Implementations are safe for use by many threads. */
public interface Content {

    /** How many bytes there are. */
    long size();

    /**
     * Reads from {@code position} into {@code target} until it is full or the content ends.
     *
     * @param position in bytes from the start, not negative
     * @return how many bytes were read; -1 where the position is at or behind the end and {@code target} has room
     */
    int read(long position, ByteBuffer target) throws IOException;
}
