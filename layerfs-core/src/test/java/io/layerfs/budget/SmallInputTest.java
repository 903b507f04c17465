package io.layerfs.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rows 7, 8 and 9 of the red team: files of a megabyte are imported, or refused, in a JVM whose heap is that of an idle store and 64
 * MiB more. Those that took the most of each family are listed in {@code budget/worst.txt}, to be tried by every build; {@code
 * layerfs.budget.seeds} tries so many more of each family, from {@code layerfs.budget.seed} on, and prints what they took.
 */
class SmallInputTest {

    private static final int HEAP = 64;
    /** MiB that a store takes which does nothing, of which the heap has an eighth free. */
    private static final int IDLE = 3;

    @TempDir
    private Path directory;

    @Test
    @Timeout(600)
    void theWorstOfEachFamilyEndInLittleMemory() throws Exception {
        List<Path> files = new ArrayList<>();
        for (String line : worst()) {
            String[] words = line.split(" ", -1);
            files.add(write(Family.of(words[0]), Long.parseLong(words[1])));
        }
        assertThat(run(files, false)).noneMatch(line -> line.contains("FAILED"));
    }

    @Test
    void asManyOthersAsThereIsTimeFor() throws Exception {
        int seeds = Integer.getInteger("layerfs.budget.seeds", 0);
        long first = Long.getLong("layerfs.budget.seed", 1000);
        Pattern wanted = Pattern.compile(System.getProperty("layerfs.budget.families", ".*"));
        boolean used = Boolean.getBoolean("layerfs.budget.used");
        List<String> failed = new ArrayList<>();
        for (Family family : seeds == 0 ? List.<Family>of() : Family.all()) {
            for (int i = 0; i < seeds && wanted.matcher(family.name()).matches(); i++) {
                for (String line : run(List.of(write(family, first + i)), used)) {
                    System.out.println(family.name() + " " + (first + i) + " " + line);
                    if (line.contains("FAILED")) {
                        failed.add(family.name() + " " + (first + i) + " " + line);
                    }
                }
            }
        }
        assertThat(failed).isEmpty();
    }

    private static List<String> worst() throws IOException {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(SmallInputTest.class.getResourceAsStream("worst.txt")),
                StandardCharsets.US_ASCII))) {
            return in.lines().filter(line -> !line.startsWith("#")).toList();
        }
    }

    private Path write(Family family, long seed) throws IOException {
        byte[] bytes = family.file(seed);
        assertThat(bytes.length).isLessThanOrEqualTo(Adversary.LIMIT);
        return Files.write(directory.resolve(family.name() + "-" + seed), bytes);
    }

    /** Imports them in a JVM of their own, and uses what came of it where that is wanted; answers what it said. */
    private List<String> run(List<Path> files, boolean used) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + (IDLE + HEAP) + "m",
                "-cp",
                System.getProperty("java.class.path"),
                Imports.class.getName(),
                directory.resolve("store").toString()));
        if (used) {
            command.add("used");
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (Writer in = process.outputWriter(StandardCharsets.UTF_8)) {
            for (Path file : files) {
                in.write(file + "\n");
            }
        }
        List<String> said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(process.waitFor()).as(String.join("\n", said)).isZero();
        assertThat(said).hasSizeGreaterThan(files.size());
        return said.subList(1, said.size());
    }
}
