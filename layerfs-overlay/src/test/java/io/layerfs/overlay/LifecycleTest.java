package io.layerfs.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Attributes;
import io.layerfs.BackendUnavailableException;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Entry;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.Name;
import io.layerfs.Platform;
import io.layerfs.UntrustedImageException;
import io.layerfs.Xattrs;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How mounts begin and end: what they leave, what stands in their way, what is done for those that died. */
class LifecycleTest {

    private static final Attributes PLAIN =
            new Attributes(0644, 0, 0, Instant.ofEpochSecond(1_500_000_000), Xattrs.NONE);
    private static final Attributes DIRECTORY =
            new Attributes(0755, 0, 0, Instant.ofEpochSecond(1_500_000_000), Xattrs.NONE);

    private static final int ROUNDS = Integer.getInteger("layerfs.rounds", 400);

    @TempDir
    private Path directory;

    private LayerStore store;
    private Image image;
    private final OverlayBackend backend = new OverlayBackend();
    private List<String> mountsBefore = List.of();
    private String loopsBefore = "";

    @BeforeEach
    void makeAnImage() throws Exception {
        Kernel.require();
        mountsBefore = mounts();
        loopsBefore = loops();
        store = LayerStore.open(directory.resolve("store"));
        image = image(new ChangesetBuilder()
                .directory("", DIRECTORY)
                .directory("dir", DIRECTORY)
                .file("dir/f", PLAIN, text("f"))
                .file("g", PLAIN, text("g")));
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        if (store != null) {
            store.close();
            assertThat(mounts()).isEqualTo(mountsBefore);
            assertThat(loops()).isEqualTo(loopsBefore);
            assertThat(list(directory.resolve("store/layerfs/mounts"))).isEmpty();
        }
    }

    private Image image(ChangesetBuilder layer) throws IOException {
        return store.createImage(List.of(store.add(layer.build())), new Platform("linux", "amd64", null));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Those of this test: others may mount meanwhile. */
    private List<String> mounts() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                .filter(line -> line.contains(directory.toString()))
                .toList();
    }

    private static String loops() throws Exception {
        Process process = new ProcessBuilder("losetup", "-a").start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    /** The directories of mounts, in those of their processes. */
    private List<Path> areas() throws IOException {
        List<Path> areas = new ArrayList<>();
        for (Path process : list(directory.resolve("store/layerfs/mounts"))) {
            list(process).stream().filter(Files::isDirectory).forEach(areas::add);
        }
        return areas;
    }

    private static List<Path> list(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(directory)) {
            return found.toList();
        }
    }

    @Test
    void anImageThatIsRefusedIsNotMounted() throws IOException {
        for (MountOptions options : List.of(MountOptions.READ_ONLY, MountOptions.DISPOSABLE, MountOptions.named("n"))) {
            assertThatThrownBy(() -> backend.mount(store, image, options.withPolicy(candidate -> {
                        throw new UntrustedImageException("not " + candidate.digest());
                    })))
                    .isInstanceOf(UntrustedImageException.class)
                    .hasMessage("not " + image.digest());
        }
        assertThat(store.views()).isEmpty();
        assertThat(areas()).isEmpty();
    }

    @Test
    void aMountThatIsInUseIsNotTakenAway() throws IOException {
        OverlayMount mount = (OverlayMount) backend.mount(store, image, MountOptions.DISPOSABLE);
        try (InputStream open = Files.newInputStream(mount.root().resolve("g"))) {
            assertThatThrownBy(mount::close)
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("busy")
                    .hasMessageContaining(mount.root().toString());
            assertThat(mount.root().resolve("g")).hasContent("g");
            assertThat(open.read()).isEqualTo('g');
        }
        mount.close();
        mount.close();
        assertThatThrownBy(mount::changes).isInstanceOf(IOException.class).hasMessageContaining("closed");
    }

