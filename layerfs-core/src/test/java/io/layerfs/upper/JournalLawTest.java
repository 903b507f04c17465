package io.layerfs.upper;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.LayerStore;
import io.layerfs.Name;
import io.layerfs.Platform;
import io.layerfs.View;
import io.layerfs.WritableView;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Any sequence of operations, the journal written anew at any point, opened again at any point, in order or after a kill: the
 * same tree (row 1 of what was broken).
 */
class JournalLawTest {

    private static final int SEQUENCES = Integer.getInteger("layerfs.journal.sequences", 20);
    private static final int FIRST_SEED = Integer.getInteger("layerfs.journal.seed", 0);
    private static final int STEPS = 40;

    @TempDir
    Path directory;

    private LayerStore store;
    private View lower;
    private int runs;

    @BeforeEach
    void makeImage() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        Attributes file = new Attributes(0644, 0, 0, Instant.ofEpochSecond(1000), Xattrs.NONE);
        byte[] large = new byte[100_000];
        new Random(1).nextBytes(large);
        lower = store.view(store.createImage(
                List.of(store.add(new ChangesetBuilder()
                        .directory("dir", new Attributes(0755, 0, 0, Instant.ofEpochSecond(1000), Xattrs.NONE))
                        .file("dir/a", file, large)
                        .hardLink("dir/x", "dir/a")
                        .file("b", file, "small".getBytes(StandardCharsets.UTF_8))
                        .hardLink("c", "b")
                        .symlink("s", file, "b")
                        .build())),
                new Platform("linux", "amd64", null)));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private void run(List<JournalLaw.Step> steps) throws IOException {
        Path place = Files.createDirectory(directory.resolve("run" + runs++));
        try (JournalLaw law = new JournalLaw(lower, place)) {
            for (JournalLaw.Step step : steps) {
                law.run(step);
            }
            law.run(new JournalLaw.Step(JournalLaw.Kind.KILL, 0, 0, 0));
            law.run(new JournalLaw.Step(JournalLaw.Kind.REOPEN, 0, 0, 0));
        }
        io.layerfs.host.Durable.deleteTree(place);
    }

    @Test
    void whateverIsDoneAndWheneverItIsReopenedTheTreeIsTheSame() throws IOException {
        for (int seed = FIRST_SEED; seed < FIRST_SEED + SEQUENCES; seed++) {
            Random random = new Random(seed);
            List<JournalLaw.Step> steps = new ArrayList<>();
            for (int i = 0; i < STEPS; i++) {
                steps.add(JournalLaw.random(random));
            }
            Throwable failure = failure(steps);
            if (failure != null) {
                List<JournalLaw.Step> shortest = shortened(steps);
                throw new AssertionError("seed " + seed + ": " + shortest, failure(shortest));
            }
        }
    }

    private Throwable failure(List<JournalLaw.Step> steps) {
        try {
            run(steps);
            return null;
        } catch (IOException | RuntimeException | AssertionError e) {
            return e;
        }
    }

    /** Leaves out what is not needed for a failure. */
    private List<JournalLaw.Step> shortened(List<JournalLaw.Step> steps) {
        List<JournalLaw.Step> least = new ArrayList<>(steps);
        for (int length = steps.size() / 2; length > 0; length /= 2) {
            for (int i = 0; i + length <= least.size(); ) {
                List<JournalLaw.Step> fewer = new ArrayList<>(least);
                fewer.subList(i, i + length).clear();
                if (failure(fewer) != null) {
                    least = fewer;
                } else {
                    i += length;
                }
            }
        }
        return least;
    }

    private static final ScratchDirectory NONE = new ScratchDirectory() {
        @Override
        public Path directory() throws IOException {
            throw new IOException("no scratch file is expected");
        }

        @Override
        public void close() {}
    };

    private UpperView create() throws IOException {
        Path place = Files.createDirectory(directory.resolve("view"));
        return UpperView.create(lower, place, Long.MAX_VALUE, () -> NONE, InstantSource.system(), () -> {});
    }

    private UpperView open() throws IOException {
        Path place = directory.resolve("view");
        return UpperView.open(lower, place, Long.MAX_VALUE, () -> NONE, InstantSource.system(), () -> {});
    }

    /** The case of row 1, for a new file and ones of the view below, few bytes and many. */
    @Test
    void whatIsWrittenToAFileThatLostItsNameAfterTheJournalWasWrittenAnewIsNoLossOfTheView() throws IOException {
        List<String> lines;
        try (UpperView view = create()) {
            long root = view.root();
            long dir = view.lookup(root, Name.of("dir"));
            List<WritableView.Place> places = List.of(
                    new WritableView.Place(root, Name.of("new"), view.createFile(root, Name.of("new"), 0644)),
                    new WritableView.Place(root, Name.of("b"), view.lookup(root, Name.of("b"))),
                    new WritableView.Place(dir, Name.of("a"), view.lookup(dir, Name.of("a"))));
            view.unlink(root, Name.of("c"));
            view.unlink(dir, Name.of("x"));
            List<WritableView.OpenFile> files = new ArrayList<>();
            for (WritableView.Place place : places) {
                files.add(view.open(place));
                files.get(files.size() - 1).write(3, ByteBuffer.wrap(new byte[10]));
                view.unlink(place.directory(), place.name());
            }
            view.compact();
            for (WritableView.OpenFile file : files) {
                file.write(10, ByteBuffer.wrap(new byte[50_000]));
                file.truncate(45_000);
                file.append(ByteBuffer.wrap(new byte[10]));
                file.truncate(0);
                file.append(ByteBuffer.wrap("end".getBytes(StandardCharsets.UTF_8)));
            }
            for (WritableView.Place place : places) {
                view.setAttributes(place, WritableView.AttributeChange.ofMode(0600));
            }
            lines = ViewLines.of(view);
            for (WritableView.OpenFile file : files) {
                file.close();
            }
        }
        try (UpperView view = open()) {
            assertThat(ViewLines.of(view)).isEqualTo(lines);
        }
    }

    /** A brother of row 1: data that was derived so often that its blocks were copied, said without them. */
    @Test
    void aFileThatWasSharedManyTimesIsTheSameAfterReopening() throws IOException {
        List<String> lines;
        try (UpperView view = create()) {
            long dir = view.lookup(view.root(), Name.of("dir"));
            WritableView.Place place = new WritableView.Place(dir, Name.of("a"), view.lookup(dir, Name.of("a")));
            try (WritableView.OpenFile file = view.open(place)) {
                for (int i = 0; i < 25; i++) {
                    file.write(i * 4096L % 90_000, ByteBuffer.wrap(new byte[] {1, 2, 3}));
                    view.changes();
                }
                lines = ViewLines.of(view);
            }
        }
        try (UpperView view = open()) {
            assertThat(ViewLines.of(view)).isEqualTo(lines);
        }
    }
}
