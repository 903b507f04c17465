package io.layerfs.store;

import io.layerfs.host.Durable;
import io.layerfs.host.Syncs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One operation's unfinished files, in the directory of its process, with which they go if that dies. Closing deletes those that
 * are still there. Safe for many threads.
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
        try {
            return new TempArea(used, used.ownArea(parent));
        } catch (IOException | RuntimeException e) {
            used.close();
            throw e;
        }
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

    @Override
    public void close() throws IOException {
        try (StoreLocks used = locks) {
            synchronized (paths) {
                for (Path path : paths) {
                    Durable.deleteTree(path);
                }
            }
        }
    }
}
