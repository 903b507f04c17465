package io.layerfs.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code benchmarks.md} and its plots from what JMH found: {@code Report RESULTS.csv DIRECTORY}. Every number in it
 * comes from that file.
 */
public final class Report {

    /** The peer that figures are compared with, the first that took part. */
    private static final List<String> PEERS = List.of("overlay", "directory", "inflate");

    private Report() {}

    /** Gets the file and the directory. */
    public static void main(String[] arguments) throws IOException {
        List<Result> results = Result.read(Path.of(arguments[0]));
        Path directory = Files.createDirectories(Path.of(arguments[1]));
        Path plots = Files.createDirectories(directory.resolve("benchmarks"));
        StringBuilder text = new StringBuilder(head());
        for (Map.Entry<String, List<Result>> measured : byName(results).entrySet()) {
            String file = measured.getKey().replace('.', '-') + ".svg";
            Files.writeString(plots.resolve(file), BarChart.of(measured.getKey(), measured.getValue()));
            text.append("## ").append(measured.getKey()).append("\n\n");
            text.append("![")
                    .append(measured.getKey())
                    .append("](benchmarks/")
                    .append(file)
                    .append(")\n\n");
            text.append(table(measured.getValue())).append('\n');
        }
        Files.writeString(directory.resolve("benchmarks.md"), text);
    }

    private static String head() {
        return "# Benchmarks\n\nWritten by `layerfs-bench/report` from its own results, on "
                + LocalDate.now(ZoneOffset.UTC) + ".\n\n| | |\n|---|---|\n"
                + "| machine | " + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                + System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors() + " processors |\n"
                + "| Java | " + System.getProperty("java.vm.name") + " " + Runtime.version() + " |\n\n"
                + "`vfs` is layerfs in pure Java, `erofs` the kernel over layerfs' index, `overlay` the kernel over unpacked"
                + " layers, as container engines have it. The last column is how many times quicker than the peer it is that"
                + " is compared with.\n\n";
    }

    private static Map<String, List<Result>> byName(List<Result> results) {
        Map<String, List<Result>> names = new LinkedHashMap<>();
        for (Result result : results) {
            boolean whole = result.parameters().containsKey("place");
            String name = whole ? result.group() + "." + result.name() : result.group();
            names.computeIfAbsent(name, n -> new ArrayList<>()).add(result);
        }
        return names;
    }

    private static String table(List<Result> results) {
        StringBuilder table =
                new StringBuilder("| where | conditions | time | ± | quicker |\n|---|---|---:|---:|---:|\n");
        for (Result result : results) {
            Result peer = peer(results, result);
            String ratio = peer == null || peer.equals(result)
                    ? ""
                    : String.format(Locale.ROOT, "%.1f x %s", peer.score() / result.score(), peer.place());
            String error = Double.isNaN(result.error())
                    ? ""
                    : String.format(Locale.ROOT, "%.0f %%", 100 * result.error() / result.score());
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %s | %s |%n",
                    result.place(),
                    result.conditions(),
                    BarChart.value(result),
                    error,
                    ratio));
        }
        return table.toString();
    }

    /** The result of a peer under the same conditions. */
    private static @Nullable Result peer(List<Result> results, Result compared) {
        for (String place : PEERS) {
            for (Result result : results) {
                if (result.place().equals(place) && result.conditions().equals(compared.conditions())) {
                    return result;
                }
            }
        }
        return null;
    }
}
