package io.layerfs.faults;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Who is told what is done to a disk, when it is done: its lock is held from before the doing until it was told, so that the
 * order in which it is told is that in which things are. Paths are the host's.
 */
interface Witness {

    /** Nobody. */
    Witness NONE = new Witness() {};

    /** A file or directory was opened, made by that or emptied perhaps; answers what it is called here from now on. */
    default long opened(Path file, boolean isNew, boolean isEmptied) {
        return 0;
    }

    default void wrote(long inode, long position, ByteBuffer bytes) {}

    default void truncated(long inode, long size) {}

    /** A sync begins, which covers what was done before; answers what {@link #synced} wants. Without the lock. */
    default int syncing() {
        return 0;
    }

    /** The sync that began then is done. */
    default void synced(long inode, int begun) {}

    default void made(Path directory) {}

    default void removed(Path path) {}

    default void moved(Path from, Path to) {}
}
