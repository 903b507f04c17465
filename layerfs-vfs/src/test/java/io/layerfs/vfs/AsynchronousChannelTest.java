package io.layerfs.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Asynchronous channels, as the default provider has them (field faults, section 4, "AsynchronousFileChannel"). */
@Timeout(60)
class AsynchronousChannelTest {

    private WritableTwin twin;

    @BeforeEach
    void make(@TempDir Path directory) throws IOException {
        twin = new WritableTwin(directory, root -> Files.writeString(root.resolve("f"), "content"));
    }

    @AfterEach
    void close() throws IOException {
        twin.close();
    }

    /** Something that is done with a channel. */
    private interface Use {
        Object of(AsynchronousFileChannel channel) throws Exception;
    }

    /** What a handler is told, and with what. */
    private static <T> String told(java.util.function.BiConsumer<String, CompletionHandler<T, String>> start)
            throws Exception {
        CompletableFuture<String> told = new CompletableFuture<>();
        start.accept("mine", new CompletionHandler<T, String>() {
            @Override
            public void completed(T result, String attachment) {
                told.complete((result instanceof FileLock ? "lock" : result) + " " + attachment);
            }

            @Override
            public void failed(Throwable failure, String attachment) {
                told.complete(failure.getClass().getSimpleName() + " " + attachment);
            }
        });
        return told.get();
    }

