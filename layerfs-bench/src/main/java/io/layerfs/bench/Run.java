package io.layerfs.bench;

import io.layerfs.overlay.OverlayBackend;
import io.layerfs.overlay.linux.Linux;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.util.Statistics;

/**
 * Runs what is planned, and adds what it finds to a file: {@code Run RESULTS.csv [--quick] [ARCHIVE...]}. With {@code --quick}
 * everything is smaller and runs for a moment: to try it, not to measure. Images are made in the {@link Workplace}.
 */
public final class Run {

    private static final String ALLOCATED = "gc.alloc.rate.norm";
    private static final String SUFFIX = "Benchmark";
    private static final int QUICK = 20;

    /** A heap whose pages the kernel has given before: what allocates would pay for them, for whatever it is that allocates. */
    private static final List<String> TOUCHED = List.of("-Xms1g", "-XX:+AlwaysPreTouch");

    /** Rounds to warm up when all processors are taken, so that the compiler has to share them. */
    private static final int BUSY_WARMUP = 15;

    private final Path file;
    private final boolean quick;

    Run(Path file, boolean quick) {
        this.file = file;
        this.quick = quick;
    }

    /** Gets the file, and what is to be run. */
    public static void main(String[] arguments) throws IOException, RunnerException {
        List<String> rest = new ArrayList<>(Arrays.asList(arguments).subList(1, arguments.length));
        Run run = new Run(Path.of(arguments[0]), rest.remove("--quick"));
        Files.write(run.file, List.of(Result.HEAD));
        for (Plan.Step step : Plan.steps(canMount(), rest)) {
            run.run(step);
        }
        run.append(indexSizes());
    }

    /** Whether this process may mount, so that the kernel can be compared with. */
    static boolean canMount() {
        return new OverlayBackend().unavailable() == null && Linux.uid() == 0;
    }

    void run(Plan.Step step) throws IOException, RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("\\." + step.benchmark().getSimpleName() + "\\.(" + step.names() + ")$")
                .threads(step.threads())
                .timeUnit(TimeUnit.NANOSECONDS)
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true);
        step.parameters().forEach((name, values) -> {
            if (!values.isEmpty()) {
                options.param(name, values.toArray(new String[0]));
            }
        });
        List<String> jvm = new ArrayList<>(List.of("-D" + Workplace.PROPERTY + "=" + Workplace.directory()));
        if (step.heap().isEmpty()) {
            jvm.addAll(TOUCHED);
        } else {
            jvm.add("-Xmx" + step.heap());
        }
        if (step.threads() > 1) {
            options.warmupIterations(BUSY_WARMUP);
        }
        if (quick) {
            jvm.add("-D" + Workplace.SHRINK + "=" + QUICK);
            options.warmupIterations(1).warmupTime(TimeValue.milliseconds(20));
            options.measurementIterations(2).measurementTime(TimeValue.milliseconds(20));
        }
        options.jvmArgsAppend(jvm.toArray(new String[0]));
        append(new Runner(options.build()).run().stream().map(Run::result).toList());
    }

    private void append(List<Result> results) throws IOException {
        Files.write(file, results.stream().map(Result::toLine).toList(), StandardOpenOption.APPEND);
    }

    @SuppressWarnings("rawtypes") // as JMH has its own results
    private static Result result(RunResult run) {
        BenchmarkParams benchmark = run.getParams();
        String[] path = benchmark.getBenchmark().split("\\.", -1);
        Map<String, String> conditions = new TreeMap<>();
        for (String key : benchmark.getParamsKeys()) {
            conditions.put(key, benchmark.getParam(key));
        }
        conditions.computeIfPresent(
                "archive", (key, archive) -> String.valueOf(Path.of(archive).getFileName()));
        String name = path[path.length - 1];
        // where there is no choice of places, the methods are what is compared
        String place = conditions.remove("place");
        if (benchmark.getThreads() > 1) {
            conditions.put(Result.THREADS, Integer.toString(benchmark.getThreads()));
        }
        Statistics samples = run.getPrimaryResult().getStatistics();
        double allocated = run.getSecondaryResults().entrySet().stream()
                .filter(entry -> entry.getKey().endsWith(ALLOCATED))
                .mapToDouble(entry -> entry.getValue().getScore())
                .findFirst()
                .orElse(Double.NaN);
        String group = path[path.length - 2];
        return new Result(
                group.substring(0, group.length() - SUFFIX.length()),
                place == null ? "import" : name,
                place == null ? (name.equals("importImage") ? "layerfs" : name) : place,
                conditions,
                samples.getPercentile(50),
                samples.getMin(),
                samples.getMax(),
                samples.getN(),
                "ns",
                allocated);
    }

    /** The bytes of index for each entry of the images that differ in the number of entries. */
    private static List<Result> indexSizes() throws IOException {
        List<Result> sizes = new ArrayList<>();
        for (int entries : new int[] {1000, 10_000, 100_000, 1_000_000}) {
            Sample sample = MountBenchmark.sample(entries);
            Path store = Workplace.directory().resolve("image-" + sample.name() + "-" + sample.layers());
            if (!Files.isDirectory(store)) {
                continue;
            }
            try (Stream<Path> files = Files.walk(store.resolve("layerfs/chain"))) {
                long largest = files.filter(path -> path.toString().endsWith(".erofs"))
                        .mapToLong(Run::size)
                        .max()
                        .orElse(0);
                double each = (double) largest / entries;
                sizes.add(new Result(
                        "Index",
                        "bytesPerEntry",
                        "layerfs",
                        Map.of("entries", Integer.toString(entries)),
                        each,
                        each,
                        each,
                        1,
                        "B",
                        Double.NaN));
            }
        }
        return sizes;
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
