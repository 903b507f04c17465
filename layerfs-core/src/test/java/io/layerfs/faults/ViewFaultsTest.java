package io.layerfs.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.ProgressListener;
import io.layerfs.WritableView;
import io.layerfs.faults.Faults.Kind;
import io.layerfs.host.Durable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A named view whose disk fails at every operation of every step: it shows the state before the step or after it, shows the
 * same when it is opened again, so that nothing is lost that was said to be done, and then goes on.
 */
class ViewFaultsTest {

    private static final int STRIDE = Integer.getInteger("layerfs.faults", 61);

    @TempDir
    Path directory;

    private final Faults faults = new Faults();
    private final List<List<String>> states = new ArrayList<>();
    private final List<ViewSteps.Step> steps = ViewSteps.all();
    private Path template;
    private FaultyFileSystem disk;

    @BeforeEach
    void makeTheTemplate() throws IOException {
        disk = new FaultyFileSystem(directory.getFileSystem(), faults);
        template = directory.resolve("template");
        try (LayerStore store = LayerStore.open(template)) {
            store.tag(
                    store.createImage(
                            List.of(store.add(StoreFaultsTest.changes("first"))), Platform.parse("linux/amd64")),
                    "app");
            try (WritableView view = store.createView("kept", store.image("app"), Long.MAX_VALUE)) {
                ViewSteps.prepare(view, 10);
            }
        }
    }

    private Path freshStore() throws IOException {
        Path root = directory.resolve("store");
        Durable.deleteTree(root);
        StoreFaultsTest.copy(template, root);
        return root;
    }

    @ParameterizedTest
    @EnumSource
    void whateverFailsAStepIsDoneOrNotDone(Kind kind) throws IOException {
        try (LayerStore store = LayerStore.open(disk.path(freshStore()));
                WritableView view = store.openView("kept")) {
            faults.count();
            states.add(ViewSteps.lines(view));
            for (ViewSteps.Step step : steps) {
                step.run(view);
                states.add(ViewSteps.lines(view));
            }
        }
        List<String> operations = faults.seen();
        assertThat(operations).as("the journal is written anew").anyMatch(o -> o.startsWith("RENAME"));
        int points = 0;
        int failures = 0;
        for (int at = 0; at < operations.size(); at += STRIDE) {
            if (kind.fits(Faults.Operation.valueOf(operations.get(at).split(" ", 2)[0]))) {
                points++;
                try {
                    failures += check(at, kind) ? 1 : 0;
                } catch (IOException | RuntimeException | AssertionError e) {
                    throw new AssertionError(kind + " at " + at + ", in " + operations.get(at) + ": " + e, e);
                }
            }
        }
        FaultPoints.add("view " + kind, operations.size(), points, failures);
    }

    private boolean check(int at, Kind kind) throws IOException {
        Path root = freshStore();
        int done = 0;
        boolean failed = false;
        List<String> shown;
        try (LayerStore store = LayerStore.open(disk.path(root))) {
            WritableView view = store.openView("kept");
            faults.fail(at, kind);
            try {
                ViewSteps.lines(view);
                for (; done < steps.size(); done++) {
                    steps.get(done).run(view);
                    ViewSteps.lines(view);
                }
            } catch (ViewSteps.StepFailure e) {
                StoreFaultsTest.assertNames(e.getCause());
                failed = true;
            } catch (IOException e) {
                // of reading what is shown, behind the step
                StoreFaultsTest.assertNames(e);
                done = Math.min(done + 1, steps.size());
                failed = true;
            }
            assertThat(failed && kind == Kind.SHORT).isFalse();
            faults.none();
            shown = ViewSteps.lines(view);
            close(view, failed);
        }
        faults.awaitClosed();
        List<Integer> possible =
                failed ? List.of(Math.max(0, done - 1), done, Math.min(done + 1, steps.size())) : List.of(done);
        int reached = possible.stream()
                .filter(i -> states.get(i).equals(shown))
                .findFirst()
                .orElse(-1);
        if (reached < 0) {
            assertThat(shown).as("after step %d", done).isEqualTo(states.get(done));
        }
        goOn(root, shown, reached);
        return failed;
    }

    /** What could not be written to the disk is told when the view is closed, too. */
    private static void close(WritableView view, boolean failed) throws IOException {
        try {
            view.close();
        } catch (IOException e) {
            assertThat(failed).isTrue();
            assertThat(e).hasMessageContaining("before");
        }
    }

    private void goOn(Path root, List<String> shown, int reached) throws IOException {
        try (LayerStore store = LayerStore.open(disk.path(root))) {
            try (WritableView view = store.openView("kept")) {
                assertThat(ViewSteps.lines(view)).as("opened again").isEqualTo(shown);
                for (ViewSteps.Step step : steps.subList(reached, steps.size())) {
                    step.run(view);
                }
                assertThat(ViewSteps.lines(view)).isEqualTo(states.get(steps.size()));
            }
            assertThat(store.verify(ProgressListener.NONE).findings()).isEmpty();
        }
    }
}
