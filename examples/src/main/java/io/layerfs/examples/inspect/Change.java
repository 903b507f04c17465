package io.layerfs.examples.inspect;

import org.jspecify.annotations.Nullable;

/**
 * What one layer does to one path.
 *
 * <p>Changed by {@link Stacking} while further layers are put on top.
 */
public final class Change {

    /** What it does. */
    public enum Kind {
        /** There was nothing below. */
        ADDED('A'),
        /** There was something else below. */
        CHANGED('C'),
        /** There was the same below, but for owner, permissions, time or attributes: the bytes are stored again. */
        METADATA('M'),
        /** There is nothing any more. */
        REMOVED('D');

        final char letter;

        Kind(char letter) {
            this.letter = letter;
        }
    }

    final PathNode node;
    final int layer;
    final Kind kind;
    /** The bytes that the layer stores for it; a file's, at the first of its names. */
    final long size;
    /** The bytes that were seen at the path before, and below it. */
    final long before;
    /** What it holds; null for a removal. */
    @Nullable
    final Stored stored;
    /** The layer above that took it away; -1 where it is seen in the image. */
    int hiddenBy = -1;

    boolean directory;

    Change(PathNode node, int layer, Kind kind, long size, long before, @Nullable Stored stored) {
        this.node = node;
        this.layer = layer;
        this.kind = kind;
        this.size = size;
        this.before = before;
        this.stored = stored;
    }
}
