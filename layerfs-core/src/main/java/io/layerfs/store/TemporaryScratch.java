package io.layerfs.store;

import io.layerfs.blob.FileOwner;
import io.layerfs.upper.ScratchDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Room for the scratch files of a disposable view: made at the first large file, deleted when the view is closed or dies. */
final class TemporaryScratch implements ScratchDirectory {

    private final StorePaths paths;
    private final @Nullable Hold hold;
    private @Nullable TempArea area;
    private @Nullable Path directory;

    /** {@code hold} is what the view needs, and is closed with it; null for nothing. */
    TemporaryScratch(StorePaths paths, @Nullable Hold hold) {
        this.paths = paths;
        this.hold = hold;
    }

    @Override
    public synchronized Path directory() throws IOException {
        Path made = directory;
        if (made == null) {
            TempArea temp = area;
            if (temp == null) {
                try (StoreLocks locks = StoreLocks.open(paths.lock())) {
                    temp = TempArea.create(paths.temporary(), locks);
                }
                area = temp;
            }
            made = Files.createDirectory(temp.newPath(""));
            FileOwner.asDirectory(made);
            directory = made;
        }
        return made;
    }

    @Override
    public synchronized void close() throws IOException {
        try (Hold held = hold;
                TempArea made = area) {
            area = null;
            directory = null;
        }
    }
}
