package io.layerfs.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The failures of one operation: which of them may pass, and how long to wait before it is tried again.
 *
 * <p>The pause doubles from half a second on, up to a limit, and is drawn between its half and the whole, so that many clients
 * do not come back at once; {@code Retry-After} is kept to. Progress forgives failures, but only a good deal of it: a server
 * that sends a byte and breaks off cannot keep anybody for ever.
 */
final class Retries {

    /** An operation that may be done again. */
    interface Operation<T> {
        T run() throws IOException;
    }

    private static final long FIRST_PAUSE = 500;
    private static final long GOOD_PROGRESS = 1 << 20;

    private final String what;
    private final int limit;
    private final long maxPause;
    private int failures;
    private long progress;

    /** Of an operation on {@code what}, for messages. */
    Retries(String what, RegistryOptions options) {
        this.what = what;
        this.limit = options.retries();
        this.maxPause = options.maxWait().toMillis();
    }

    /** Runs it until it succeeds, or fails for good. */
    static <T> T run(String what, RegistryOptions options, Operation<T> operation) throws IOException {
        Retries retries = new Retries(what, options);
        while (true) {
            try {
                return operation.run();
            } catch (IOException e) {
                retries.pause(e);
            }
        }
    }

    /** Some bytes were transferred for the first time. */
    void progress(long bytes) {
        progress += bytes;
        if (progress >= GOOD_PROGRESS) {
            progress = 0;
            failures = 0;
        }
    }

    /** Waits until it may be tried again, or throws the failure where that makes no sense, or was done often enough. */
    void pause(IOException failure) throws IOException {
        if (!isTransient(failure)) {
            throw failure instanceof NetworkException ? named(failure, "") : failure;
        }
        if (failures == limit) {
            throw named(failure, limit == 0 ? "" : " (tried " + (limit + 1) + " times)");
        }
        long asked = failure instanceof RegistryException known ? known.retryAfterMillis() : -1;
        if (asked > maxPause) {
            throw named(failure, " (asks to come back in " + asked / 1000 + " s)");
        }
        long pause = Math.min(FIRST_PAUSE << Math.min(failures, 20), maxPause);
        failures++;
        sleep(Math.max(asked, pause - ThreadLocalRandom.current().nextLong(pause / 2 + 1)));
    }

    private IOException named(IOException failure, String end) {
        String message = String.valueOf(failure.getMessage());
        String text = (message.startsWith(what) ? message : what + ": " + message) + end;
        return failure instanceof RegistryException known
                ? withCause(new RegistryException(text, known.status(), known.retryAfterMillis()), failure)
                : new IOException(text, failure);
    }

    private static IOException withCause(IOException failure, IOException cause) {
        failure.initCause(cause);
        return failure;
    }

    private static void sleep(long millis) throws InterruptedIOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted between two tries");
        }
    }

    /** Whether the same may succeed later: what the network does, and what a server says about itself. What is local is neither. */
    private static boolean isTransient(IOException failure) {
        return failure instanceof RegistryException answered
                ? answered.isTransient()
                : failure instanceof NetworkException broken && broken.mayPass();
    }
}