    @Test
    void lazilyItIsTakenAwayFromThoseWhoLookForIt() throws IOException {
        OverlayMount mount = (OverlayMount) backend.mount(store, image, MountOptions.DISPOSABLE);
        try (InputStream open = Files.newInputStream(mount.root().resolve("g"))) {
            mount.closeLazily();
            assertThat(mount.root()).doesNotExist();
            assertThat(open.readAllBytes()).isEqualTo(text("g"));
        }
    }

    @Test
    void aReadOnlyMountCannotBeWritten() throws IOException {
        try (Mount mount = backend.mount(store, image, MountOptions.READ_ONLY)) {
            assertThatThrownBy(() -> Files.writeString(mount.root().resolve("g"), "x"))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("Read-only file system");
            assertThat(mount.description()).contains("read-only");
        }
    }

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
    void whatHasANameIsThereAgain() throws IOException {
        try (Mount mount = backend.mount(store, image, MountOptions.named("work"))) {
            Files.writeString(mount.root().resolve("dir/f"), "changed");
            Files.move(mount.root().resolve("dir"), mount.root().resolve("moved"));
            assertThatThrownBy(() -> backend.open(store, "work")).hasMessageContaining("in use");
        }
        try (Mount mount = backend.open(store, "work")) {
            assertThat(mount.root().resolve("moved/f")).hasContent("changed");
            assertThat(mount.root().resolve("dir")).doesNotExist();
            assertThat(mount.changes().root().child(Name.of("dir"))).isInstanceOf(Entry.Whiteout.class);
        }
        assertThatThrownBy(() -> backend.mount(store, image, MountOptions.named("work")))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> store.openView("work")).hasMessageContaining("'overlay'");
        assertThat(store.views().get(0).backend()).isEqualTo("overlay");
        assertThat(store.dropView("work")).isTrue();
        assertThatThrownBy(() -> backend.open(store, "work")).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void whatAProcessThatDiedHadMountedIsTakenAway() throws Exception {
        Path at = Files.createDirectory(directory.toRealPath().resolve("at"));
        Process process = MountAndWait.start(directory.resolve("store"), image, at);
        assertThat(process.inputReader().readLine()).isEqualTo("mounted");
        assertThat(areas()).hasSize(3);
        process.destroyForcibly().waitFor();
        assertThat(mounts()).hasSizeGreaterThan(mountsBefore.size());

        backend.mount(store, image, MountOptions.READ_ONLY).close();

        assertThat(at).isEmptyDirectory();
        try (Mount mount = backend.open(store, "died")) {
            assertThat(mount.root().resolve("new")).hasContent("new");
        }
    }

    @Test
    void whatOthersMountedInTheMeantimeStays() throws Exception {
        Path at = Files.createDirectory(directory.toRealPath().resolve("at"));
        Process process = MountAndWait.start(directory.resolve("store"), image, at);
        assertThat(process.inputReader().readLine()).isEqualTo("mounted");
        process.destroyForcibly().waitFor();
        run("umount", at.toString());
        run("mount", "-t", "tmpfs", "somebody-elses", at.toString());
        try {
            backend.mount(store, image, MountOptions.READ_ONLY).close();
            assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).contains(" " + at + " ");
        } finally {
            run("umount", at.toString());
        }
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    @Test
    void whereOverlayfsTakesNoLowersOneByOneTheyAreOneOption() throws IOException {
        Image two = store.createImage(
                List.of(
                        image.layers().get(0),
                        store.add(new ChangesetBuilder()
                                .file("h", PLAIN, text("h"))
                                .build())),
                new Platform("linux", "amd64", null));
        for (Lowers.Kind kind : Lowers.Kind.values()) {
            OverlayBackend legacy = new OverlayBackend(new Direct(List.of(kind), false));
            try (Mount mount = legacy.mount(store, two, MountOptions.DISPOSABLE)) {
                Files.move(mount.root().resolve("dir"), mount.root().resolve("moved"));
                Files.writeString(mount.root().resolve("moved/f"), "changed");
                assertThat(mount.root().resolve("h")).hasContent("h");
                assertThat(mount.changes().root().child(Name.of("dir"))).isInstanceOf(Entry.Whiteout.class);
            }
            try (Mount mount = legacy.mount(store, two, MountOptions.READ_ONLY)) {
                assertThat(mount.root().resolve("dir/f")).hasContent("f");
                assertThatThrownBy(() -> Files.writeString(mount.root().resolve("g"), "x"))
                        .hasMessageContaining("Read-only file system");
            }
        }
    }

