package io.layerfs.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.overlay.OverlayBackend;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs, in every place that there is here, for a moment: what it measures then is of no use. */
class SmokeTest {

    private static final List<Class<?>> BENCHMARKS =
            List.of(LookupBenchmark.class, ListingBenchmark.class, ChangeBenchmark.class, MountBenchmark.class);

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
}
