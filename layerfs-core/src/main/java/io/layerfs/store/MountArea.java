package io.layerfs.store;

import io.layerfs.host.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A directory for what one mount of the kernel needs, in a directory of this process, by which it is known to be dead when that
 * is.
 */
public final class MountArea implements AutoCloseable {

    /** Ends what a dead process left in its directory, which has one for each of its mounts. */
    public interface Ending {
        /** Must leave nothing mounted in {@code directory}, which is deleted then. */
        void end(Path directory) throws IOException;
    }

    private final Path directory;

    private MountArea(Path directory) {
        this.directory = directory;
    }

    static MountArea create(StorePaths paths, StoreLocks locks) throws IOException {
        return new MountArea(Files.createDirectory(locks.ownArea(paths.mounts()).newPath("")));
    }

    static void clean(StorePaths paths, StoreLocks locks, Ending ending) throws IOException {
        ProcessArea.clean(paths.mounts(), locks, ending);
    }

    /** Where it is; empty at first. */
    public Path directory() {
        return directory;
    }

    /** Deletes it: nothing may be mounted in it any more. */
    @Override
    public void close() throws IOException {
        Durable.deleteTree(directory);
    }
}
