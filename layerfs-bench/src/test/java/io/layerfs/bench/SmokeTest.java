package io.layerfs.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs, in every place that there is here, for a moment: what it measures then is of no use. */
class SmokeTest {

    /** The least of each parameter with which there is something to do. */
    private static final Map<String, String> SMALL =
            Map.of("layers", "2", "entries", "5000", "size", "4", "changes", "1000", "archive", SampleArchive.OCI);

    @TempDir
    private static Path directory;

    @BeforeAll
    static void makeAllSmall() {
        System.setProperty(Workplace.PROPERTY, directory.toString());
        System.setProperty(Workplace.SHRINK, "50");
        System.setProperty("jmh.ignoreLock", "true"); // nothing is measured
    }

    @AfterAll
    static void forget() {
        System.clearProperty(Workplace.PROPERTY);
        System.clearProperty(Workplace.SHRINK);
    }

    private static Set<Class<?>> planned() {
        return Plan.steps(Run.canMount(), List.of()).stream()
                .map(Plan.Step::benchmark)
                .collect(Collectors.toSet());
    }

    @TestFactory
    Stream<DynamicTest> everyBenchmarkRuns() {
        return planned().stream()
                .map(benchmark -> DynamicTest.dynamicTest(benchmark.getSimpleName(), () -> run(benchmark)));
    }

    private static void run(Class<?> benchmark) throws Exception {
        List<String> places = Plan.places(benchmark, Run.canMount());
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("\\." + benchmark.getSimpleName() + "\\.")
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(1))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        SMALL.forEach(options::param);
        if (!places.isEmpty()) {
            options.param("place", places.toArray(new String[0]));
        }
        Collection<RunResult> results = new Runner(options.build()).run();
        long methods = Arrays.stream(benchmark.getMethods())
                .filter(SmokeTest::isBenchmark)
                .count();
        assertThat(results).hasSize((int) methods * Math.max(1, places.size()));
    }

    private static boolean isBenchmark(Method method) {
        return method.isAnnotationPresent(Benchmark.class);
    }

    @Test
    void theArchivesAreTheSameEachTime(@TempDir Path first, @TempDir Path second) throws Exception {
        for (String name : List.of(
                SampleArchive.OCI,
                SampleArchive.DOCKER,
                SampleArchive.MILLION,
                SampleArchive.MILLION_OCI,
                SampleArchive.LAYERS)) {
            assertThat(SampleArchive.file(first, name)).hasSameBinaryContentAs(SampleArchive.file(second, name));
        }
    }

    @Test
    void theLayersOfAnArchiveAreFound(@TempDir Path made) throws Exception {
        assertThat(ArchiveLayers.of(SampleArchive.file(made, SampleArchive.OCI)).layers())
                .hasSize(4);
        assertThat(ArchiveLayers.of(SampleArchive.file(made, SampleArchive.DOCKER))
                        .layers())
                .hasSize(4);
        assertThat(ArchiveLayers.of(SampleArchive.file(made, SampleArchive.MILLION))
                        .layers())
                .hasSize(1);
    }
}
