package io.layerfs.store;

import java.io.IOException;
import java.nio.file.Path;

/** A directory for what one mount of the kernel needs, known to be dead when its process is. */
public final class MountArea implements AutoCloseable {

    /** Ends what a dead process left in its directory: mounts above all. */
    public interface Ending {
        /** Must leave nothing mounted in {@code directory}, which is deleted then. */
        void end(Path directory) throws IOException;
    }

    private final TempArea area;

    private MountArea(TempArea area) {
        this.area = area;
    }

    static MountArea create(StorePaths paths, StoreLocks locks) throws IOException {
        return new MountArea(TempArea.create(paths.mounts(), locks));
    }

    static void clean(StorePaths paths, StoreLocks locks, Ending ending) throws IOException {
        TempArea.clean(paths.mounts(), locks, ending);
    }

    /** Where it is; empty at first but for its lock. */
    public Path directory() {
        return area.directory();
    }

    /** Deletes it: nothing may be mounted in it any more. */
    @Override
    public void close() throws IOException {
        area.close();
    }
}
