package io.layerfs.upper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Name;
import io.layerfs.Platform;
import io.layerfs.View;
import io.layerfs.WritableView;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Named views whose process was killed, and journals that a crash left torn. */
class KilledViewTest {

    private static final int KILLS = Integer.getInteger("layerfs.kills", 60);

    @TempDir
    Path directory;

    private LayerStore store;
    private Image image;

    @BeforeEach
    void makeImage() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        Attributes file = new Attributes(0644, 0, 0, Instant.ofEpochSecond(1000), Xattrs.NONE);
        byte[] large = new byte[100_000];
        new Random(1).nextBytes(large);
        image = store.createImage(
                List.of(store.add(new ChangesetBuilder()
                        .directory("dir", new Attributes(0755, 0, 0, Instant.ofEpochSecond(1000), Xattrs.NONE))
                        .file("dir/a", file, large)
                        .file("b", file, "small".getBytes(StandardCharsets.UTF_8))
                        .hardLink("c", "b")
                        .build())),
                new Platform("linux", "amd64", null));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    /** What is seen, but for times of today, which differ from process to process. */
    private static List<String> lines(View view) throws IOException {
        return ViewLines.of(view).stream()
                .map(line -> line.replaceAll(" 20[0-9][0-9]-[^ ]*Z ", " today "))
                .toList();
    }

    @Test
    void aViewWhoseProcessWasKilledIsAsItWasBeforeOrAfterTheOperationThatWasCutShort() throws Exception {
        Random random = new Random(4);
        int operations = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            String name = "v" + kill;
            store.createView(name, image, Long.MAX_VALUE).close();
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            ViewProcess.class.getName(),
                            directory.resolve("store").toString(),
                            name,
                            Integer.toString(kill))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            assertThat(process.getInputStream().read()).isEqualTo('o');
            process.waitFor(random.nextInt(250), TimeUnit.MILLISECONDS);
            process.toHandle().destroyForcibly(); // the process itself would close the pipe
            process.waitFor();
            int done = process.getInputStream().readAllBytes().length;
            operations += done;
            check(name, kill, done);
            store.dropView(name);
        }
        assertThat(operations).as("operations before the kills").isGreaterThan(KILLS * 20);
    }

    private void check(String name, long seed, int done) throws IOException {
        RandomOperations model = ViewProcess.operations(seed);
        try (WritableView expected = store.writable(image, Long.MAX_VALUE);
                WritableView found = store.openView(name)) {
            for (int i = 0; i < done; i++) {
                model.step(expected);
            }
            List<String> before = lines(expected);
            model.step(expected);
            List<String> after = lines(expected);
            List<String> reopened = lines(found);
            if (!reopened.equals(before)) {
                assertThat(reopened)
                        .as("seed %d after %d operations", seed, done)
                        .isEqualTo(after);
            }
        }
    }

    private WritableView.Place newFile(WritableView view, String name) throws IOException {
        return new WritableView.Place(view.root(), Name.of(name), view.createFile(view.root(), Name.of(name), 0644));
    }

    private Path journal() {
        return directory.resolve("store/views/v/journal");
    }

    @Test
    void aTornTailIsCutAndWhatIsBeforeItStays() throws IOException {
        try (WritableView view = store.createView("v", image, Long.MAX_VALUE)) {
            newFile(view, "first");
        }
        long sound = Files.size(journal());
        List<String> before;
        byte[] bytes;
        try (WritableView view = store.openView("v")) {
            before = ViewLines.of(view);
            newFile(view, "second");
            bytes = Files.readAllBytes(journal()); // without what is noted when it is closed
        }
        long whole = bytes.length;
        for (long end = sound; end < whole; end++) {
            Files.write(journal(), java.util.Arrays.copyOf(bytes, (int) end));
            try (WritableView view = store.openView("v")) {
                assertThat(ViewLines.of(view)).as("cut at %d", end).isEqualTo(before);
            }
        }
        for (long flipped = sound; flipped < whole; flipped++) {
            byte[] damaged = bytes.clone();
            damaged[(int) flipped] ^= 0x10;
            Files.write(journal(), damaged);
            try (WritableView view = store.openView("v")) {
                assertThat(ViewLines.of(view)).as("flipped at %d", flipped).isEqualTo(before);
            }
            assertThat(journal().resolveSibling("journal.torn")).exists();
        }
    }

    @Test
    void aLongJournalIsWrittenAnewAndSaysTheSame() throws IOException {
        List<String> lines;
        try (WritableView view = store.createView("v", image, Long.MAX_VALUE)) {
            WritableView.Place place = newFile(view, "f");
            try (WritableView.OpenFile file = view.open(place)) {
                for (int i = 0; i < 3000; i++) {
                    file.write(i % 100, ByteBuffer.wrap(new byte[1000]));
                }
            }
            newFile(view, "last");
            lines = ViewLines.of(view);
            view.force();
        }
        assertThat(Files.size(journal())).isLessThan(1_200_000);
        try (WritableView view = store.openView("v")) {
            assertThat(ViewLines.of(view)).isEqualTo(lines);
        }
    }

    @Test
    void aNamedViewIsOpenInOnePlaceAtATime() throws IOException {
        try (WritableView view = store.createView("v", image, Long.MAX_VALUE)) {
            assertThatThrownBy(() -> store.openView("v"))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("in use");
            assertThatThrownBy(() -> store.dropView("v")).hasMessageContaining("in use");
            assertThatThrownBy(() -> store.createView("v", image, 1)).hasMessageContaining("in use");
            try (WritableView fork = view.fork()) {
                view.close();
                assertThatThrownBy(() -> store.openView("v")).hasMessageContaining("in use");
                assertThat(ViewLines.of(fork)).isNotEmpty();
            }
        }
        store.openView("v").close();
        assertThat(store.views())
                .singleElement()
                .satisfies(v -> assertThat(v.image()).isEqualTo(image.digest()));
    }

    @Test
    void aJournalThatCannotBeWrittenFailsTheOperationAndChangesNothing() throws IOException {
        try (WritableView view = store.createView("v", image, Long.MAX_VALUE)) {
            assertThatThrownBy(() -> store.openView("absent")).isInstanceOf(java.nio.file.NoSuchFileException.class);
            List<String> before = ViewLines.of(view);
            try (RandomAccessFile full = new RandomAccessFile(journal().toFile(), "rw")) {
                assertThat(full.length()).isPositive();
            }
            assertThatThrownBy(() -> view.createDirectory(view.root(), Name.of("b"), 0))
                    .isInstanceOf(java.nio.file.FileAlreadyExistsException.class);
            assertThat(ViewLines.of(view)).isEqualTo(before);
        }
    }
}
