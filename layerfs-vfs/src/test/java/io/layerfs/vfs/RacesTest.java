package io.layerfs.vfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several threads at the same names: each operation happens as a whole, and who comes second is told what Linux would. */
class RacesTest {

    private static final int THREADS = 4;
    private static final int ROUNDS = 1000;

    private final ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    private WritableTwin twin;
    private Path root;

    @BeforeEach
    void make(@TempDir Path directory) throws IOException {
        twin = new WritableTwin(directory, at -> {
            Files.writeString(at.resolve("f"), "content");
            Files.createDirectories(at.resolve("d/e"));
        });
        root = twin.root();
    }

    @AfterEach
    void close() throws IOException {
        pool.shutdownNow();
        twin.close();
    }

    private void together(Callable<?>... tasks) throws Exception {
        List<Future<?>> all = new ArrayList<>();
        for (Callable<?> task : tasks) {
            all.add(pool.submit(task));
        }
        for (Future<?> one : all) {
            try {
                one.get();
            } catch (ExecutionException e) {
                throw new AssertionError(e.getCause());
            }
        }
    }

    private void eachThread(Callable<?> task) throws Exception {
        List<Callable<?>> tasks = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            tasks.add(task);
        }
        together(tasks.toArray(new Callable<?>[0]));
    }

    @Test
    void oneOfManyMakesANewFile() throws Exception {
        AtomicInteger made = new AtomicInteger();
        eachThread(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                try {
                    Files.createFile(root.resolve("n" + i));
                    made.incrementAndGet();
                } catch (FileAlreadyExistsException e) {
                    assertThat(e.getFile()).isEqualTo("/n" + i);
                }
            }
            return "";
        });
        assertThat(made).hasValue(ROUNDS);
    }

    /** CREATE neither finds the file taken nor absent, whatever others do to its name. */
    @Test
    void creatingNeverFails() throws Exception {
        Path file = root.resolve("d/now-and-then");
        Callable<String> creates = () -> {
            for (int i = 0; i < ROUNDS; i++) {
                Files.write(file, new byte[] {1, 2, 3});
            }
            return "";
        };
        Callable<String> deletes = () -> {
            for (int i = 0; i < ROUNDS; i++) {
                Files.deleteIfExists(file);
            }
            return "";
        };
        together(creates, deletes, creates, deletes);
    }

    @Test
    void aFileThatIsReplacedIsNeverAbsent() throws Exception {
        Path file = root.resolve("f");
        together(
                () -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        Path next = Files.writeString(root.resolve("next"), "content");
                        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
                    }
                    return "";
                },
                () -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        assertThat(Files.readString(file)).isEqualTo("content");
                        assertThat(Files.exists(file)).isTrue();
                        Files.setLastModifiedTime(file, FileTime.fromMillis(i));
                        assertThat(Files.size(file)).isEqualTo(7);
                        Files.copy(file, root.resolve("copy"), StandardCopyOption.REPLACE_EXISTING);
                    }
                    return "";
                });
    }

    @Test
    void aDirectoryThatIsReplacedIsNeverAbsent() throws Exception {
        Path directory = root.resolve("d/e");
        together(
                () -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        Path next = Files.createDirectory(root.resolve("next"));
                        Files.move(next, directory, StandardCopyOption.ATOMIC_MOVE);
                    }
                    return "";
                },
                () -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        assertThat(directory).isEmptyDirectory();
                        Files.setAttribute(directory, "unix:mode", 0700);
                        Files.setAttribute(directory, "user:a", new byte[1]);
                    }
                    return "";
                });
    }

    @Test
    void oneOfManyDeletes() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            Files.createFile(root.resolve("n" + i));
        }
        AtomicInteger deleted = new AtomicInteger();
        eachThread(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                try {
                    Files.delete(root.resolve("n" + i));
                    deleted.incrementAndGet();
                } catch (NoSuchFileException e) {
                    assertThat(e.getFile()).isEqualTo("/n" + i);
                }
            }
            return "";
        });
        assertThat(deleted).hasValue(ROUNDS);
    }

    @Test
    void directoriesAreMadeTogether() throws Exception {
        eachThread(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                Files.createDirectories(root.resolve("a" + i + "/b/c"));
            }
            return "";
        });
    }

    /** What stays is seen once, whatever comes and goes beside it. */
    @Test
    void aListingShowsWhatStays() throws Exception {
        for (int i = 0; i < 100; i++) {
            Files.createFile(root.resolve("d/stays" + i));
        }
        together(
                () -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        Path made = Files.createFile(root.resolve("d/passes" + i));
                        Files.move(made, root.resolve("d/a" + i));
                        Files.delete(root.resolve("d/a" + i));
                    }
                    return "";
                },
                () -> {
                    for (int i = 0; i < 50; i++) {
                        int seen = 0;
                        try (DirectoryStream<Path> stream = Files.newDirectoryStream(root.resolve("d"), "stays*")) {
                            for (Path path : stream) {
                                assertThat(path).exists();
                                seen++;
                            }
                        }
                        assertThat(seen).isEqualTo(100);
                    }
                    return "";
                });
    }

    @Test
    void aDirectoryCanBeEmptiedWhileItIsListed() throws Exception {
        for (int i = 0; i < 1000; i++) {
            Files.createFile(root.resolve("d/n" + i));
        }
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(root.resolve("d"))) {
            for (Path path : stream) {
                Files.delete(path);
            }
        }
        assertThat(root.resolve("d")).isEmptyDirectory();
    }

    @Test
    void anInterruptClosesOneChannel() throws Exception {
        Path file = root.resolve("f");
        try (FileChannel one = FileChannel.open(file, StandardOpenOption.WRITE);
                FileChannel two = FileChannel.open(file, StandardOpenOption.WRITE)) {
            together(() -> {
                Thread.currentThread().interrupt();
                try {
                    one.write(ByteBuffer.allocate(1));
                    return "written, though interrupted";
                } catch (ClosedByInterruptException e) {
                    return "";
                } finally {
                    Thread.interrupted();
                }
            });
            assertThat(one.isOpen()).isFalse();
            assertThat(two.write(ByteBuffer.wrap(new byte[] {'C'}))).isEqualTo(1);
            assertThat(file).hasContent("Content");
        }
    }

    @Test
    void anInterruptedThreadCanWriteAFile() throws Exception {
        together(() -> {
            Thread.currentThread().interrupt();
            Files.writeString(root.resolve("f"), "written");
            assertThat(Files.readString(root.resolve("f"))).isEqualTo("written");
            return Thread.interrupted();
        });
    }
}
