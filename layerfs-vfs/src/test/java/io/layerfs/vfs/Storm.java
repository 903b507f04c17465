package io.layerfs.vfs;

import io.layerfs.GcOptions;
import io.layerfs.History;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Lease;
import io.layerfs.View;
import io.layerfs.WritableView;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/** One view of a store, under many threads that do everything with it at once, and one that interrupts them. */
final class Storm {

    private static final int MOST_FAULTS = 20;

    /** What a system call says that comes too late, or is refused. */
    private static final Set<String> REASONS = Set.of(
            "Directory not empty",
            "File exists",
            "Is a directory",
            "Not a directory",
            "Invalid argument",
            "No data available",
            "Stale file handle",
            "No space left on device",
            "Too many levels of symbolic links",
            "Too many levels of symbolic links or unable to access attributes of symbolic link");

    private final LayerStore store;
    private final Image image;
    private final WritableView view;
    private final FileSystem files;
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final AtomicInteger insiders = new AtomicInteger();
    private final AtomicReferenceArray<@Nullable FileChannel> channels = new AtomicReferenceArray<>(6);
    private final AtomicReference<@Nullable View> past = new AtomicReference<>();
    private final ReentrantReadWriteLock publishing = new ReentrantReadWriteLock();
    private final AtomicLong refused = new AtomicLong();
    private volatile boolean over;
    private volatile boolean closing;

    Storm(LayerStore store, Image image, WritableView view) {
        this.store = store;
        this.image = image;
        this.view = view;
        this.files = LayerFileSystems.open(view);
    }

    Path root() {
        return files.getPath("/");
    }

    FileSystem files() {
        return files;
    }

    boolean isOver() {
        return over || faults.size() >= MOST_FAULTS;
    }

    /** Ends it: the threads stop when they have done what they are at. */
    void end() {
        over = true;
    }

    AtomicReferenceArray<@Nullable FileChannel> channels() {
        return channels;
    }

    /** To be held from the writing of a piece until it is in its place, or gone. */
    Lock publishing() {
        return publishing.readLock();
    }

    void fault(String what, @Nullable Throwable failure) {
        java.io.StringWriter text = new java.io.StringWriter().append(what);
        if (failure != null) {
            text.append('\n');
            failure.printStackTrace(new java.io.PrintWriter(text));
        }
        faults.add(text.toString());
    }

    List<String> faults() {
        return List.copyOf(faults);
    }

    /** How many operations failed as they may. */
    long refused() {
        return refused.get();
    }

    /** Whether that can come of others' work, or of an interrupt. */
    boolean isExpected(Throwable failure) {
        refused.incrementAndGet();
        if (failure instanceof UncheckedIOException || failure instanceof DirectoryIteratorException) {
            return isExpected(failure.getCause());
        }
        if (failure instanceof FileSystemException refusal) {
            String reason = refusal.getReason();
            return reason == null
                    || REASONS.contains(reason.replaceFirst("^Unable to .*: ", ""))
                    || (closing && reason.equals("the scratch file of a changed file is gone"));
        }
        boolean late = failure instanceof ClosedFileSystemException
                || (failure instanceof IOException && "the writable view is closed".equals(failure.getMessage()));
        return failure instanceof ClosedChannelException
                || failure instanceof InterruptedIOException
                || failure instanceof FileLockInterruptionException
                || failure instanceof OverlappingFileLockException
                || (late && closing);
    }

    private static @Nullable String all(List<String> faults) {
        return faults.isEmpty() ? null : String.join("\n", faults);
    }

    /** A fork holds still, and goes its own way. */
    @Nullable
    String fork(Random random) throws IOException {
        try (WritableView fork = view.fork();
                FileSystem own = LayerFileSystems.open(fork)) {
            Path root = own.getPath("/");
            List<String> wrong = StormTree.faults(root, true);
            String directory = StormTree.DIRECTORIES.get(random.nextInt(StormTree.DIRECTORIES.size()));
            Files.createDirectories(root.resolve(directory));
            Files.write(root.resolve(directory + "/w9"), StormContent.piece(random, random.nextInt(100_000)));
            wrong.addAll(StormTree.faults(root, true));
            return all(wrong);
        }
    }

    /** A snapshot does not change any more. */
    @Nullable
    String snapshot() throws IOException {
        View snapshot;
        publishing.writeLock().lock();
        try {
            snapshot = view.snapshot();
        } finally {
            publishing.writeLock().unlock();
        }
        past.set(snapshot);
        List<String> wrong = new ArrayList<>(StormTree.faults(snapshot));
        var lines = StormTree.lines(snapshot);
        if (!StormTree.lines(snapshot).equals(lines)) {
            wrong.add("it changed");
        }
        return all(wrong);
    }

    @Nullable
    String rollback() throws IOException {
        View known = past.get();
        if (known != null) {
            view.rollback(known);
        }
        return null;
    }

    /** Commits what the view says, and looks at it: it is the tree that a fork of that moment shows. */
    @Nullable
    String commit() throws IOException {
        try (Lease lease = store.lease();
                WritableView fork = view.fork()) {
            Image made = store.commit(image, fork.changes(), History.of("storm"), null);
            View committed = store.view(made);
            List<String> wrong = new ArrayList<>(StormTree.faults(committed));
            if (!StormTree.lines(committed).equals(StormTree.lines(fork))) {
                wrong.add("the committed tree is another than that of the view");
            }
            store.remove(made);
            return all(wrong);
        }
    }

    @Nullable
    String collect() throws IOException {
        store.gc(GcOptions.DEFAULT);
        return null;
    }

    /** Whether something of the store ended because its thread was interrupted, by what caused it. */
    boolean isInterrupt(Throwable failure) {
        return failure instanceof IOException
                && (isExpected(failure) || (failure.getCause() != null && isInterrupt(failure.getCause())));
    }

    /** Called by who has the lock. */
    @Nullable
    String alone() {
        int others = insiders.getAndIncrement();
        Thread.onSpinWait();
        insiders.decrementAndGet();
        return others == 0 ? null : "a lock is held by " + (others + 1);
    }

    /** Closes the shared channels; none of their files is open after that. */
    void closeChannels() throws IOException {
        for (int i = 0; i < channels.length(); i++) {
            FileChannel channel = channels.getAndSet(i, null);
            if (channel != null) {
                channel.close();
            }
        }
    }

    /** Closes the view among all that is going on. */
    void closeUnderWay() throws IOException {
        closing = true;
        files.close();
        view.close();
    }
}
