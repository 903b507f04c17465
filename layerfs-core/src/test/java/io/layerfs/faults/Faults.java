package io.layerfs.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a disk does to whoever uses it: counts the operations, and fails the one that is chosen, or that one and all of its
 * kind that come after it. Safe for many threads.
 */
final class Faults {

    /** What is asked of the disk. */
    enum Operation {
        LOOK,
        LIST,
        OPEN,
        READ,
        WRITE,
        SYNC,
        RENAME,
        MAKE,
        DELETE,
        TRUNCATE;

        boolean changes() {
            return this != LOOK && this != LIST && this != READ;
        }
    }

    /** What goes wrong. */
    enum Kind {
        /** The operation fails, and the next one does not. */
        ONCE("Input/output error"),
        /** From then on, all that changes anything fails; a write does half of its work first. */
        FULL("No space left on device"),
        /** From then on, everything fails. */
        GONE("Input/output error"),
        /** A read or a write does half of its work, and says so: no failure. */
        SHORT("");

        private final String reason;

        Kind(String reason) {
            this.reason = reason;
        }

        boolean fits(Operation operation) {
            return switch (this) {
                case ONCE, GONE -> true;
                case FULL -> operation.changes() && operation != Operation.DELETE;
                case SHORT -> operation == Operation.READ || operation == Operation.WRITE;
            };
        }
    }

    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger channels = new AtomicInteger();
    private final List<String> seen = new ArrayList<>();
    private @Nullable Kind kind;
    private int chosen;
    private boolean begun;

    /** None from now on. */
    synchronized void none() {
        kind = null;
        begun = false;
    }

    /** Counts anew, and lets nothing fail. */
    synchronized void count() {
        none();
        seen.clear();
        count.set(0);
    }

    /** Counts anew, and lets the {@code number}th operation fail, from 0 on. */
    synchronized void fail(int number, Kind how) {
        count();
        chosen = number;
        kind = how;
    }

    /** What was asked since it was counted anew. */
    synchronized List<String> seen() {
        return List.copyOf(seen);
    }

    AtomicInteger channels() {
        return channels;
    }

    /** Waits until no file is open; some are closed by threads that sync them. */
    void awaitClosed() {
        try {
            for (int i = 0; channels.get() > 0 && i < 5000; i++) {
                Thread.sleep(1);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertThat(channels).as("files that stay open").hasValue(0);
    }

    /** How many of {@code wanted} bytes are to be transferred; all of them where nothing is wrong. */
    int transfer(Operation operation, Path file, int wanted) throws IOException {
        if (!hits(operation, file) || wanted == 0) {
            return wanted;
        }
        Kind how = kind();
        if (how == Kind.SHORT) {
            return Math.max(1, wanted / 2);
        }
        return how == Kind.FULL ? -wanted / 2 - 1 : -1;
    }

    /** What a channel, which does not know its file's name, fails with. */
    IOException failure() {
        Kind how = kind();
        return new IOException(how == null ? "Input/output error" : how.reason);
    }

    /** Passes, or fails as an operation that knows the names of its files does: it moves no bytes, and cannot be short. */
    void pass(Operation operation, Path file) throws IOException {
        Kind how = kind();
        if (hits(operation, file) && how != Kind.SHORT) {
            throw new FileSystemException(file.toString(), null, how == null ? "" : how.reason);
        }
    }

    /** The same of an operation of a channel. */
    void passUnnamed(Operation operation, Path file) throws IOException {
        if (hits(operation, file)) {
            throw failure();
        }
    }

    private synchronized @Nullable Kind kind() {
        return kind;
    }

    private synchronized boolean hits(Operation operation, Path file) {
        int number = count.getAndIncrement();
        seen.add(operation + " " + file);
        if (kind == null || !kind.fits(operation)) {
            return false;
        }
        if (number == chosen) {
            begun = true;
            return true;
        }
        return begun && (kind == Kind.FULL || kind == Kind.GONE);
    }
}
