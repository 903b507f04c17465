package io.layerfs.store;

import io.layerfs.oci.LayoutIndex;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An {@code index.json} as it was last read, for as long as it is that file: it is replaced, never written over, so that its
 * identity, size and time tell. One that is younger than {@link #SETTLED} is read again, since two that follow each other so
 * quickly may have all three in common. Given up where memory is short. Safe for many threads.
 */
final class KnownIndex {

    /** Longer than what file systems round times to. */
    private static final long SETTLED = 2_500;

    private final Path file;
    private volatile @Nullable State last;

    private record State(
            long size, FileTime modified, @Nullable Object key, SoftReference<LayoutIndex> index) {
        boolean isOf(BasicFileAttributes file) {
            return size == file.size()
                    && modified.equals(file.lastModifiedTime())
                    && key != null
                    && Objects.equals(key, file.fileKey());
        }
    }

    KnownIndex(Path file) {
        this.file = file;
    }

    LayoutIndex read() throws IOException {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        State state = last;
        LayoutIndex known = state != null && state.isOf(now) ? state.index.get() : null;
        if (known != null) {
            return known;
        }
        long age = System.currentTimeMillis() - now.lastModifiedTime().toMillis();
        LayoutIndex index = LayoutIndex.read(file);
        boolean settled = age > SETTLED && isUnchanged(now);
        last = settled
                ? new State(now.size(), now.lastModifiedTime(), now.fileKey(), new SoftReference<>(index))
                : null;
        return index;
    }

    /** Whether what was read is the file that was looked at before. */
    private boolean isUnchanged(BasicFileAttributes before) throws IOException {
        BasicFileAttributes after = Files.readAttributes(file, BasicFileAttributes.class);
        return new State(before.size(), before.lastModifiedTime(), before.fileKey(), new SoftReference<>(null))
                .isOf(after);
    }
}
