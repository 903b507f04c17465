package io.layerfs.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.Platform;
import io.layerfs.vfs.VfsBackend;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A step whose inputs are known makes no layer; one of which any input is another makes one. */
class StepCacheTest {

    @TempDir
    private Path directory;

    private LayerStore store;
    private Path sources;

    @BeforeEach
    void open() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        sources = Files.createDirectories(directory.resolve("sources"));
        Files.writeString(sources.resolve("a"), "a");
        Files.writeString(sources.resolve("b"), "b");
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private Rootfs compose() {
        return Rootfs.empty(store, new Platform("linux", "amd64", null))
                .time(Instant.EPOCH)
                .copy(sources, "/app")
                .write("/etc/motd", "hello")
                .remove("/app/b")
                .symlink("/etc/link", "motd");
    }

    /** Layers, their indexes and the notes: which file each is, and since when. */
    private Map<String, String> made() throws IOException {
        Map<String, String> made = new TreeMap<>();
        for (String part : new String[] {"blobs", "layerfs/index", "layerfs/compose"}) {
            try (Stream<Path> files = Files.walk(store.directory().resolve(part))) {
                files.filter(Files::isRegularFile)
                        .filter(this::isNoDocument)
                        .forEach(file ->
                                made.put(store.directory().relativize(file).toString(), identity(file)));
            }
        }
        return made;
    }

    private boolean isNoDocument(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.read() != '{';
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String identity(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.fileKey() + " " + attributes.lastModifiedTime();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void knownInputsMakeNothing() throws IOException {
        Image image = compose().commit(null);
        Image one = compose().inOneLayer().commit(null);
        Map<String, String> before = made();
        assertThat(before).as("a tar, an index and a note of each").hasSize(5 * 3);
        assertThat(compose().commit("again")).isEqualTo(image);
        assertThat(compose().inOneLayer().commit(null)).isEqualTo(one);
        try (LayerStore reopened = LayerStore.open(store.directory())) {
            store.close();
            store = reopened;
            assertThat(compose().commit(null)).isEqualTo(image);
        }
        store = LayerStore.open(store.directory());
        assertThat(made()).isEqualTo(before);
    }

    /** How many layers a variant makes that the plain composition has not. */
    private int newLayers(UnaryOperator<Rootfs> variant) throws IOException {
        Image plain = compose().commit(null);
        int before = made().size();
        Image image = variant.apply(compose()).commit(null);
        assertThat(image).isNotEqualTo(plain);
        return (made().size() - before) / 3;
    }

    @Test
    void rulesCountWhereTheyConcernAStep() throws IOException {
        assertThat(newLayers(rootfs -> rootfs.owner("/etc/link", 1, 1)))
                .as("the last step alone")
                .isEqualTo(1);
        assertThat(newLayers(rootfs -> rootfs.mode("/etc/motd", 0600)))
                .as("the second and what is above it; what is removed and linked are layers of the same bytes")
                .isEqualTo(1);
        assertThat(newLayers(rootfs -> rootfs.time(Instant.ofEpochSecond(1)))).isEqualTo(3);
    }

    @Test
    void everyInputCounts() throws IOException {
        Image plain = compose().commit(null);
        Files.writeString(sources.resolve("a"), "A");
        Image content = compose().commit(null);
        Files.setPosixFilePermissions(sources.resolve("a"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Image mode = compose().commit(null);
        Files.move(sources.resolve("a"), sources.resolve("c"));
        Image name = compose().commit(null);
        Files.createSymbolicLink(sources.resolve("link"), Path.of("c"));
        Image link = compose().commit(null);
        Files.delete(sources.resolve("link"));
        Files.createSymbolicLink(sources.resolve("link"), Path.of("b"));
        Image target = compose().commit(null);
        Files.createDirectory(sources.resolve("empty"));
        Image directories = compose().commit(null);
        assertThat(Stream.of(plain, content, mode, name, link, target, directories)
                        .map(image -> image.layers().get(0)))
                .doesNotHaveDuplicates();
        Image removed = compose().remove("/app/c").commit(null);
        Image other = compose().remove("/app/link").commit(null);
        assertThat(Shown.top(removed)).isNotEqualTo(Shown.top(other));
        Image below = compose().write("/etc/motd", "x").remove("/app/c").commit(null);
        assertThat(Shown.top(below))
                .as("the same bytes, on top of other layers")
                .isEqualTo(Shown.top(removed));
    }

    @Test
    void notesThatAreDamagedOrOfWhatIsGoneCountForNothing() throws IOException {
        Image image = compose().commit(null);
        Path notes = store.directory().resolve("layerfs/compose/v1");
        try (Stream<Path> files = Files.walk(notes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.writeString(file, "sha256:" + "0".repeat(63));
            }
        }
        assertThat(compose().commit(null)).isEqualTo(image);
        Layer first = image.layers().get(0);
        Files.delete(
                store.directory().resolve("blobs/sha256").resolve(first.diffId().encoded()));
        assertThat(compose().commit(null)).isEqualTo(image);
        assertThat(store.layer(first.diffId()).size()).isPositive();
    }

    @Test
    void aSourceThatChangesMeanwhileIsNoticed() throws IOException {
        AtomicInteger reads = new AtomicInteger();
        Bytes changing = () -> new ByteArrayInputStream(new byte[] {(byte) reads.incrementAndGet()});
        Plan plan = new Plan(new Rules(directory.getFileSystem(), List.of(), Instant.EPOCH));
        plan.file("/changing", false, changing);
        Action action = plan.actions().get(0);
        Image base = compose().commit(null);
        try (Mount mount = new VfsBackend().mount(store, base, MountOptions.DISPOSABLE)) {
            assertThatExceptionOfType(FileSystemException.class)
                    .isThrownBy(() -> action.apply(new Tree(mount.root())))
                    .withMessage("/changing: its source changed while the image was composed");
        }
    }
}
