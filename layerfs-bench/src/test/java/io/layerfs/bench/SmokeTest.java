package io.layerfs.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.overlay.OverlayBackend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs, in every place that there is here, for a moment: what it measures then is of no use. */
class SmokeTest {

    private static final List<Class<?>> BENCHMARKS = List.of(
            LookupBenchmark.class,
            ListingBenchmark.class,
            ReadBenchmark.class,
            ChangeBenchmark.class,
            MountBenchmark.class);

    static {
        System.setProperty("layerfs.bench.shrink", "50");
    }

    @TestFactory
    Stream<DynamicTest> everyBenchmarkRuns() {
        return BENCHMARKS.stream()
                .map(benchmark -> DynamicTest.dynamicTest(benchmark.getSimpleName(), () -> run(benchmark)));
    }

    private static void run(Class<?> benchmark) throws Exception {
        List<String> places = new ArrayList<>(List.of(benchmark
                .getField("place")
                .getAnnotation(org.openjdk.jmh.annotations.Param.class)
                .value()));
        if (new OverlayBackend().unavailable() != null || io.layerfs.overlay.linux.Linux.uid() != 0) {
            places.removeAll(List.of("erofs", "overlay"));
        }
        Options options = new OptionsBuilder()
                .include(benchmark.getName() + "\\..*")
                .param("place", places.toArray(new String[0]))
                .param("layers", "2")
                .param("size", "1")
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(1))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .build();
        Collection<RunResult> results = new Runner(options).run();
        assertThat(results).hasSizeGreaterThanOrEqualTo(3 * places.size());
    }

    @Test
    void whatWasFoundIsReported(@TempDir Path directory) throws Exception {
        Path csv = Files.writeString(directory.resolve("results.csv"), """
                "Benchmark","Mode","Threads","Samples","Score","Score Error (99.9%)","Unit","Param: layers","Param: place"
                "io.layerfs.bench.LookupBenchmark.attributesOfOne","avgt",1,5,20.5,NaN,"ns/op",1,vfs
                "io.layerfs.bench.LookupBenchmark.attributesOfOne","avgt",1,5,2050,41,"ns/op",1,overlay
                """);
        Report.main(new String[] {csv.toString(), directory.resolve("docs").toString()});
        assertThat(directory.resolve("docs/benchmarks.md"))
                .content()
                .contains("## Lookup.attributesOfOne")
                .contains("| vfs | layers 1 | 21 ns |  | 100.0 x overlay |")
                .contains("| overlay | layers 1 | 2050 ns | 2 % |  |");
        assertThat(directory.resolve("docs/benchmarks/Lookup-attributesOfOne.svg"))
                .content()
                .contains("<svg")
                .contains("vfs layers 1");
    }
}
