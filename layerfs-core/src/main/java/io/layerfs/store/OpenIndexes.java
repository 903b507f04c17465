package io.layerfs.store;

import io.layerfs.erofs.ErofsImage;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The indexes of a store that this process has open, so that the next view of the same layers need not map and check its index
 * again. One is used again for as long as its file is there, and the same, and memory is not short. Safe for many threads.
 */
final class OpenIndexes {

    private final Map<Path, Open> open = new ConcurrentHashMap<>();

    /** What tells that a file is neither another nor written since. */
    private record Identity(@Nullable Object key, FileTime modified, long size) {
        static Identity of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Identity(attributes.fileKey(), attributes.lastModifiedTime(), attributes.size());
        }
    }

    private record Open(Identity identity, SoftReference<ErofsImage> index) {}

    /** Opens the index of a file. */
    interface Opening {
        ErofsImage open() throws IOException;
    }

    /**
     * The index in {@code file}, by {@code opening} where it is not open yet.
     *
     * @throws java.nio.file.NoSuchFileException where there is none
     */
    ErofsImage get(Path file, Opening opening) throws IOException {
        Identity identity = Identity.of(file);
        Open known = open.get(file);
        ErofsImage index = known != null && known.identity.equals(identity) ? known.index.get() : null;
        if (index == null) {
            index = opening.open();
            open.values().removeIf(other -> other.index.get() == null);
            open.put(file, new Open(identity, new SoftReference<>(index)));
        }
        return index;
    }

    /** Forgets all: what nobody uses is unmapped when it is collected. */
    void clear() {
        open.clear();
    }
}
