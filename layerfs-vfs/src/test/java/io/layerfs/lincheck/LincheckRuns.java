package io.layerfs.lincheck;

import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * How much Lincheck looks at: scenarios of random operations, each run in so many ways, whose answers must be those of the
 * sequential model in some order. By model checking it has two threads take turns at each access to what they share, so that a
 * failure comes with the way that leads to it; where the system is asked, which cannot be run like that, three threads just run.
 *
 * <p>Three, not two: on a machine of two processors Lincheck's threads would wait for each other by spinning.
 */
public final class LincheckRuns {

    private static final int ITERATIONS = Integer.getInteger("layerfs.lincheck.iterations", 0);
    private static final int INVOCATIONS = Integer.getInteger("layerfs.lincheck.invocations", 100);

    /** A deadlock is found by the judge itself where it takes the turns; else a thread is so long without an answer. */
    private static final long PATIENCE = TimeUnit.MINUTES.toMillis(1);

    private LincheckRuns() {}

    /** Whether more was asked for than the build has time for. */
    public static boolean areLong() {
        return ITERATIONS > 0;
    }

    private static <T extends Options<T, ?>> T patient(T options, int iterations, int invocations) {
        options.invocationTimeout$lincheck(PATIENCE);
        return options.iterations(areLong() ? ITERATIONS : iterations)
                .invocationsPerIteration(invocations)
                .minimizeFailedScenario(false);
    }

    /**
     * Two threads that take turns.
     *
     * @param iterations how many scenarios the build has time for
     */
    public static ModelCheckingOptions modelChecking(int iterations) {
        return patient(new ModelCheckingOptions(), iterations, INVOCATIONS)
                .threads(2)
                .actorsPerThread(2)
                .actorsBefore(1)
                .actorsAfter(2);
    }

    /**
     * Three threads that just run.
     *
     * @param iterations how many scenarios the build has time for
     */
    public static StressOptions stress(int iterations) {
        return patient(new StressOptions(), iterations, 5 * INVOCATIONS)
                .threads(3)
                .actorsPerThread(3)
                .actorsBefore(1)
                .actorsAfter(2);
    }

    /**
     * The same with fewer ways, of what makes files.
     *
     * @param iterations how many scenarios the build has time for
     */
    public static StressOptions stressOfFiles(int iterations) {
        return stress(iterations).invocationsPerIteration(INVOCATIONS);
    }
}