    private static String got(Future<?> future) throws Exception {
        try {
            Object got = future.get(30, TimeUnit.SECONDS);
            return (got instanceof FileLock lock ? "lock of " + lock.position() + ", " + lock.size() : got) + " "
                    + future.isDone() + " " + future.isCancelled() + " " + future.cancel(true);
        } catch (ExecutionException e) {
            return e.getCause().getClass().getSimpleName();
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static final Map<String, Use> USES = new LinkedHashMap<>();

    static {
        for (long at : new long[] {0, 3, 7, 100, -1}) {
            USES.put("read at " + at, c -> {
                ByteBuffer target = ByteBuffer.allocate(4);
                return got(c.read(target, at)) + " " + target + " " + target.get(0);
            });
            USES.put("write at " + at, c -> {
                ByteBuffer source = bytes("new");
                return got(c.write(source, at)) + " " + source;
            });
            USES.put(
                    "handled read at " + at,
                    c -> AsynchronousChannelTest.<Integer>told((a, h) -> c.read(ByteBuffer.allocate(4), at, a, h)));
            USES.put(
                    "handled write at " + at,
                    c -> AsynchronousChannelTest.<Integer>told((a, h) -> c.write(bytes("new"), at, a, h)));
            USES.put("truncate to " + at, c -> c.truncate(at).size());
            USES.put("lock at " + at, c -> got(c.lock(at, 2, false)));
            USES.put(
                    "handled lock at " + at,
                    c -> AsynchronousChannelTest.<FileLock>told((a, h) -> c.lock(at, 2, true, a, h)));
            USES.put("try to lock at " + at, c -> c.tryLock(at, 3, at == 0).isShared());
        }
        USES.put("read of no room", c -> got(c.read(ByteBuffer.allocate(0), 0)));
        USES.put("read of no room at the end", c -> got(c.read(ByteBuffer.allocate(0), 7)));
        USES.put(
                "read into what cannot be written",
                c -> got(c.read(ByteBuffer.allocate(3).asReadOnlyBuffer(), 0)));
        USES.put("write of nothing", c -> got(c.write(ByteBuffer.allocate(0), 0)));
        USES.put("write of nothing far out", c -> got(c.write(ByteBuffer.allocate(0), 1000)));
        USES.put("lock of all", c -> got(c.lock()));
        USES.put("try to lock all", c -> {
            try (FileLock lock = c.tryLock()) {
                return lock.isValid() + " " + lock.isShared() + " " + (lock.acquiredBy() == c) + " " + lock.channel();
            }
        });
        USES.put("lock twice", c -> {
            try (FileLock lock = c.tryLock(0, 5, false)) {
                return got(c.lock(4, 5, false));
            }
        });
        USES.put("lock again", c -> {
            c.tryLock(0, 5, false).release();
            return got(c.lock(4, 5, false));
        });
        USES.put("a lock of a closed channel", c -> {
            FileLock lock = c.tryLock();
            c.close();
            boolean valid = lock.isValid();
            lock.release();
            return valid;
        });
        USES.put("size, force and open", c -> {
            c.force(true);
            return c.size() + " " + c.isOpen();
        });
        for (String key : List.copyOf(USES.keySet())) {
            if (key.startsWith("truncate")) {
                continue; // the default provider's exception depends on the size; both say that it is closed
            }
            Use use = USES.get(key);
            USES.put(key + ", closed", c -> {
                c.close();
                c.close();
                return use.of(c);
            });
        }
    }

    @Test
    void aChannelDoesWhatTheDefaultProvidersDoes() throws IOException {
        Map<String, Set<StandardOpenOption>> modes = Map.of(
                "to read", Set.of(StandardOpenOption.READ),
                "to write", Set.of(StandardOpenOption.WRITE, StandardOpenOption.SYNC),
                "for both", Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
        for (Map.Entry<String, Use> use : USES.entrySet()) {
            for (Map.Entry<String, Set<StandardOpenOption>> mode : modes.entrySet()) {
                twin.agree(use.getKey() + " " + mode.getKey(), root -> {
                    try (AsynchronousFileChannel channel =
                            AsynchronousFileChannel.open(root.resolve("f"), mode.getValue(), null)) {
                        return use.getValue().of(channel);
                    }
                });
                twin.freshIfChanged();
            }
        }
    }

    @Test
    void itIsOpenedAsTheDefaultProviderOpensIt() throws IOException {
        for (String name : List.of("f", "new", "", "absent/x")) {
            for (Set<StandardOpenOption> options : List.of(
                    Set.<StandardOpenOption>of(),
                    Set.of(StandardOpenOption.APPEND),
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    Set.of(StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE),
                    Set.of(StandardOpenOption.DELETE_ON_CLOSE, StandardOpenOption.WRITE),
                    Set.of(StandardOpenOption.READ, StandardOpenOption.SPARSE))) {
                twin.agree(name + " " + options, root -> {
                    try (AsynchronousFileChannel channel =
                            AsynchronousFileChannel.open(root.resolve(name), options, null)) {
                        return name.isEmpty() ? "" : channel.size();
                    }
                });
                twin.freshIfChanged();
            }
        }
    }

    /** The one thread of an executor is kept busy until what is asked for was asked, and the channel is closed. */
    @Test
    void whatHasNotBegunWhenItIsClosedFails() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try (AsynchronousFileChannel channel =
                AsynchronousFileChannel.open(twin.root().resolve("f"), Set.of(StandardOpenOption.READ), executor)) {
            CountDownLatch closed = new CountDownLatch(1);
            executor.execute(() -> {
                try {
                    closed.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            Future<Integer> pending = channel.read(ByteBuffer.allocate(1), 0);
            Future<Integer> cancelled = channel.read(ByteBuffer.allocate(1), 0);
            assertThat(cancelled.cancel(false)).isTrue();
            assertThat(channel.isOpen()).isTrue();
            assertThat(cancelled.isCancelled()).isTrue();
            Future<Integer> forced = channel.read(ByteBuffer.allocate(1), 0);
            assertThat(forced.cancel(true)).isTrue();
            assertThat(channel.isOpen()).as("cancelled by force").isFalse();
            closed.countDown();
            assertThatThrownBy(pending::get).hasCauseInstanceOf(AsynchronousCloseException.class);
            assertThatThrownBy(forced::get).isInstanceOf(java.util.concurrent.CancellationException.class);
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void theExecutorThatIsGivenDoesItAndCallsTheHandler() throws Exception {
        List<Thread> threads = new ArrayList<>();
        ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
            threads.add(new Thread(task));
            return threads.get(0);
        });
        try (AsynchronousFileChannel channel =
                AsynchronousFileChannel.open(twin.root().resolve("f"), Set.of(StandardOpenOption.READ), executor)) {
            CompletableFuture<Thread> caller = new CompletableFuture<>();
            channel.read(
                    ByteBuffer.allocate(1), 0, caller, new CompletionHandler<Integer, CompletableFuture<Thread>>() {
                        @Override
                        public void completed(Integer count, CompletableFuture<Thread> attachment) {
                            attachment.complete(Thread.currentThread());
                        }

                        @Override
                        public void failed(Throwable failure, CompletableFuture<Thread> attachment) {
                            attachment.completeExceptionally(failure);
                        }
                    });
            assertThat(caller.get()).isSameAs(threads.get(0));
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void locksAreThoseOfOtherChannelsToo() throws Exception {
        Path file = twin.root().resolve("f");
        try (AsynchronousFileChannel channel = AsynchronousFileChannel.open(file, StandardOpenOption.WRITE);
                FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE)) {
            try (FileLock lock = channel.lock().get()) {
                assertThat(lock.isValid()).isTrue();
                assertThatThrownBy(() -> other.tryLock(0, 1, false)).isInstanceOf(OverlappingFileLockException.class);
            }
            try (FileLock lock = other.lock()) {
                assertThat(lock.isValid()).isTrue();
                assertThatThrownBy(() -> channel.lock(0, 1, false)).isInstanceOf(OverlappingFileLockException.class);
            }
            channel.lock().get();
            channel.close();
            other.tryLock().release();
        }
    }

    @Test
    void itIsClosedWithItsFileSystem() throws Exception {
        AsynchronousFileChannel channel =
                AsynchronousFileChannel.open(twin.root().resolve("f"));
        twin.files().close();
        assertThat(channel.isOpen()).isFalse();
    }
}
