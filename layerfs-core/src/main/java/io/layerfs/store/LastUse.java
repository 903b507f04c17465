package io.layerfs.store;

import io.layerfs.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When each image was last used: the time of its manifest's file. Set at most once in {@link #ACCURACY} for each image, so
 * that it costs nothing to speak of. Safe for many threads.
 */
final class LastUse {

    /** What the time may be too early by. */
    static final Duration ACCURACY = Duration.ofMinutes(5);

    private final StorePaths paths;
    private final Map<Digest, Long> noted = new ConcurrentHashMap<>();

    LastUse(StorePaths paths) {
        this.paths = paths;
    }

    /** Notes that the image of this manifest is used now. */
    void note(Digest manifest) {
        long now = System.nanoTime();
        Long last = noted.get(manifest);
        if (last != null && now - last < ACCURACY.toNanos()) {
            return;
        }
        noted.put(manifest, now);
        Path file = paths.blob(manifest);
        try {
            Instant before = Files.getLastModifiedTime(file).toInstant();
            Instant present = Instant.now();
            if (before.plus(ACCURACY).isBefore(present)) {
                Files.setLastModifiedTime(file, FileTime.from(present));
            }
        } catch (IOException e) {
            noted.remove(manifest); // it was collected, or is not ours to note something of: no failure of who uses it
        }
    }
}
