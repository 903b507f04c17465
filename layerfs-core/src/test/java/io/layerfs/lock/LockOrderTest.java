package io.layerfs.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Name;
import io.layerfs.Platform;
import io.layerfs.WritableView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One order of locks, which whoever breaks it hears of in every test (row 4 of what was broken). */
@SuppressWarnings("LockNotBeforeTry") // what is locked here is a test of locking
class LockOrderTest {

    /** Where {@code synchronized} is: what calls nothing under it that takes a lock of the order. */
    private static final Map<String, String> MONITORS = Map.of(
            "FileLocks.java", "lists of regions",
            "LayerWatchKey.java", "lists of events; a queue of the JDK's, and a map, are under it");

    private static void fails(Runnable action) {
        assertThatThrownBy(action::run).isInstanceOf(AssertionError.class).hasMessageContaining("is taken under");
    }

    @Test
    void locksAreRecordedInTests() {
        assertThat(LockRecord.ON)
                .as("the system property layerfs.locks.recorded")
                .isTrue();
    }

    @Test
    void aLockThatIsTakenOutOfOrderIsAnError() {
        Lock tree = LockOrder.TREE.newLock();
        StampedLock data = LockOrder.FILE_DATA.newStampedLock();
        tree.lock();
        try {
            fails(data::writeLock);
            fails(data::readLock);
            fails(LockOrder.TREE.newLock()::lock);
            tree.lock();
            tree.unlock();
            Lock journal = LockOrder.JOURNAL.newLock();
            journal.lock();
            journal.unlock();
        } finally {
            tree.unlock();
        }
        assertThat(LockRecord.edges().get(LockOrder.TREE))
                .contains(LockOrder.JOURNAL)
                .doesNotContain(LockOrder.FILE_DATA);
    }

    @Test
    void dataIsLockedUnderWhatWasMadeOfItAndNotTheOtherWay() {
        StampedLock older = LockOrder.FILE_DATA.newStampedLock();
        StampedLock newer = LockOrder.FILE_DATA.newStampedLock();
        long outer = newer.writeLock();
        older.unlockRead(older.readLock());
        fails(newer::readLock);
        newer.unlockWrite(outer);
        long held = older.readLock();
        fails(newer::readLock);
        older.unlockRead(held);
    }

    @Test
    void aThreadThatWouldWaitForItselfIsTold() {
        ReentrantReadWriteLock sharing = LockOrder.SHARING.newReadWriteLock();
        sharing.readLock().lock();
        fails(sharing.writeLock()::lock);
        sharing.readLock().unlock();
        sharing.writeLock().lock();
        sharing.writeLock().unlock();
    }

    /** What a view really takes under what: it is seen, and of the order, or an operation would have failed. */
    @Test
    void theLocksOfAViewAreRecorded(@TempDir Path directory) throws IOException {
        try (LayerStore store = LayerStore.open(directory)) {
            Image image = store.createImage(
                    List.of(store.add(new ChangesetBuilder().build())), new Platform("linux", "amd64", null));
            try (WritableView view = store.createView("v", image, Long.MAX_VALUE)) {
                Name name = Name.of("f");
                long inode = view.createFile(view.root(), name, 0644);
                try (WritableView.OpenFile file = view.open(new WritableView.Place(view.root(), name, inode))) {
                    file.write(0, ByteBuffer.wrap(new byte[100_000]));
                    view.changes();
                    file.write(10, ByteBuffer.wrap(new byte[1]));
                    view.unlink(view.root(), name);
                }
            }
        }
        Map<LockOrder, Set<LockOrder>> edges = LockRecord.edges();
        assertThat(edges.get(LockOrder.SHARING)).contains(LockOrder.FILE_DATA, LockOrder.TREE, LockOrder.JOURNAL);
        assertThat(edges.get(LockOrder.FILE_DATA))
                .contains(LockOrder.FILE_DATA, LockOrder.TREE, LockOrder.JOURNAL, LockOrder.OPEN_FILES);
        assertThat(edges.get(LockOrder.TREE)).contains(LockOrder.JOURNAL);
        edges.forEach(
                (outer, inner) -> assertThat(inner).as("under %s", outer).allMatch(kind -> kind.compareTo(outer) >= 0));
    }

    /** Locks that are not of the order would not be seen. */
    @Test
    void whatTheViewLocksIsOfTheOrder() throws IOException {
        Pattern made = Pattern.compile("new (Reentrant\\w*|Stamped)Lock\\(|\\bsynchronized\\b[^;]*\\{");
        Map<String, Long> found = new TreeMap<>();
        for (String module : List.of("src/main/java/io/layerfs/upper", "../layerfs-vfs/src/main/java/io/layerfs/vfs")) {
            try (Stream<Path> files = Files.walk(Path.of(module))) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    long count = made.matcher(Files.readString(file)).results().count();
                    if (count > 0) {
                        found.put(file.getFileName().toString(), count);
                    }
                }
            }
        }
        assertThat(found.keySet()).isEqualTo(Set.copyOf(MONITORS.keySet()));
    }
}
