package io.layerfs.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A process that takes locks of a store as it is told, and says what came of it. */
final class LockingProcess implements AutoCloseable {

    private final Process process;

    /** Starts one that uses the locks in {@code file}. */
    LockingProcess(Path file) throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockingProcess.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private void tell(String command) throws IOException {
        process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    private String answer() throws IOException {
        return Objects.requireNonNull(process.inputReader().readLine(), "the process ended");
    }

    /** Whether it gets the lock of that name, which it keeps then. */
    boolean gets(String name) throws IOException {
        tell("try " + name);
        return Boolean.parseBoolean(answer());
    }

    /** Has it give back a lock that it got. */
    void giveBack(String name) throws IOException {
        tell("free " + name);
        answer();
    }

    /** Has it count, as {@link #count} does, and does not wait. */
    void startCounting(Path file, int times) throws IOException {
        tell("count " + times + " " + file);
    }

    /** Waits until it has counted. */
    void awaitCounted() throws IOException {
        answer();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Adds 1 to the number in a file, so many times in each of three threads, each time under a lock. */
    static void count(StoreLocks locks, Path file, int times) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Thread thread = new Thread(() -> {
                try {
                    for (int k = 0; k < times; k++) {
                        try (StoreLocks.Held held = locks.lock("count")) {
                            long number = Long.parseLong(Files.readString(file));
                            Files.writeString(file, Long.toString(number + 1));
                        }
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Map<String, StoreLocks.Held> held = new HashMap<>();
        try (StoreLocks locks = StoreLocks.open(Path.of(arguments[0]))) {
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                String[] words = line.split(" ", 3);
                switch (words[0]) {
                    case "try" -> {
                        StoreLocks.Held lock = locks.tryLock(words[1]);
                        if (lock != null) {
                            held.put(words[1], lock);
                        }
                        System.out.println(lock != null);
                    }
                    case "free" -> {
                        Objects.requireNonNull(held.remove(words[1])).close();
                        System.out.println("free");
                    }
                    default -> {
                        count(locks, Path.of(words[2]), Integer.parseInt(words[1]));
                        System.out.println("counted");
                    }
                }
            }
        }
    }
}
