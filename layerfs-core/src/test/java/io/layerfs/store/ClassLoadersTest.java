package io.layerfs.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One store in several class loaders of a JVM, and by several paths (red team, row 11). */
@Timeout(120)
class ClassLoadersTest {

    @TempDir
    private Path directory;

    /** Loads these classes, and all others of the class path, once more. */
    private static URLClassLoader loader() throws IOException {
        List<URL> urls = new ArrayList<>();
        for (String part : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            urls.add(Path.of(part).toUri().toURL());
        }
        return new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
    }

    private static Object in(ClassLoader loader, String deed, Object... arguments) throws Exception {
        Class<?> deeds = Class.forName(LoaderDeeds.class.getName(), true, loader);
        assertThat(deeds.getClassLoader()).isSameAs(loader);
        return deeds.getMethod(deed, Object[].class).invoke(null, (Object) arguments);
    }

    /** Whether a process of its own can have the lock of that name. */
    private static boolean isFree(Path store, String lock) throws Exception {
        return other("isFree", store.toString(), lock).equals("true");
    }

    private static String other(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                LoaderDeeds.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return said.strip();
    }

    @Test
    void aLockOfOneLoaderIsAnothersToWaitForAndOutlivesItsClosing() throws Exception {
        Path store = directory.resolve("store");
        try (URLClassLoader one = loader();
                URLClassLoader two = loader()) {
            AutoCloseable first = (AutoCloseable) in(one, "open", store);
            AutoCloseable second = (AutoCloseable) in(two, "open", store);
            AutoCloseable held = (AutoCloseable) in(one, "lock", store, "x");
            assertThat(in(two, "tryLock", store, "x")).isNull();
            second.close();
            assertThat(isFree(store, "x")).isFalse();
            held.close();
            assertThat(isFree(store, "x")).isTrue();
            first.close();
        }
    }

    @Test
    void loadersContendAndNothingIsLost() throws Exception {
        Path store = directory.resolve("store");
        Path counter = Files.writeString(directory.resolve("counter"), "0");
        int loaders = 3;
        int rounds = 40;
        ExecutorService threads = Executors.newFixedThreadPool(loaders + 1);
        List<Future<?>> running = new ArrayList<>();
        List<URLClassLoader> all = new ArrayList<>();
        for (int i = 0; i < loaders; i++) {
            URLClassLoader loader = loader();
            all.add(loader);
            running.add(threads.submit((Callable<Object>) () -> in(loader, "count", store, counter, rounds)));
        }
        running.add(threads.submit(() -> other("count", store.toString(), counter.toString(), "" + rounds)));
        for (Future<?> one : running) {
            one.get();
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        assertThat(Files.readString(counter)).isEqualTo("" + (loaders + 1) * rounds);
        for (URLClassLoader loader : all) {
            loader.close();
        }
    }

    @Test
    void whatOneLoaderHoldsIsNotCollectedThroughAnother() throws Exception {
        Path store = directory.resolve("store");
        try (URLClassLoader one = loader();
                URLClassLoader two = loader()) {
            AutoCloseable layer = (AutoCloseable) in(one, "add", store);
            assertThat((Integer) in(two, "collect", store)).isZero();
            assertThat(other("collect", store.toString())).isEqualTo("0");
            layer.close();
            assertThat((Integer) in(two, "collect", store)).isPositive();
        }
    }

    @Test
    void aViewIsOpenOnceInAllLoaders() throws Exception {
        Path store = directory.resolve("store");
        try (URLClassLoader one = loader();
                URLClassLoader two = loader()) {
            AutoCloseable view = (AutoCloseable) in(one, "view", store, "v");
            assertThat((String) in(two, "openView", store, "v")).contains("in use");
            assertThat(other("openView", store.toString(), "v")).contains("in use");
            view.close();
            assertThat((String) in(two, "openView", store, "v")).isEqualTo("opened");
        }
    }

    /** A store has two paths where a directory is mounted twice; a hard link of its lock file is as good. */
    @Test
    void oneStoreByTwoPathsIsOne() throws Exception {
        Path one = Files.createDirectories(directory.resolve("one/layerfs")).resolve("lock");
        Path two = Files.createDirectories(directory.resolve("two/layerfs")).resolve("lock");
        StoreLocks first = StoreLocks.open(one);
        Files.createLink(two, one);
        StoreLocks second = StoreLocks.open(two);
        StoreLocks.Held held = first.lock("x");
        assertThat(second.tryLock("x")).isNull();
        second.close();
        assertThat(isFreeFile(one, "x")).isFalse();
        held.close();
        first.close();
    }

    private static boolean isFreeFile(Path lock, String name) throws Exception {
        return other("isFreeFile", lock.toString(), name).equals("true");
    }

    /** An older version, or a program that locks the file as {@code docs/store-format.md} says. */
    @Test
    void whatAnotherChannelOfThisProcessHasIsWaitedFor() throws Exception {
        Path file = Files.createFile(directory.resolve("lock"));
        try (StoreLocks locks = StoreLocks.open(file);
                FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            FileLock all = channel.lock();
            assertThat(locks.tryLock("x")).isNull();
            all.release();
            locks.lock("x").close();
        }
    }

    @Test
    void aLoaderIsNotKeptByWhatItHadOpen() throws Exception {
        Path store = directory.resolve("store");
        Set<?> before = shared(); // stores that other tests have left open
        AutoCloseable stays = (AutoCloseable) in(ClassLoadersTest.class.getClassLoader(), "open", store);
        WeakReference<ClassLoader> gone = useAndDrop(store);
        for (int i = 0; i < 100 && gone.get() != null; i++) {
            System.gc();
            Thread.sleep(50);
        }
        assertThat(gone.get()).isNull();
        stays.close();
        assertThat(before.containsAll(shared())).isTrue();
    }

    /** What all class loaders share of locks. */
    private static Set<?> shared() {
        return System.getProperties().get("io.layerfs.locks.v1") instanceof Map<?, ?> locks
                ? Set.copyOf(locks.keySet())
                : Set.of();
    }

    private static WeakReference<ClassLoader> useAndDrop(Path store) throws Exception {
        try (URLClassLoader loader = loader()) {
            AutoCloseable layer = (AutoCloseable) in(loader, "add", store);
            layer.close();
            return new WeakReference<>(loader);
        }
    }
}
