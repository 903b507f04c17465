package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.View;
import io.layerfs.ViewInfo;
import io.layerfs.WritableView;
import io.layerfs.blob.NamedFiles;
import io.layerfs.host.Durable;
import io.layerfs.oci.ImageName;
import io.layerfs.upper.ScratchDirectory;
import io.layerfs.upper.UpperView;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The writable views that have names, each a directory: {@code view.json} says what it was made of, {@code journal} what was
 * done, {@code data} holds the bytes of large changed files. Open in one place at a time, by a lock.
 */
public final class Views {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]+(?:[-._][A-Za-z0-9]+)*");

    /** It is the name of a directory: most file systems have 255 bytes for one, encrypting ones 143. */
    private static final int MAX_NAME = 128;

    /** Makes the view of a stack of layers. */
    interface Lower {
        View view(List<Digest> diffIds) throws IOException;
    }

    private final StorePaths paths;
    private final Lower lower;
    private final Supplier<ScratchDirectory> forks;
    private final Supplier<Hold> holds;

    Views(StorePaths paths, Lower lower, Supplier<ScratchDirectory> forks, Supplier<Hold> holds) {
        this.paths = paths;
        this.lower = lower;
        this.forks = forks;
        this.holds = holds;
    }

    private Path directory(String name) {
        if (name.length() > MAX_NAME || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a name that a view can have (up to " + MAX_NAME
                    + " letters and digits with one of -._ between): '" + ImageName.shown(name) + "'");
        }
        return paths.views().resolve(name);
    }

    /** Makes one of an image. */
    public WritableView create(String name, Digest image, List<Digest> diffIds, long quota) throws IOException {
        ViewDocument document =
                new ViewDocument(image, diffIds, Instant.now(), quota, StorePaths.numbering(), ViewDocument.VFS);
        try (Hold hold = held(document)) {
            return locked(name, (directory, lock) -> {
                startNew(name, directory);
                View below = lower.view(diffIds);
                UpperView view = UpperView.create(below, directory, quota, forks, InstantSource.system(), lock);
                try {
                    document.write(directory);
                    hold.close(); // here, so that the view is closed where this fails
                } catch (IOException | RuntimeException | Error e) {
                    try (view) {
                        throw e;
                    }
                }
                return view;
            });
        }
    }

    /** Holds what a view is made of, which the view itself does once its document is written. */
    private Hold held(ViewDocument document) throws IOException {
        Hold hold = holds.get();
        try {
            hold.addImage(document.image(), document.diffIds());
            if (!NamedFiles.exists(paths.blob(document.image()))) {
                throw new NoSuchFileException(
                        document.image().toString(), null, "no image of this digest in the store any more");
            }
            return hold;
        } catch (IOException | RuntimeException | Error e) {
            hold.close();
            throw e;
        }
    }

    /**
     * A writable view whose changes another backend keeps, in a directory of its own; locked until it is closed.
     *
     * @param image the digest of the manifest of the image that it was made of
     * @param diffIds of that image's layers, base first
     */
    public record Kept(Path directory, Digest image, List<Digest> diffIds, Closeable lock) {}

    /** Makes a view that {@code backend} keeps; {@code making} fills its directory. */
    public Kept createKept(String name, Digest image, List<Digest> diffIds, String backend, Store.Publishing making)
            throws IOException {
        ViewDocument document =
                new ViewDocument(image, diffIds, Instant.now(), Long.MAX_VALUE, StorePaths.numbering(), backend);
        try (Hold hold = held(document)) {
            return locked(name, (directory, lock) -> {
                startNew(name, directory);
                making.make(directory);
                document.write(directory);
                hold.close();
                return new Kept(directory, image, diffIds, lock);
            });
        }
    }

    /** Opens a view that {@code backend} keeps. */
    public Kept openKept(String name, String backend) throws IOException {
        return locked(name, (directory, lock) -> {
            ViewDocument document = document(name, directory);
            document.requireBackend(name, backend);
            document.requireNumbering(name, StorePaths.numbering());
            return new Kept(directory, document.image(), document.diffIds(), lock);
        });
    }

    private static void startNew(String name, Path directory) throws IOException {
        if (NamedFiles.exists(directory.resolve(ViewDocument.FILE))) {
            throw new FileAlreadyExistsException(name, null, "there is a view of that name");
        }
        Durable.deleteTree(directory); // of one whose making was cut short
        Durable.createDirectories(directory);
    }

    /** What is done with a view's directory while it is locked; the lock stays if it succeeds. */
    private interface Use<T> {
        T with(Path directory, Closeable lock) throws IOException;
    }

    private <T> T locked(String name, Use<T> use) throws IOException {
        Path directory = directory(name);
        Closeable lock = lock(name);
        try {
            return use.with(directory, lock);
        } catch (IOException | RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    /** Opens one. */
    public WritableView open(String name) throws IOException {
        return locked(name, (directory, lock) -> {
            ViewDocument document = document(name, directory);
            document.requireBackend(name, ViewDocument.VFS);
            document.requireNumbering(name, StorePaths.numbering());
            View below = lower.view(document.diffIds());
            return UpperView.open(below, directory, document.quota(), forks, InstantSource.system(), lock);
        });
    }

    private static ViewDocument document(String name, Path directory) throws IOException {
        try {
            return ViewDocument.read(directory);
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(name, null, "no view of that name in this store");
        }
    }

    /** All, by name. */
    public List<ViewInfo> list() throws IOException {
        List<ViewInfo> views = new ArrayList<>();
        documents()
                .forEach((name, document) -> views.add(new ViewInfo(
                        name, document.image(), document.created(), document.quota(), document.backend())));
        return views;
    }

    /** What each was made of, by name. */
    Map<String, ViewDocument> documents() throws IOException {
        Map<String, ViewDocument> documents = new TreeMap<>();
        for (Path directory : directories()) {
            try {
                documents.put(directory.getFileName().toString(), ViewDocument.read(directory));
            } catch (NoSuchFileException e) {
                // dropped in this moment, or its making was cut short
            }
        }
        return documents;
    }

    private List<Path> directories() throws IOException {
        List<Path> all = new ArrayList<>();
        if (NamedFiles.exists(paths.views())) {
            try (DirectoryStream<Path> directories = Files.newDirectoryStream(paths.views())) {
                directories.forEach(all::add);
            }
        }
        return all;
    }

    /** Deletes what is left of views whose making or dropping was cut short; answers the failures. */
    List<IOException> clean() throws IOException {
        List<IOException> failures = new ArrayList<>();
        for (Path directory : directories()) {
            String name = directory.getFileName().toString();
            if (!NAME.matcher(name).matches() || NamedFiles.exists(directory.resolve(ViewDocument.FILE))) {
                continue;
            }
            try (Closeable lock = tryLock(name)) {
                if (lock != null && !NamedFiles.exists(directory.resolve(ViewDocument.FILE))) {
                    Durable.deleteTree(directory);
                }
            } catch (IOException e) {
                failures.add(e);
            }
        }
        return failures;
    }

    /** Removes one. */
    public boolean drop(String name) throws IOException {
        Path directory = directory(name);
        try (Closeable lock = lock(name)) {
            boolean known = NamedFiles.exists(directory.resolve(ViewDocument.FILE));
            // first of all, and on the disk: what is left if this is cut short is no view
            if (Files.deleteIfExists(directory.resolve(ViewDocument.FILE))) {
                Durable.sync(directory);
            }
            Durable.deleteTree(directory);
            return known;
        }
    }

    private Closeable lock(String name) throws IOException {
        Closeable lock = tryLock(name);
        if (lock == null) {
            throw new FileSystemException(name, null, "the view is in use");
        }
        return lock;
    }

    /** The lock outlives the store object that it was taken through, as the view does, and may be closed twice; null where another has it. */
    private @Nullable Closeable tryLock(String name) throws IOException {
        StoreLocks locks = StoreLocks.open(paths.lock());
        StoreLocks.Held held = null;
        try {
            locks.requireWritable();
            held = locks.tryLock("view " + name);
            if (held == null) {
                return null;
            }
            StoreLocks.Held taken = held;
            AtomicBoolean closed = new AtomicBoolean();
            return () -> {
                if (closed.compareAndSet(false, true)) {
                    try (StoreLocks used = locks) {
                        taken.close();
                    }
                }
            };
        } finally {
            if (held == null) {
                locks.close();
            }
        }
    }
}
