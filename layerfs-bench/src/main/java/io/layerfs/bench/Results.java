package io.layerfs.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All that was measured, in the order in which it was. */
record Results(List<Result> all) {

    /** Copies the list. */
    Results {
        all = List.copyOf(all);
    }

    static Results read(Path file) throws IOException {
        List<Result> results = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank() && !line.equals(Result.HEAD)) {
                results.add(Result.parse(line));
            }
        }
        return new Results(results);
    }

    /**
     * What was measured under these conditions; the last one where that was done again.
     *
     * @param title as {@link Result#title} has it
     * @param conditions some of them, as {@code name=value}; by one thread where they do not say another number
     */
    Optional<Result> find(String title, String place, String... conditions) {
        List<Result> newestFirst = new ArrayList<>(all);
        Collections.reverse(newestFirst);
        return newestFirst.stream()
                .filter(result ->
                        result.title().equals(title) && result.place().equals(place) && has(result, conditions))
                .findFirst();
    }

    private static boolean has(Result result, String... conditions) {
        String threads = "1";
        for (String condition : conditions) {
            String[] parts = condition.split("=", 2);
            if (parts[0].equals(Result.THREADS)) {
                threads = parts[1];
            } else if (!parts[1].equals(result.condition(parts[0]))) {
                return false;
            }
        }
        return threads.equals(result.condition(Result.THREADS));
    }

    /** By phase and then by title. */
    Map<String, Map<String, List<Result>>> byPhase() {
        Map<String, Map<String, List<Result>>> phases = new LinkedHashMap<>();
        for (Result result : all) {
            phases.computeIfAbsent(result.phase(), phase -> new LinkedHashMap<>())
                    .computeIfAbsent(result.name(), name -> new ArrayList<>())
                    .add(result);
        }
        return phases;
    }
}
