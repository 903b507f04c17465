package io.layerfs.upper;

import io.layerfs.host.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Where the data of changed files lies, for a view and its forks: that of small files in memory, up to a limit, each other
 * file's in a scratch file of its own. Closed when the last view that uses it is. Safe for many threads.
 */
final class DataArea {

    private static final long LEAST_MEMORY = 16L << 20;

    private final ScratchDirectory space;
    private final boolean durable;
    private final long memoryLimit = Math.max(LEAST_MEMORY, Runtime.getRuntime().maxMemory() / 8);
    private final AtomicLong memory = new AtomicLong();
    private final AtomicLong lastId = new AtomicLong();
    private final OpenFiles openFiles = new OpenFiles();
    private final Set<DataFile> files = ConcurrentHashMap.newKeySet();
    private final Queue<DataFile> doomed = new ConcurrentLinkedQueue<>();
    private final @Nullable DataArea parent;
    private final AtomicInteger users = new AtomicInteger(1);

    private DataArea(ScratchDirectory space, boolean durable, @Nullable DataArea parent) {
        this.space = space;
        this.durable = durable;
        this.parent = parent;
    }

    /** For a view whose data is gone with it. */
    static DataArea disposable(ScratchDirectory space) {
        return new DataArea(space, false, null);
    }

    /** For a view whose data survives: a scratch file is deleted only when the journal that says so is safe. */
    static DataArea durable(ScratchDirectory space) {
        return new DataArea(space, true, null);
    }

    /** For a fork of a view that survives; the fork itself does not. */
    DataArea forFork(ScratchDirectory forkSpace) {
        return durable ? new DataArea(forkSpace, false, retain()) : retain();
    }

    boolean isDurable() {
        return durable;
    }

    DataArea retain() {
        users.incrementAndGet();
        return this;
    }

    /** Ends one use; the last one closes it, all of it whatever fails. */
    void close() throws IOException {
        if (users.decrementAndGet() > 0) {
            return;
        }
        try {
            openFiles.close();
        } finally {
            try {
                space.close();
            } finally {
                if (parent != null) {
                    parent.close();
                }
            }
        }
    }

    OpenFiles openFiles() {
        return openFiles;
    }

    AtomicLong memory() {
        return memory;
    }

    /** Whether so many bytes more may be held in memory. */
    boolean hasMemory(long bytes) {
        return memory.get() + bytes <= memoryLimit;
    }

    long newId() {
        return lastId.incrementAndGet();
    }

    /** Has numbers from now on be larger than {@code id}. */
    void used(long id) {
        lastId.accumulateAndGet(id, Math::max);
    }

    /** Where the scratch file of that number is, or will be. */
    Path path(long id) throws IOException {
        return space.directory().resolve(Long.toHexString(id));
    }

    /** The scratch file of that number, which is not there yet. */
    DataFile newFile(long id) {
        return added(new DataFile(this, id, null));
    }

    /** The scratch file of that number, which is there, and as the journal tells on the disk. */
    DataFile knownFile(long id) throws IOException {
        return added(new DataFile(this, id, path(id)));
    }

    /** The scratch file of that number, which was written since it was on the disk: a crash may even have taken its name away. */
    DataFile doubtfulFile(long id) throws IOException {
        Path path = path(id);
        DataFile file = Files.exists(path) ? knownFile(id) : newFile(id);
        file.doubt();
        return file;
    }

    private DataFile added(DataFile file) {
        files.add(file);
        return file;
    }

    void delete(DataFile file) {
        files.remove(file);
        if (durable) {
            doomed.add(file);
        } else {
            deleteNow(file);
        }
    }

    private void deleteNow(DataFile file) {
        try {
            openFiles.close(file);
            Path path = file.path();
            if (path != null) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // its space is given back when the view is closed or opened again, with all that nothing refers to
            return;
        }
    }

    /** Returns when all that was written survives a crash of the machine. */
    void force() throws IOException {
        force(files);
    }

    /** Returns when what was written to some files, and their names, survive a crash of the machine. */
    void force(Iterable<DataFile> some) throws IOException {
        List<DataFile> unnamed = new ArrayList<>();
        for (DataFile file : some) {
            if (file.force()) {
                unnamed.add(file);
            }
        }
        if (!unnamed.isEmpty()) {
            Durable.sync(space.directory());
            unnamed.forEach(DataFile::named);
        }
    }

    /** Something that has what was written survive a crash of the machine. */
    interface Force {
        void run() throws IOException;
    }

    /** Has the journal survive a crash, then deletes what was given up before: what is given up meanwhile may be needed still. */
    void deleteDoomed(Force journal) throws IOException {
        List<DataFile> before = new ArrayList<>();
        for (DataFile file = doomed.poll(); file != null; file = doomed.poll()) {
            before.add(file);
        }
        boolean forced = false;
        try {
            journal.run();
            forced = true;
        } finally {
            if (!forced) {
                doomed.addAll(before);
            }
        }
        before.forEach(this::deleteNow);
    }

    /** How many scratch files wait for the journal to be forced. */
    int doomed() {
        return doomed.size();
    }
}
