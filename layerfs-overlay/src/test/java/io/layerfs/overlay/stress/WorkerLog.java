package io.layerfs.overlay.stress;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What one worker, under all the processes that it is, was about to do to its own tags and views, and what it has done: a
 * line before, a line after. Read back, it says what each may be, however the processes ended.
 */
final class WorkerLog {

    /** That there is none. */
    static final String ABSENT = "-";

    /** That it is some image, whichever. */
    static final String UNKNOWN = "?";

    private final Path file;

    /** What each name may be; more than one where a process was killed in between. */
    private final Map<String, Set<String>> possible = new HashMap<>();

    private long operations;

    WorkerLog(Path file) throws IOException {
        this.file = file;
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                read(line);
            }
        }
    }

    private void read(String line) {
        String[] words = line.split(" ", -1);
        if (words.length == 4 && words[0].equals("begin") && words[3].equals(".")) {
            possible.computeIfAbsent(words[1], name -> new HashSet<>(Set.of(ABSENT)))
                    .add(words[2]);
        } else if (words.length == 4 && words[0].equals("end") && words[3].equals(".")) {
            possible.put(words[1], new HashSet<>(Set.of(words[2])));
        } else if (line.equals("op")) {
            operations++;
        }
    }

    private void write(String line) throws IOException {
        Files.write(
                file,
                (line + "\n").getBytes(StandardCharsets.US_ASCII),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        read(line);
    }

    void begin(String name, String value) throws IOException {
        write("begin " + name + " " + value + " .");
    }

    void end(String name, String value) throws IOException {
        write("end " + name + " " + value + " .");
    }

    void operation() throws IOException {
        write("op");
    }

    Map<String, Set<String>> possible() {
        return possible;
    }

    long operations() {
        return operations;
    }
}
