package io.layerfs.store;

import io.layerfs.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What an operation, a mount or a lease needs, so that the {@link Collector} leaves it: from when it is added until this is
 * closed, or its process ends, however it ends.
 *
 * <p>What is added is written to a small file in a directory of this process, under the collector's own lock: it is seen by
 * the next collection, and what is there <em>after</em> it was added stays there. Hence the order of all that relies on
 * something in the store: add it here, look whether it is there, use it, publish what refers to it, close this. Safe for many
 * threads; outlives the {@link Store} that gave it.
 */
public final class Hold implements AutoCloseable {

    /** The lock that a collection has while it finds out what is needed, and takes the rest away. */
    static final String COLLECTION = "gc";

    private static final String SUFFIX = ".hold";
    private static final String IMAGE = "image ";
    private static final String BLOB = "blob ";

    private final StorePaths paths;
    private final StoreLocks locks;
    private final List<Path> files = new ArrayList<>();
    private boolean closed;

    private Hold(StorePaths paths, StoreLocks locks) {
        this.paths = paths;
        this.locks = locks;
    }

    /** One that holds nothing yet. */
    static Hold open(StorePaths paths, StoreLocks locks) {
        return new Hold(paths, locks.retain());
    }

    /** Holds an image, whether it is there already or not: its documents, its layers, and what is derived of them. */
    public void addImage(Digest manifest) throws IOException {
        addImages(List.of(manifest));
    }

    /** Holds several. */
    void addImages(Collection<Digest> manifests) throws IOException {
        add(IMAGE, manifests);
    }

    /** Holds blobs, and the indexes of those that are layers. */
    public void addBlobs(Collection<Digest> blobs) throws IOException {
        add(BLOB, blobs);
    }

    private synchronized void add(String what, Collection<Digest> digests) throws IOException {
        StringBuilder lines = new StringBuilder();
        digests.forEach(digest -> lines.append(what).append(digest).append('\n'));
        if (closed) {
            throw new IOException("this lease is closed");
        }
        Path file = locks.ownArea(paths.holds()).newPath(SUFFIX);
        try (StoreLocks.Held held = locks.lock(COLLECTION)) {
            files.add(file);
            Files.writeString(file, lines, StandardCharsets.US_ASCII);
        }
    }

    /** Gives all of it free; idempotent. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (StoreLocks used = locks) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** What living processes hold, of images and of blobs. */
    record All(Set<Digest> images, Set<Digest> blobs) {}

    /** Reads what is held; the caller has the lock {@link #COLLECTION}. */
    static All readAll(StorePaths paths, StoreLocks locks) throws IOException {
        All all = new All(new HashSet<>(), new HashSet<>());
        for (Path area : TempArea.living(paths.holds(), locks)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(area, "*" + SUFFIX)) {
                for (Path file : files) {
                    read(file, all);
                }
            } catch (java.nio.file.NoSuchFileException e) {
                // its process ends in this moment, and has given it free
            }
        }
        return all;
    }

    private static void read(Path file, All all) throws IOException {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.US_ASCII);
        } catch (java.nio.file.NoSuchFileException e) {
            return; // given free in this moment
        }
        // a line without its end is that of a process that was killed while it wrote, and never relied on it
        for (int at = 0, end = text.indexOf('\n'); end >= 0; at = end + 1, end = text.indexOf('\n', at)) {
            String line = text.substring(at, end);
            if (line.startsWith(IMAGE)) {
                all.images.add(Digest.parse(line.substring(IMAGE.length())));
            } else {
                all.blobs.add(Digest.parse(line.substring(BLOB.length())));
            }
        }
    }
}