    @Test
    void oneUnpackedLayerIsShownAsItIs() throws IOException {
        OverlayBackend unpacking = new OverlayBackend(new Direct(List.of(Lowers.Kind.UNPACKED)));
        try (Mount mount = unpacking.mount(store, image, MountOptions.READ_ONLY)) {
            assertThat(mount.root().resolve("dir/f")).hasContent("f");
            assertThatThrownBy(() -> Files.writeString(mount.root().resolve("g"), "x"))
                    .hasMessageContaining("Read-only file system");
        }
    }

    @Test
    void quotasAndForksAreRefusedAsWhatTheyAre() throws IOException {
        assertThatThrownBy(() -> backend.mount(store, image, MountOptions.DISPOSABLE.withQuota(1 << 20)))
                .isInstanceOf(UnsupportedOperationException.class);
        try (Mount mount = backend.mount(store, image, MountOptions.DISPOSABLE)) {
            assertThatThrownBy(mount::fork).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void fiveHundredLayersAreOneLower() throws IOException {
        List<io.layerfs.Layer> layers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            layers.add(store.add(
                    new ChangesetBuilder().file("n" + i, PLAIN, text("" + i)).build()));
        }
        Image many = store.createImage(layers, new Platform("linux", "amd64", null));
        try (Mount mount = backend.mount(store, many, MountOptions.DISPOSABLE)) {
            assertThat(mount.root().resolve("n0")).hasContent("0");
            assertThat(mount.root().resolve("n499")).hasContent("499");
            assertThat(mount.description()).contains("500 layers in one");
        }
        OverlayBackend unpacking = new OverlayBackend(new Direct(List.of(Lowers.Kind.UNPACKED)));
        try (Mount mount = unpacking.mount(store, many, MountOptions.DISPOSABLE)) {
            assertThat(mount.root().resolve("n0")).hasContent("0");
            assertThat(mount.root().resolve("n499")).hasContent("499");
        }
        layers.add(store.add(
                new ChangesetBuilder().file("one-more", PLAIN, text("")).build()));
        Image more = store.createImage(layers, new Platform("linux", "amd64", null));
        assertThatThrownBy(() -> unpacking.mount(store, more, MountOptions.DISPOSABLE))
                .isInstanceOf(BackendUnavailableException.class)
                .hasMessageContaining("501 layers");
    }

    /** What a layer says in overlayfs' own words is data, and means nothing to overlayfs. */
    @Test
    void aLayerCannotSpeakToOverlayfs() throws IOException {
        Map<String, byte[]> smuggled = Map.of(
                "trusted.overlay.opaque", text("y"),
                "trusted.overlay.redirect", text("/secret"),
                "trusted.overlay.metacopy", new byte[0],
                "user.overlay.opaque", text("y"));
        Attributes hostile = new Attributes(0755, 0, 0, Instant.EPOCH, Xattrs.of(smuggled));
        Image base = image(new ChangesetBuilder()
                .directory("", DIRECTORY)
                .directory("secret", DIRECTORY)
                .file("secret/s", PLAIN, text("s"))
                .directory("d", DIRECTORY)
                .file("d/below", PLAIN, text("below")));
        io.layerfs.Layer top = store.add(new ChangesetBuilder()
                .directory("d", hostile)
                .file("d/above", new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.of(smuggled)), text("above"))
                .build());
        Image stacked = store.createImage(List.of(base.layers().get(0), top), new Platform("linux", "amd64", null));
        for (Lowers.Kind kind : Lowers.Kind.values()) {
            try (Mount mount =
                    new OverlayBackend(new Direct(List.of(kind))).mount(store, stacked, MountOptions.DISPOSABLE)) {
                assertThat(mount.root().resolve("d/below")).hasContent("below");
                assertThat(mount.root().resolve("d/above")).hasContent("above");
                assertThat(mount.root().resolve("d/s")).doesNotExist();
                Files.writeString(mount.root().resolve("d/above"), "changed");
                Entry.Directory d = (Entry.Directory) mount.changes().root().child(Name.of("d"));
                assertThat(d).isNotNull();
                Entry.RegularFile above = (Entry.RegularFile) d.child(Name.of("above"));
                assertThat(above).isNotNull();
                assertThat(above.attributes().xattrs()).isEqualTo(Xattrs.of(smuggled));
            }
        }
    }

