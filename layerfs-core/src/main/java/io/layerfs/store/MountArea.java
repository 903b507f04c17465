package io.layerfs.store;

import io.layerfs.blob.FileOwner;
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

    private final ProcessArea process;
    private final Path directory;

    private MountArea(ProcessArea process, Path directory) {
        this.process = process;
        this.directory = directory;
    }

    static MountArea create(StorePaths paths, StoreLocks locks) throws IOException {
        locks.requireWritable();
        ProcessArea process = locks.ownArea(paths.mounts());
        Path spare = process.takeSpare();
        if (spare == null) {
            spare = Files.createDirectory(process.newPath(""));
            FileOwner.asDirectory(spare);
        }
        return new MountArea(process, spare);
    }

    static void clean(StorePaths paths, StoreLocks locks, Ending ending) throws IOException {
        if (locks.hasOwnArea(paths.mounts()) && ProcessArea.isOnlyOne(paths.mounts())) {
            return;
        }
        ProcessArea.clean(paths.mounts(), locks, ending);
    }

    /** Where it is; empty at first. */
    public Path directory() {
        return directory;
    }

    /** Deletes what is in it: nothing may be mounted there any more. */
    @Override
    public void close() throws IOException {
        String[] left = directory.toFile().list(); // cheaper than what a deletion looks at; mostly there is nothing
        if (left == null || left.length > 0) {
            Durable.deleteContents(directory);
        }
        process.keep(directory);
    }
}
