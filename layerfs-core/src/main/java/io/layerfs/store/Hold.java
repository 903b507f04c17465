package io.layerfs.store;

import io.layerfs.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

    static final String SUFFIX = ".hold";
    private static final String IMAGE = "image ";
    private static final String BLOB = "blob ";

    private final StorePaths paths;
    private final StoreLocks locks;
    private final List<HoldFiles.HoldFile> files = new ArrayList<>();
    private final Set<String> held = new HashSet<>();
    private HoldFiles.@Nullable HoldFile writable;
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
        add(List.of(manifest), List.of());
    }

    /** Holds an image, and its layers even where its manifest is gone. */
    public void addImage(Digest manifest, Collection<Digest> diffIds) throws IOException {
        add(List.of(manifest), diffIds);
    }

    /** Holds several images. */
    void addImages(Collection<Digest> manifests) throws IOException {
        add(manifests, List.of());
    }

    /** Holds blobs, and the indexes of those that are layers. */
    public void addBlobs(Collection<Digest> blobs) throws IOException {
        add(List.of(), blobs);
    }

    private void add(Collection<Digest> images, Collection<Digest> blobs) throws IOException {
        if (!addUnlessClosed(images, blobs)) {
            throw new IOException("what is held was given free: it is closed");
        }
    }

    /** Holds images and blobs, and answers true; where it is closed by now, it does nothing and answers false. */
    public synchronized boolean addUnlessClosed(Collection<Digest> images, Collection<Digest> blobs)
            throws IOException {
        if (closed) {
            return false;
        }
        List<String> lines = new ArrayList<>();
        images.forEach(image -> lines.add(IMAGE + image));
        blobs.forEach(blob -> lines.add(BLOB + blob));
        lines.removeAll(held);
        if (lines.isEmpty() || locks.isReadOnly()) {
            return true;
        }
        HoldFiles.HoldFile file = writable;
        writable = null; // a file that was not written to its end is written no more
        if (file == null) {
            file = locks.holdFiles().take(locks.ownArea(paths.holds()));
            files.add(file);
        }
        try (StoreLocks.Held collection = locks.lock(COLLECTION)) {
            file.append((String.join("\n", lines) + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        writable = file;
        held.addAll(lines);
        return true;
    }

    /** Gives all of it free; idempotent. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (StoreLocks used = locks) {
            giveBack(new ArrayDeque<>(files));
        }
    }

    /** Gives all back, whatever fails; the first failure is thrown. */
    private void giveBack(Deque<HoldFiles.HoldFile> rest) throws IOException {
        if (!rest.isEmpty()) {
            try {
                locks.holdFiles().giveBack(rest.pop());
            } finally {
                giveBack(rest);
            }
        }
    }

    /** What living processes hold, of images and of blobs. */
    record All(Set<Digest> images, Set<Digest> blobs) {}

    /** Reads what is held; the caller has the lock {@link #COLLECTION}. */
    static All readAll(StorePaths paths, StoreLocks locks) throws IOException {
        All all = new All(new HashSet<>(), new HashSet<>());
        for (Path area : ProcessArea.living(paths.holds(), locks)) {
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
            if (line.indexOf(0) >= 0) {
                continue; // bytes that are being taken out of the file in this moment
            }
            if (line.startsWith(IMAGE)) {
                all.images.add(Digest.parse(line.substring(IMAGE.length())));
            } else {
                all.blobs.add(Digest.parse(line.substring(BLOB.length())));
            }
        }
    }
}