    @Test
    void devicesOfAnImageDoNotOpenAndSetuidHasNoEffect() throws IOException {
        Image devices = image(new ChangesetBuilder()
                .directory("", DIRECTORY)
                .special("null", PLAIN, io.layerfs.FileType.CHARACTER_DEVICE, 1, 3));
        try (Mount mount = backend.mount(store, devices, MountOptions.DISPOSABLE)) {
            assertThatThrownBy(() -> Files.readAllBytes(mount.root().resolve("null")))
                    .isInstanceOf(AccessDeniedException.class);
            String line = Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                    .filter(mounted -> mounted.contains(" " + mount.root() + " "))
                    .findFirst()
                    .orElseThrow();
            assertThat(line).contains("nosuid").contains("nodev");
        }
    }

    @Test
    void onTmpfsLoopDevicesStandInForFiles() throws Exception {
        Path tmpfs = Files.createDirectory(directory.toRealPath().resolve("tmpfs"));
        run("mount", "-t", "tmpfs", "tmpfs", tmpfs.toString());
        try (LayerStore inMemory = LayerStore.open(tmpfs.resolve("store"))) {
            Image there = inMemory.createImage(
                    List.of(inMemory.add(new ChangesetBuilder()
                            .directory("", DIRECTORY)
                            .file("f", PLAIN, text("f"))
                            .build())),
                    new Platform("linux", "amd64", null));
            try (Mount mount = backend.mount(inMemory, there, MountOptions.DISPOSABLE)) {
                assertThat(mount.root().resolve("f")).hasContent("f");
                Files.writeString(mount.root().resolve("f"), "changed");
                assertThat(mount.description()).contains("loop devices").contains("not EROFS of files");
            }
        } finally {
            run("umount", "--lazy", tmpfs.toString()); // the store's indexes are mapped until they are collected
        }
    }

    @Test
    void insideAnotherOverlayThereIsAClearRefusal() throws Exception {
        OverlayMount outer = (OverlayMount) backend.mount(store, image, MountOptions.DISPOSABLE);
        try (LayerStore inner = LayerStore.open(outer.root().resolve("store"))) {
            Image there = inner.createImage(
                    List.of(inner.add(new ChangesetBuilder()
                            .directory("", DIRECTORY)
                            .file("f", PLAIN, text("f"))
                            .build())),
                    new Platform("linux", "amd64", null));
            assertThatThrownBy(() -> backend.mount(inner, there, MountOptions.DISPOSABLE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("overlay");
            try (Mount readOnly = backend.mount(inner, there, MountOptions.READ_ONLY)) {
                assertThat(readOnly.root().resolve("f")).hasContent("f");
            }
        } finally {
            outer.closeLazily(); // the inner store's indexes are mapped until they are collected
        }
    }

    @Test
    void whatOtherNamespacesShareIsNotMountedThere() throws Exception {
        Path shared = Files.createDirectory(directory.toRealPath().resolve("shared"));
        run("mount", "--bind", shared.toString(), shared.toString());
        run("mount", "--make-shared", shared.toString());
        Path peer = Files.createDirectory(directory.toRealPath().resolve("peer"));
        run("mount", "--bind", shared.toString(), peer.toString());
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
