package io.layerfs.store;

import io.layerfs.host.Durable;
import io.layerfs.host.Syncs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One operation's unfinished files, in the directory of its process, with which they go if that dies. Closing deletes those that
 * are still there, and returns when none is open any more. Safe for many threads.
 */
final class TempArea implements AutoCloseable {

    private final StoreLocks locks;
    private final ProcessArea process;
    private final List<Path> paths = new ArrayList<>();
    private final Syncs syncs = new Syncs();

    private TempArea(StoreLocks locks, ProcessArea process) {
        this.locks = locks;
        this.process = process;
    }

    /** A new one in {@code parent}. */
    static TempArea create(Path parent, StoreLocks locks) throws IOException {
        StoreLocks used = locks.retain();
        TempArea made = null;
        try {
            made = new TempArea(used, used.ownArea(parent));
            return made;
        } finally {
            if (made == null) {
                used.close();
            }
        }
    }

    /** Refuses to go on where nothing can be published in the store. */
    void requireWritable() throws IOException {
        locks.requireWritable();
    }

    /** A path at which nothing is. */
    Path newPath(String suffix) {
        Path path = process.newPath(suffix);
        synchronized (paths) {
            paths.add(path);
        }
        return path;
    }

    /** Those of its files that are on their way to the disk, to be awaited before they are published. */
    Syncs syncs() {
        return syncs;
    }

    /** What cannot be deleted is with the directory of the process, or by whoever finds that. */
    @Override
    public void close() throws IOException {
        try (StoreLocks used = locks) {
            synchronized (paths) {
                paths.forEach(TempArea::delete);
            }
            syncs.settle();
        }
    }

    private static void delete(Path path) {
        try {
            Durable.deleteTree(path);
        } catch (IOException e) {
            return; // no failure of the operation, whose files are where they belong
        }
    }
}
