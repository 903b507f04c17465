package io.layerfs.store;

import io.layerfs.host.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a collection takes away, each in one step, and deletes later. By a rename into a directory of this process, which is quick;
 * where the disk has no room for that, by what needs none.
 */
final class Trash implements AutoCloseable {

    private final StorePaths paths;
    private final @Nullable TempArea area;
    private final List<Path> taken = new ArrayList<>();

    private Trash(StorePaths paths, @Nullable TempArea area) {
        this.paths = paths;
        this.area = area;
    }

    static Trash open(StorePaths paths, StoreLocks locks) {
        try {
            return new Trash(paths, TempArea.create(paths.temporary(), locks));
        } catch (IOException e) {
            return new Trash(paths, null);
        }
    }

    /** Takes a file, or a directory, from where it is. */
    void take(Path file) throws IOException {
        if (area != null) {
            try {
                move(file, area.newPath(".removed"));
                return;
            } catch (NoSuchFileException e) {
                throw e;
            } catch (IOException e) {
                if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                    throw e;
                } // else there may be no room for one more name
            }
        }
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            // what is in there without a lock is a dead process', and deleted by who finds it
            move(file, paths.temporary().resolve(UUID.randomUUID().toString()));
        } else {
            Files.delete(file);
        }
    }

    private void move(Path file, Path target) throws IOException {
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        taken.add(target);
    }

    /** Deletes what was taken; answers the failures. What stays is there for the next collection. */
    List<IOException> empty() {
        List<IOException> failures = new ArrayList<>();
        for (Path path : taken) {
            try {
                Durable.deleteTree(path);
            } catch (IOException e) {
                failures.add(e);
            }
        }
        taken.clear();
        return failures;
    }

    @Override
    public void close() throws IOException {
        empty();
        if (area != null) {
            area.close();
        }
    }
}
