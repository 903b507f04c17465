package io.layerfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.memory.MemoryDirectory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store as its users see it, on images made here. */
class LayerStoreTest {

    @TempDir
    Path directory;

    private Path root;
    private LayerStore store;

    @BeforeEach
    void open() throws IOException {
        root = directory.resolve("store");
        store = LayerStore.open(root);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    static Attributes attributes(int mode) {
        return new Attributes(mode, 0, 0, Instant.ofEpochSecond(1_700_000_000), Xattrs.NONE);
    }

    static Content text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new Content() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public int read(long position, ByteBuffer target) {
                if (position >= bytes.length) {
                    return -1;
                }
                int n = Math.min(target.remaining(), bytes.length - (int) position);
                target.put(bytes, (int) position, n);
                return n;
            }
        };
    }

    static Changeset changes() throws IOException {
        MemoryDirectory tree = MemoryDirectory.of(attributes(0755));
        tree.put(LayerPath.of("etc"), MemoryDirectory.of(attributes(0750)));
        tree.put(LayerPath.of("etc/motd"), new Entry.RegularFile(attributes(0644), 1, text("hello\n")));
        tree.put(LayerPath.of("etc/link"), new Entry.Symlink(attributes(0777), 2, "motd"));
        return tree.toChangeset();
    }

    /** What operations left that is not in its place, in the directories that processes have as long as they live. */
    static List<Path> unfinished(Path root) throws IOException {
        Path tmp = root.resolve("layerfs/tmp");
        try (var files = Files.walk(tmp)) {
            return files.filter(file -> tmp.relativize(file).getNameCount() > 1 && !file.endsWith("lock"))
                    .toList();
        }
    }

    /** All of a store but the directories that this process has as long as it is open: what must not change when an import fails. */
    static List<String> listing(Path root) throws IOException {
        List<String> lines = new ArrayList<>();
        Set<Path> own = Set.of(root.resolve("layerfs/holds"), root.resolve("layerfs/tmp"));
        if (Files.isDirectory(root.resolve("layerfs/tmp"))) {
            unfinished(root).forEach(file -> lines.add("unfinished " + file));
        }
        try (var files = Files.walk(root)) {
            for (Path file : files.filter(f -> own.stream().noneMatch(f::startsWith))
                    .sorted()
                    .toList()) {
                boolean regular = Files.isRegularFile(file);
                lines.add(root.relativize(file) + (regular ? " " + Digest.sha256(Files.readAllBytes(file)) : "/"));
            }
        }
        return lines;
    }

    @Test
    void aCommitIsTheImageThatAddAndPlusMake() throws IOException {
        Image base = store.createImage(
                List.of(store.add(new ChangesetBuilder().whiteout("old").build())), Platform.parse("linux/amd64"));
        Image committed = store.commit(base, changes(), LayerOptions.EXACT, History.of("more"), "app:2");
        assertThat(committed.tags()).containsExactly("app:2");
        assertThat(store.gc(GcOptions.DEFAULT).removed()).isEmpty();
        assertThat(store.plus(base, store.add(changes()), History.of("more"), null)
                        .digest())
                .isEqualTo(committed.digest());
        assertThat(store.images()).hasSize(2);
        assertThat(store.verify(ProgressListener.NONE).findings()).isEmpty();
    }

    private byte[] tar() throws IOException {
        Layer layer = store.add(changes());
        try (InputStream in = layer.openTar()) {
            return in.readAllBytes();
        }
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(directory.resolve(name), bytes);
    }

    @Test
    void aLayerIsItsTarByteForByteAndAddingItAgainIsTheSame() throws IOException {
        Layer layer = store.add(changes());
        byte[] tar;
        try (InputStream in = layer.openTar()) {
            tar = in.readAllBytes();
        }
        assertThat(Digest.sha256(tar)).isEqualTo(layer.diffId());
        assertThat(layer.size()).isEqualTo(tar.length);
        List<String> before = listing(root);
        assertThat(store.add(new ByteArrayInputStream(tar))).isEqualTo(layer);
        assertThat(store.add(layer.changeset())).isEqualTo(layer);
        assertThat(listing(root)).isEqualTo(before);
    }

    @Test
    void everyCompressionGivesTheSameLayer() throws IOException {
        byte[] tar = tar();
        Digest diffId = Digest.sha256(tar);
        for (byte[] compressed : List.of(
                compress(tar, GzipCompressorOutputStream::new),
                compress(tar, ZstdCompressorOutputStream::new),
                compress(tar, XZCompressorOutputStream::new),
                compress(tar, BZip2CompressorOutputStream::new))) {
            assertThat(store.add(new ByteArrayInputStream(compressed)).diffId()).isEqualTo(diffId);
        }
    }

    @Test
    void membersOneBehindTheOtherAreOneStream() throws IOException {
        byte[] tar = tar();
        int half = tar.length / 2;
        for (Compressor compressor :
                List.<Compressor>of(GzipCompressorOutputStream::new, ZstdCompressorOutputStream::new)) {
            ByteArrayOutputStream both = new ByteArrayOutputStream();
            both.write(compress(java.util.Arrays.copyOf(tar, half), compressor));
            both.write(compress(java.util.Arrays.copyOfRange(tar, half, tar.length), compressor));
            assertThat(store.add(new ByteArrayInputStream(both.toByteArray())).diffId())
                    .isEqualTo(Digest.sha256(tar));
        }
    }

    private interface Compressor {
        OutputStream over(OutputStream out) throws IOException;
    }

    private static byte[] compress(byte[] bytes, Compressor compressor) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream compressed = compressor.over(out)) {
            compressed.write(bytes);
        }
        return out.toByteArray();
    }

    @Test
    void aBareLayerBecomesAnImageThatShowsIt() throws IOException {
        Image image = store.importImage(file("layer", tar()), ImportOptions.DEFAULT.withTag("a/b:1"));
        assertThat(image.tags()).containsExactly("a/b:1");
        View view = store.view(image);
        long etc = view.lookup(view.root(), Name.of("etc"));
        assertThat(view.stat(etc).mode()).isEqualTo(0750);
        long motd = view.lookup(etc, Name.of("motd"));
        ByteBuffer bytes = ByteBuffer.allocate(10);
        assertThat(view.content(motd).read(0, bytes)).isEqualTo(6);
        assertThat(view.readSymlink(view.lookup(etc, Name.of("link")))).isEqualTo("motd");
        assertThat(view.lookup(etc, Name.of("nothing"))).isEqualTo(View.ABSENT);
    }

    @Test
    void anImageIsFoundByTagDigestAndPrefix() throws IOException {
        Image image = store.importImage(file("layer", tar()), ImportOptions.DEFAULT.withTag("one"));
        store.tag(image, "two");
        assertThat(store.image("one")).isEqualTo(image);
        assertThat(store.image("two").tags()).containsExactly("one", "two");
        assertThat(store.image(image.digest().toString())).isEqualTo(image);
        assertThat(store.image(image.digest().encoded().substring(0, 12))).isEqualTo(image);
        assertThat(store.images()).containsExactly(image);
        assertThat(store.untag("one")).isTrue();
        assertThat(store.untag("one")).isFalse();
        assertThat(store.untag("two")).isTrue();
        assertThat(store.images()).containsExactly(image);
        assertThatThrownBy(() -> store.image("one")).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> store.tag(image, "../x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aHostDirectoryBecomesAnImage() throws IOException {
        Path host = Files.createDirectories(directory.resolve("host/sub"));
        Files.writeString(host.resolve("f"), "x");
        Files.createLink(host.resolve("g"), host.resolve("f"));
        Image image = store.importImage(
                directory.resolve("host"),
                ImportOptions.DEFAULT.withTag("host").withOwner(new ImportOptions.Owner(7, 8)));
        View view = store.view(image);
        long sub = view.lookup(view.root(), Name.of("sub"));
        long f = view.lookup(sub, Name.of("f"));
        assertThat(view.lookup(sub, Name.of("g"))).isEqualTo(f);
        assertThat(view.stat(f)).satisfies(s -> {
            assertThat(s.links()).isEqualTo(2);
            assertThat(s.uid()).isEqualTo(7);
            assertThat(s.gid()).isEqualTo(8);
        });
    }

    @Test
    void whatIsDerivedCanBeDeletedOrDamaged() throws IOException {
        Image image = store.importImage(file("layer", tar()), ImportOptions.DEFAULT.withTag("one"));
        for (String kind : List.of("index", "chain")) {
            Path index;
            try (var files = Files.walk(root.resolve("layerfs").resolve(kind))) {
                index = files.filter(Files::isRegularFile).findFirst().orElseThrow();
            }
            byte[] sound = Files.readAllBytes(index);
            for (int at = 1024; at < sound.length; at += 97) {
                byte[] damaged = sound.clone();
                damaged[at] ^= 0x10;
                Files.write(index, damaged);
                assertShows(image);
            }
            Files.write(index, java.util.Arrays.copyOf(sound, 700));
            assertShows(image);
            Files.delete(index);
            assertShows(image);
            assertThat(store.image("one").layers().get(0).changeset().find(LayerPath.of("etc/motd")))
                    .isInstanceOf(Entry.RegularFile.class);
            assertThat(index).hasBinaryContent(sound);
        }
    }

    private void assertShows(Image image) throws IOException {
        View view = store.view(image);
        long etc = view.lookup(view.root(), Name.of("etc"));
        List<String> names = new ArrayList<>();
        view.list(etc).forEachRemaining(e -> names.add(e.name().toString()));
        assertThat(names).containsExactly("link", "motd");
        assertThat(view.stat(view.lookup(etc, Name.of("motd"))).size()).isEqualTo(6);
        Entry entry = image.layers().get(0).changeset().find(LayerPath.of("etc/motd"));
        assertThat(entry).isInstanceOf(Entry.RegularFile.class);
    }

    @Test
    void verificationNamesWhatIsDamaged() throws IOException {
        Image image = store.importImage(file("layer", tar()), ImportOptions.DEFAULT.withTag("one"));
        assertThat(store.verify(ProgressListener.NONE).findings()).isEmpty();
        Path tar = root.resolve("blobs/sha256").resolve(image.diffIds().get(0).encoded());
        byte[] bytes = Files.readAllBytes(tar);
        bytes[600] ^= 1;
        Files.write(tar, bytes);
        assertThat(store.verify(ProgressListener.NONE).findings())
                .extracting(Verification.Finding::kind, Verification.Finding::subject)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(
                        Verification.Kind.DAMAGED_BLOB, image.diffIds().get(0).toString()));
        Files.delete(tar);
        assertThat(store.verify(ProgressListener.NONE).isSound()).isFalse();
    }

    @Test
    void aFailedImportLeavesTheStoreAsItWas() throws IOException {
        byte[] tar = tar();
        byte[] gzip = compress(tar, GzipCompressorOutputStream::new);
        store.importImage(file("layer", tar), ImportOptions.DEFAULT.withTag("one"));
        List<String> before = listing(root);
        List<byte[]> hostile = new ArrayList<>();
        for (int length = 1; length < gzip.length; length += gzip.length / 20) {
            hostile.add(java.util.Arrays.copyOf(gzip, length));
        }
        for (int at = 600; at < tar.length - 1024; at += 512) {
            byte[] flipped = tar.clone();
            flipped[at] ^= 0x40;
            if (at % 512 > 148) {
                hostile.add(flipped);
            }
        }
        byte[] garbage = java.util.Arrays.copyOf(gzip, gzip.length + 5);
        garbage[gzip.length] = 'x';
        hostile.add(garbage);
        hostile.add(new byte[0]);
        int refused = 0;
        for (byte[] bytes : hostile) {
            try {
                store.importImage(file("bad", bytes), ImportOptions.DEFAULT);
            } catch (IOException e) {
                refused++;
                assertThat(e.getMessage()).contains("bad");
                assertThat(listing(root)).isEqualTo(before);
                continue;
            }
            before = listing(root);
        }
        assertThat(refused).isGreaterThan(20);
    }

    @Test
    void aBombIsRefused() throws IOException {
        byte[] gzip = compress(new byte[8 << 20], GzipCompressorOutputStream::new);
        assertThatThrownBy(() -> store.importImage(file("bomb", gzip), ImportOptions.DEFAULT.withMaxLayerSize(1 << 20)))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageContaining("1048576");
    }

    @Test
    void manyThreadsImportOneImage() throws Exception {
        Path layer = file("layer", tar());
        ExecutorService executor = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Image>> tasks = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                String tag = "t" + i;
                tasks.add(() -> {
                    try (LayerStore own = LayerStore.open(root)) {
                        return own.importImage(layer, ImportOptions.DEFAULT.withTag(tag));
                    }
                });
            }
            List<Image> images = new ArrayList<>();
            for (Future<Image> future : executor.invokeAll(tasks)) {
                images.add(future.get());
            }
            assertThat(images.stream().map(Image::digest).distinct()).hasSize(1);
        } finally {
            executor.shutdown();
        }
        assertThat(store.images())
                .singleElement()
                .satisfies(i -> assertThat(i.tags()).hasSize(24));
        assertThat(store.verify(ProgressListener.NONE).findings()).isEmpty();
        assertThat(unfinished(root)).isEmpty();
    }

    @Test
    void anImageIsMadeOfLayers() throws IOException {
        Layer base = store.add(changes());
        Layer top = store.add(new ChangesetBuilder()
                .whiteout("etc/motd")
                .directory("srv", attributes(0755))
                .build());
        Image image = store.createImage(List.of(base, top), Platform.parse("linux/arm64/v8"));
        assertThat(image.layers()).containsExactly(base, top);
        assertThat(image.tags()).isEmpty();
        assertThat(image.platform()).hasToString("linux/arm64/v8");
        assertThat(store.image(image.digest().encoded())).isEqualTo(image);
        assertThat(store.createImage(List.of(base, top), image.platform())).isEqualTo(image);
        assertThat(store.images()).containsExactly(image);
        View view = store.view(image);
        assertThat(view.lookup(view.root(), Name.of("srv"))).isNotEqualTo(View.ABSENT);
        long etc = view.lookup(view.root(), Name.of("etc"));
        assertThat(view.lookup(etc, Name.of("motd"))).isEqualTo(View.ABSENT);
        assertThatThrownBy(() -> store.createImage(List.of(), Platform.host()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(store.verify(ProgressListener.NONE).findings()).isEmpty();
    }

    @Test
    void anImageIsNotMadeOfLayersOfAnotherStore() throws IOException {
        try (LayerStore other = LayerStore.open(directory.resolve("other"))) {
            Layer foreign = other.add(changes());
            assertThatThrownBy(() -> store.createImage(List.of(foreign), Platform.host()))
                    .isInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining(foreign.diffId().toString());
        }
    }
}
