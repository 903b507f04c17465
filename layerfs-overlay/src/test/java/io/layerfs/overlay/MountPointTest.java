package io.layerfs.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.Platform;
import io.layerfs.overlay.linux.MountStat;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Where a mount is seen, and where it never is. */
class MountPointTest extends MountedStore {

    private static final int ROUNDS = Integer.getInteger("layerfs.rounds", 400);

    @Test
    void aMountIsSeenWhereItIsWanted() throws IOException {
        Path at = Files.createDirectory(directory.toRealPath().resolve("here"));
        try (Mount mount = backend.mount(store, image, MountOptions.DISPOSABLE.at(at))) {
            assertThat(mount.root()).isEqualTo(at);
            assertThat(at.resolve("dir/f")).hasContent("f");
        }
        assertThat(at).isEmptyDirectory();
    }

    @Test
    void noLinkLeadsToAMountPoint() throws IOException {
        Path at = Files.createDirectory(directory.toRealPath().resolve("there"));
        Path link = Files.createSymbolicLink(directory.toRealPath().resolve("link"), at);
        Path through = Files.createDirectory(at.resolve("below"));
        for (Path wanted : List.of(link, link.resolve("below"))) {
            assertThatThrownBy(() -> backend.mount(store, image, MountOptions.DISPOSABLE.at(wanted)))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("symbolic link");
        }
        assertThat(through).isEmptyDirectory();
    }

    /** For a moment {@code what} is elsewhere, and a link in its place. */
    private static void exchange(Path what, Path elsewhere, Path link) throws IOException {
        try {
            Files.move(what, elsewhere);
        } catch (FileSystemException e) {
            return; // it is a mount point at this moment
        }
        try {
            Files.createSymbolicLink(what, link);
            Files.delete(what);
        } finally {
            moveBack(elsewhere, what);
        }
    }

    /** What was mounted on it, where it had been moved already, is to be taken away by whoever mounted it. */
    private static void moveBack(Path elsewhere, Path what) throws IOException {
        persist(() -> Files.move(elsewhere, what));
    }

    private static void persist(Closeable action) throws IOException {
        for (int tries = 0; ; tries++) {
            try {
                action.close();
                return;
            } catch (FileSystemException e) {
                if (tries == 1000) {
                    throw e;
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    /** CVE-2018-15664 and its like: the mount point, and the directory that it is in, are links at times. */
    @Test
    void aMountPointThatIsExchangedMeanwhileLeadsNowhereElse() throws Exception {
        Path base = Files.createDirectory(directory.toRealPath().resolve("race"));
        Path parent = Files.createDirectory(base.resolve("parent"));
        Path at = Files.createDirectory(parent.resolve("at"));
        Path outside = Files.createDirectory(directory.toRealPath().resolve("outside"));
        Path decoy = Files.createDirectory(outside.resolve("at"));
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        int mounted = 0;
        int refused = 0;
        try {
            Future<Integer> exchanging = executor.submit(() -> {
                int exchanged = 0;
                while (!over.get()) {
                    exchange(parent, base.resolve("moved"), outside);
                    exchange(at, parent.resolve("moved"), decoy);
                    exchanged++;
                }
                return exchanged;
            });
            for (int round = 0; round < ROUNDS; round++) {
                Mount mount;
                try {
                    mount = backend.mount(store, image, MountOptions.READ_ONLY.at(at));
                    mounted++;
                } catch (IOException e) {
                    refused++;
                    assertThat(e).isInstanceOf(FileSystemException.class).hasMessageContaining(base.toString());
                    continue;
                }
                assertThat(mountPoints()).noneMatch(point -> point.startsWith(outside.toString()));
                persist(mount::close); // it is in use while the other thread looks at it
            }
            over.set(true);
            assertThat(exchanging.get()).isGreaterThan(ROUNDS / 10);
        } finally {
            over.set(true);
            executor.shutdown();
        }
        assertThat(decoy).isEmptyDirectory();
        assertThat(mounts()).isEqualTo(mountsBefore);
        assertThat(mounted).as(refused + " refused").isPositive();
        assertThat(refused).as(mounted + " mounted").isPositive();
    }

    private static List<String> mountPoints() throws IOException {
        return MountTable.read().stream().map(MountTable.Mounted::point).toList();
    }

    @Test
    void whatOtherNamespacesShareIsNotMountedThere() throws Exception {
        Path shared = Files.createDirectory(directory.toRealPath().resolve("shared"));
        run("mount", "--bind", shared.toString(), shared.toString());
        run("mount", "--make-shared", shared.toString());
        Path peer = Files.createDirectory(directory.toRealPath().resolve("peer"));
        run("mount", "--bind", shared.toString(), peer.toString());
        for (Path path : List.of(shared, peer, directory.toRealPath(), Path.of("/"), Path.of("/proc/self"))) {
            assertThat(MountStat.isShared(path)).as(path.toString()).isIn(null, MountTable.isSharedInTable(path));
        }
        assertThat(MountTable.isShared(shared)).isTrue();
        try (LayerStore there = LayerStore.open(shared.resolve("store"))) {
            Image own = there.createImage(
                    List.of(there.add(
                            new ChangesetBuilder().file("f", PLAIN, text("f")).build())),
                    new Platform("linux", "amd64", null));
            try (Mount mount = backend.mount(there, own, MountOptions.DISPOSABLE)) {
                assertThat(mount.root().resolve("f")).hasContent("f");
                Path seenByPeer = peer.resolve(shared.relativize(mount.root()));
                assertThat(seenByPeer.resolve("f")).doesNotExist();
            }
        } finally {
            run("umount", "--lazy", peer.toString());
            run("umount", "--lazy", shared.toString()); // the store's indexes are mapped until they are collected
        }
    }
}
