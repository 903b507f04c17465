package io.layerfs.store;

import io.layerfs.upper.ScratchDirectory;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Room for the scratch files of a disposable view: made at the first large file, deleted when the view is closed or dies. */
final class TemporaryScratch implements ScratchDirectory {

    private final StorePaths paths;
    private final @Nullable Hold hold;
    private @Nullable StoreLocks locks;
    private @Nullable TempArea area;

    /** {@code hold} is what the view needs, and is closed with it; null for nothing. */
    TemporaryScratch(StorePaths paths, @Nullable Hold hold) {
        this.paths = paths;
        this.hold = hold;
    }

    @Override
    public synchronized Path directory() throws IOException {
        TempArea made = area;
        if (made == null) {
            StoreLocks used = StoreLocks.open(paths.lock());
            try {
                made = TempArea.create(paths.temporary(), used);
            } catch (IOException | RuntimeException e) {
                used.close();
                throw e;
            }
            locks = used;
            area = made;
        }
        return made.directory();
    }

    @Override
    public synchronized void close() throws IOException {
        try (Hold held = hold;
                StoreLocks used = locks;
                TempArea made = area) {
            locks = null;
            area = null;
        }
    }
}
