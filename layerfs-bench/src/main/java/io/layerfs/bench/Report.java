package io.layerfs.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Writes {@code benchmarks.md} and its plots: {@code Report DIRECTORY RESULTS.csv...}. Every number in it comes from those files:
 * of {@link Run}, and of {@code layerfs-bench/compare}.
 */
public final class Report {

    private static final int LINE = 3;

    private final Results results;
    private final Path plots;
    private final StringBuilder text = new StringBuilder();

    private Report(Results results, Path plots) {
        this.results = results;
        this.plots = plots;
    }

    /** Gets the directory and the files. */
    public static void main(String[] arguments) throws IOException {
        List<Result> all = new ArrayList<>();
        for (int i = 1; i < arguments.length; i++) {
            all.addAll(Results.read(Path.of(arguments[i])).all());
        }
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        Path plots = directory.resolve("benchmarks");
        if (Files.exists(plots)) {
            Workplace.delete(plots); // those of what is no longer measured
        }
        Report report = new Report(new Results(all), Files.createDirectories(plots));
        Files.writeString(directory.resolve("benchmarks.md"), report.write());
    }

    private String write() throws IOException {
        text.append(
                "# Benchmarks\n\nWritten by `layerfs-bench/report` from its own results. Figures are medians. `vfs` is layerfs"
                        + " in pure Java, read-only, and `vfs-writable` with copy-on-write; `erofs` is layerfs by the kernel, over its"
                        + " index; `overlay` is the kernel over unpacked layers, as container engines have it; `directory` is a plain"
                        + " one on the same disk.\n\n");
        targets();
        for (Map.Entry<String, Map<String, List<Result>>> phase :
                results.byPhase().entrySet()) {
            text.append("## ").append(phase.getKey()).append("\n\n");
            text.append(Words.ofPhase(phase.getKey())).append("\n\n");
            for (List<Result> measured : phase.getValue().values()) {
                section(measured);
            }
        }
        return text.append(Machine.describe()).toString();
    }

    private void targets() {
        List<Targets.Row> rows = Targets.of(results);
        long met = rows.stream().filter(row -> row.isTarget() && row.met()).count();
        text.append("## Targets\n\n")
                .append(met)
                .append(" of ")
                .append(rows.stream().filter(Targets.Row::isTarget).count())
                .append(" met.\n\n");
        text.append("| target | wanted | reached | | figures |\n|---|---:|---:|---|---|\n");
        for (Targets.Row row : rows) {
            String verdict = !row.isTarget() ? "" : row.reached().isEmpty() ? "open" : row.met() ? "met" : "**missed**";
            text.append(String.format(
                    "| %s | %s | %s | %s | %s |%n", row.what(), row.wanted(), row.reached(), verdict, row.figures()));
        }
        text.append('\n');
    }

    /** A table, bars of all places under the first conditions, and a curve for what they were varied by. */
    private void section(List<Result> measured) throws IOException {
        String title = measured.get(0).title();
        text.append("### ").append(Words.of(title)).append("\n\n");
        Map<String, String> base = measured.get(0).conditions();
        List<Result> bars = measured.stream()
                .filter(result -> result.conditions().equals(base))
                .toList();
        if (bars.size() > 1) {
            plot(title, BarChart.of(label(title, base), bars));
        }
        for (String condition : varied(measured)) {
            List<Result> curve = curve(measured, condition, base);
            if (curve.stream()
                            .map(result -> result.condition(condition))
                            .distinct()
                            .count()
                    >= LINE) {
                plot(title + "-" + condition, LineChart.of(plain(title) + " against " + condition, condition, curve));
            }
        }
        text.append(table(measured));
        text.append('\n');
    }

    private static String plain(String title) {
        return Words.of(title).replace("`", "");
    }

    private static String label(String title, Map<String, String> conditions) {
        String of = conditions.entrySet().stream()
                .map(condition -> condition.getKey() + " " + condition.getValue())
                .collect(Collectors.joining(", "));
        return plain(title) + (of.isEmpty() ? "" : " (" + of + ")");
    }

    private void plot(String name, String svg) throws IOException {
        String file = name.replace('.', '-') + ".svg";
        Files.writeString(plots.resolve(file), svg);
        text.append("![").append(name).append("](benchmarks/").append(file).append(")\n\n");
    }

    /** The conditions that have several values, all of them numbers. */
    private static Set<String> varied(List<Result> measured) {
        Map<String, Set<String>> values = new TreeMap<>();
        for (Result result : measured) {
            result.conditions()
                    .forEach((name, value) ->
                            values.computeIfAbsent(name, n -> new TreeSet<>()).add(value));
        }
        Set<String> varied = new LinkedHashSet<>();
        values.forEach((name, all) -> {
            if (all.size() > 1 && all.stream().allMatch(value -> value.matches("[0-9]+"))) {
                varied.add(name);
            }
        });
        return varied;
    }

    /** Those that differ from {@code base} in one condition alone, of places that have several of them. */
    private static List<Result> curve(List<Result> measured, String condition, Map<String, String> base) {
        Map<String, Map<String, Result>> places = new LinkedHashMap<>();
        for (Result result : measured) {
            Map<String, String> others = new TreeMap<>(result.conditions());
            Map<String, String> baseOthers = new TreeMap<>(base);
            others.remove(condition);
            baseOthers.remove(condition);
            String value = result.condition(condition);
            if (value != null && others.equals(baseOthers)) {
                places.computeIfAbsent(result.place(), place -> new LinkedHashMap<>())
                        .put(value, result);
            }
        }
        return places.values().stream()
                .filter(points -> points.size() > 1)
                .flatMap(points -> points.values().stream())
                .toList();
    }

    private static String table(List<Result> measured) {
        StringBuilder table = new StringBuilder(
                "| where | conditions | median | ± | allocated | times layerfs |\n|---|---|---:|---:|---:|---:|\n");
        for (Result result : measured) {
            Optional<Result> own = measured.stream()
                    .filter(other ->
                            Result.isOwn(other.place()) && other.conditions().equals(result.conditions()))
                    .findFirst();
            String ratio = own.isEmpty() || own.get().equals(result)
                    ? ""
                    : Quantity.times(result.median() / own.get().median()).replace(" x", "");
            String conditions = result.conditions().entrySet().stream()
                    .map(condition -> condition.getKey() + " " + condition.getValue())
                    .collect(Collectors.joining(", "));
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %s | %s | %s |%n",
                    result.place(),
                    conditions,
                    Quantity.of(result),
                    result.samples() > 1 ? String.format(Locale.ROOT, "%.0f %%", 100 * result.spread()) : "",
                    Double.isNaN(result.allocated()) ? "" : Quantity.of(result.allocated(), "B"),
                    ratio));
        }
        return table.toString();
    }
}
