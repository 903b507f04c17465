package io.layerfs.upper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.ChangesetBuilder;
import io.layerfs.LayerStore;
import io.layerfs.Name;
import io.layerfs.Platform;
import io.layerfs.View;
import io.layerfs.WritableView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that are deleted, emptied and closed by some threads while others read and write them (row 4 of what was broken). */
@Timeout(120)
class OpenFilesStormTest {

    private static final int ROUNDS = Integer.getInteger("layerfs.storm.rounds", 60);
    private static final Name NAME = Name.of("f");

    @TempDir
    Path directory;

    private LayerStore store;
    private View lower;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @BeforeEach
    void makeView() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        lower = store.view(store.createImage(
                List.of(store.add(new ChangesetBuilder().build())), new Platform("linux", "amd64", null)));
    }

    @AfterEach
    void close() throws IOException {
        threads.shutdownNow();
        store.close();
    }

    private UpperView disposable() {
        Path scratch = directory.resolve("scratch");
        return UpperView.over(
                lower,
                Long.MAX_VALUE,
                () -> new ScratchDirectory() {
                    @Override
                    public Path directory() throws IOException {
                        return Files.createDirectories(scratch);
                    }

                    @Override
                    public void close() {}
                },
                InstantSource.system());
    }

    private UpperView kept() throws IOException {
        Path place = Files.createDirectory(directory.resolve("view"));
        return UpperView.create(
                lower,
                place,
                Long.MAX_VALUE,
                () -> {
                    throw new AssertionError("there is no fork");
                },
                InstantSource.system(),
                () -> {});
    }

    /** Does it until the file is closed. */
    private static void untilClosed(Callable<?> action) throws Exception {
        try {
            while (true) {
                action.call();
            }
        } catch (ClosedChannelException e) {
            // the one way in which it ends
            return;
        }
    }

    private void all(List<Callable<Void>> actions) throws Exception {
        List<Future<Void>> running = new ArrayList<>();
        for (Callable<Void> action : actions) {
            running.add(threads.submit(action));
        }
        for (Future<Void> future : running) {
            try {
                future.get();
            } catch (ExecutionException e) {
                throw new AssertionError(e.getCause());
            }
        }
    }

    private void storm(UpperView view, int size) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            WritableView.Place place =
                    new WritableView.Place(view.root(), NAME, view.createFile(view.root(), NAME, 0644));
            WritableView.OpenFile file = view.open(place);
            all(List.of(
                    () -> {
                        untilClosed(() -> file.write(1000, ByteBuffer.wrap(new byte[size])));
                        return null;
                    },
                    () -> {
                        untilClosed(() -> file.read(0, ByteBuffer.allocate(size)));
                        return null;
                    },
                    () -> {
                        untilClosed(() -> {
                            file.truncate(0);
                            return view.changes();
                        });
                        return null;
                    },
                    () -> {
                        view.unlink(view.root(), NAME);
                        file.write(0, ByteBuffer.wrap(new byte[size]));
                        view.compact();
                        file.close();
                        return null;
                    }));
            assertThat(view.held()).isZero();
            assertThat(view.usage().used()).as("round %d", round).isZero();
        }
    }

    @Test
    void filesThatAreClosedWhileTheyAreUsedHangNobody() throws Exception {
        try (UpperView view = disposable()) {
            storm(view, 100);
            storm(view, 100_000);
        }
    }

    @Test
    void norThoseOfAViewThatIsKept() throws Exception {
        try (UpperView view = kept()) {
            storm(view, 100);
            storm(view, 100_000);
        }
    }

    /** Who reads while another empties the file and writes it again sees the one or the other, and no failure. */
    @Test
    void whoReadsWhatIsEmptiedSeesNoFailure() throws Exception {
        for (int size : new int[] {50, 100_000}) {
            try (UpperView view = disposable()) {
                emptyWhileOthersRead(view, size);
            }
        }
    }

    private void emptyWhileOthersRead(UpperView view, int size) throws Exception {
        WritableView.Place place = new WritableView.Place(view.root(), NAME, view.createFile(view.root(), NAME, 0644));
        try (WritableView.OpenFile file = view.open(place);
                WritableView.OpenFile reader = view.open(place)) {
            all(List.of(
                    () -> {
                        for (int i = 0; i < 500; i++) {
                            file.truncate(0);
                            file.write(0, ByteBuffer.wrap(new byte[size]));
                        }
                        reader.close();
                        return null;
                    },
                    () -> {
                        untilClosed(() -> reader.read(0, ByteBuffer.allocate(100)));
                        return null;
                    },
                    () -> {
                        untilClosed(() -> assertThat(reader.nextData(40)).isGreaterThanOrEqualTo(40));
                        return null;
                    },
                    () -> {
                        untilClosed(() -> assertThat(reader.dataEnd(40)).isGreaterThanOrEqualTo(40));
                        return null;
                    }));
        }
    }

    /** Of "Low": what was deleted takes no space, though somebody read it while it was. */
    @Test
    void noHandleOfAScratchFileThatWasDeletedIsKeptOpen() throws IOException {
        DataArea area = DataArea.disposable(new ScratchDirectory() {
            @Override
            public Path directory() {
                return directory;
            }

            @Override
            public void close() {}
        });
        DataFile file = area.newFile(1);
        file.write(0, ByteBuffer.wrap(new byte[100_000]));
        OpenFiles.Handle used = area.openFiles().borrow(file);
        OpenFiles.Handle idle = area.openFiles().borrow(file);
        area.openFiles().giveBack(idle);
        file.delete();
        area.openFiles().giveBack(used);
        for (OpenFiles.Handle handle : List.of(used, idle)) {
            assertThatThrownBy(() -> handle.open().length()).isInstanceOf(IOException.class);
        }
        DataFile other = area.newFile(2);
        other.write(0, ByteBuffer.wrap(new byte[100_000]));
        OpenFiles.Handle late = area.openFiles().borrow(other);
        area.close();
        area.openFiles().giveBack(late);
        assertThatThrownBy(() -> late.open().length()).isInstanceOf(IOException.class);
    }

    /** Of "Low": whatever fails when a view is closed, what it holds is given back, of the view that a fork is of, too. */
    @Test
    void whatAViewHoldsIsGivenBackWhateverFailsWhenItIsClosed() throws IOException {
        Path place = Files.createDirectory(directory.resolve("view"));
        List<String> closed = new ArrayList<>();
        UpperView view = UpperView.create(
                lower,
                place,
                Long.MAX_VALUE,
                () -> new ScratchDirectory() {
                    @Override
                    public Path directory() {
                        return directory;
                    }

                    @Override
                    public void close() {
                        closed.add("fork");
                        throw new OutOfMemoryError("planted");
                    }
                },
                InstantSource.system(),
                () -> closed.add("view"));
        long inode = view.createFile(view.root(), NAME, 0644);
        try (WritableView.OpenFile file = view.open(new WritableView.Place(view.root(), NAME, inode))) {
            file.write(0, ByteBuffer.wrap(new byte[100_000]));
        }
        WritableView fork = view.fork();
        view.close();
        view.close();
        assertThat(closed).isEmpty();
        assertThatThrownBy(fork::close).isInstanceOf(OutOfMemoryError.class);
        fork.close();
        assertThat(closed).containsExactly("fork", "view");
    }
}
