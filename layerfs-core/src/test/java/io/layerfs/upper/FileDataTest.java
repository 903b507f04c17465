package io.layerfs.upper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Content;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Name;
import io.layerfs.Platform;
import io.layerfs.View;
import io.layerfs.WritableView;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes of changed files: compared with an array, over copy-up, spilling, holes, cutting, forks. */
class FileDataTest {

    private static final int LARGE = 300_000;

    @TempDir
    Path directory;

    private LayerStore store;
    private Image image;
    private byte[] bytes;

    @BeforeEach
    void makeImage() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        bytes = new byte[LARGE];
        new Random(3).nextBytes(bytes);
        Attributes file = new Attributes(0644, 0, 0, Instant.ofEpochSecond(1000), Xattrs.NONE);
        image = store.createImage(
                List.of(store.add(new ChangesetBuilder()
                        .file("large", file, bytes)
                        .file("small", file, Arrays.copyOf(bytes, 5000))
                        .build())),
                new Platform("linux", "amd64", null));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private static WritableView.Place place(View view, String name) throws IOException {
        return new WritableView.Place(view.root(), Name.of(name), view.lookup(view.root(), Name.of(name)));
    }

    private static byte[] read(Content content) throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) content.size());
        assertThat(content.read(0, all)).isEqualTo(all.capacity() == 0 ? 0 : all.capacity());
        return all.array();
    }

    /** A view and what its file should hold. */
    private static final class Model {
        final WritableView view;
        byte[] bytes;

        Model(WritableView view, byte[] bytes) {
            this.view = view;
            this.bytes = bytes;
        }

        void step(Random random, String name) throws IOException {
            try (WritableView.OpenFile file = view.open(place(view, name))) {
                byte[] source = new byte[random.nextInt(3) == 0 ? random.nextInt(40_000) : random.nextInt(300)];
                random.nextBytes(source);
                int at = random.nextInt(2) == 0 ? random.nextInt(bytes.length + 1) : random.nextInt(LARGE + 50_000);
                switch (random.nextInt(8)) {
                    case 0 -> truncate(file, at);
                    case 1 -> truncate(file, random.nextInt(4) == 0 ? 0 : bytes.length / 2);
                    case 2 -> {
                        assertThat(file.append(ByteBuffer.wrap(source))).isEqualTo(bytes.length);
                        put(source, bytes.length);
                    }
                    default -> {
                        ByteBuffer buffer = ByteBuffer.allocateDirect(source.length)
                                .put(source)
                                .flip();
                        file.write(at, random.nextBoolean() ? buffer : ByteBuffer.wrap(source));
                        put(source, at);
                    }
                }
                check(file, random);
            }
        }

        private void truncate(WritableView.OpenFile file, int size) throws IOException {
            file.truncate(size);
            bytes = Arrays.copyOf(bytes, size);
        }

        private void put(byte[] source, int at) {
            if (source.length > 0) {
                bytes = Arrays.copyOf(bytes, Math.max(bytes.length, at + source.length));
                System.arraycopy(source, 0, bytes, at, source.length);
            }
        }

        private void check(WritableView.OpenFile file, Random random) throws IOException {
            assertThat(file.size()).isEqualTo(bytes.length);
            int from = random.nextInt(bytes.length + 1);
            ByteBuffer part = ByteBuffer.allocate(random.nextInt(20_000));
            int n = file.read(from, part);
            assertThat(n)
                    .isEqualTo(
                            from == bytes.length && part.capacity() > 0
                                    ? -1
                                    : Math.min(part.capacity(), bytes.length - from));
            assertThat(Arrays.copyOf(part.array(), Math.max(n, 0)))
                    .isEqualTo(Arrays.copyOfRange(bytes, from, from + Math.max(n, 0)));
        }
    }

    @Test
    void whatIsReadIsWhatWasWrittenAndForksKeepTheirs() throws IOException {
        for (String name : List.of("large", "small")) {
            for (int seed = 0; seed < 12; seed++) {
                Random random = new Random(seed);
                List<Model> models = new ArrayList<>();
                models.add(new Model(
                        store.writable(image, Long.MAX_VALUE),
                        Arrays.copyOf(bytes, name.equals("large") ? LARGE : 5000)));
                List<View> frozen = new ArrayList<>();
                List<byte[]> contents = new ArrayList<>();
                for (int step = 0; step < 150; step++) {
                    Model model = models.get(random.nextInt(models.size()));
                    model.step(random, name);
                    if (random.nextInt(10) == 0 && models.size() < 12) {
                        models.add(new Model(model.view.fork(), model.bytes));
                    }
                    if (random.nextInt(10) == 0) {
                        frozen.add(model.view.snapshot());
                        contents.add(model.bytes);
                    }
                }
                for (Model model : models) {
                    assertThat(read(model.view.content(place(model.view, name).inode())))
                            .isEqualTo(model.bytes);
                }
                for (int i = 0; i < frozen.size(); i++) {
                    View view = frozen.get(i);
                    assertThat(read(view.content(place(view, name).inode()))).isEqualTo(contents.get(i));
                }
                for (Model model : models) {
                    model.view.close();
                }
            }
        }
        assertThat(scratchFiles()).isEmpty();
    }

    private List<Path> scratchFiles() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("store/layerfs/tmp"))) {
            return files.filter(file -> Files.isRegularFile(file) && !file.endsWith("lock"))
                    .toList();
        }
    }

    @Test
    void aByteInALargeFileCostsABlockAndScratchSpaceIsGivenBackWhenUnlinked() throws IOException {
        try (WritableView view = store.writable(image, Long.MAX_VALUE)) {
            write(view, 150_000);
            assertThat(view.usage().used()).isEqualTo(4096);
            assertThat(scratchFiles()).isEmpty();
            for (int block = 1; block < HeldBlocks.MOST; block++) {
                write(view, block * 4096);
            }
            assertThat(scratchFiles()).isEmpty();
            write(view, 200_000);
            assertThat(scratchFiles()).hasSize(1);
            WritableView.OpenFile open = view.open(place(view, "large"));
            view.unlink(view.root(), Name.of("large"));
            assertThat(read(open)).isEqualTo(bytes);
            open.write(0, ByteBuffer.wrap(new byte[] {1}));
            open.close();
            assertThat(view.usage().used()).isZero();
            assertThat(scratchFiles()).isEmpty();
        }
    }

    private void write(WritableView view, int position) throws IOException {
        try (WritableView.OpenFile file = view.open(place(view, "large"))) {
            file.write(position, ByteBuffer.wrap(new byte[] {7}));
        }
        bytes[position] = 7;
    }

    @Test
    void aQuotaIsARealLackOfSpaceAndWhatWasThereStays() throws IOException {
        try (WritableView view = store.writable(image, 100_000)) {
            long inode = view.createFile(view.root(), Name.of("f"), 0644);
            try (WritableView.OpenFile file = view.open(new WritableView.Place(view.root(), Name.of("f"), inode))) {
                file.write(0, ByteBuffer.wrap(Arrays.copyOf(bytes, 90_000)));
                assertThatThrownBy(() -> file.append(ByteBuffer.wrap(new byte[20_000])))
                        .isInstanceOf(FileSystemException.class)
                        .hasMessageContaining("No space left on device");
                assertThat(read(file)).isEqualTo(Arrays.copyOf(bytes, 90_000));
                assertThatThrownBy(() -> {
                            try (WritableView.OpenFile large = view.open(place(view, "large"))) {
                                large.write(0, ByteBuffer.wrap(new byte[20_000]));
                            }
                        })
                        .hasMessageContaining("No space left on device");
                assertThat(read(view.content(place(view, "large").inode()))).isEqualTo(bytes);
                file.truncate(10);
                file.append(ByteBuffer.wrap(new byte[50_000]));
                assertThat(file.size()).isEqualTo(50_010);
            }
        }
    }

    @Test
    void aScratchFileThatSomebodyDeletedIsAnErrorAndNotZeros() throws IOException {
        try (WritableView view = store.writable(image, Long.MAX_VALUE)) {
            WritableView.OpenFile file = view.open(place(view, "large"));
            file.write(0, ByteBuffer.wrap(new byte[50_000]));
            for (int i = 0; i < 70; i++) { // so that the handle of the first is closed
                long inode = view.createFile(view.root(), Name.of("f" + i), 0644);
                try (WritableView.OpenFile other =
                        view.open(new WritableView.Place(view.root(), Name.of("f" + i), inode))) {
                    other.write(0, ByteBuffer.wrap(new byte[40_000]));
                }
            }
            for (Path scratch : scratchFiles()) {
                if (!scratch.endsWith("lock")) {
                    Files.delete(scratch);
                }
            }
            assertThatThrownBy(() -> read(file)).hasMessageContaining("scratch file of a changed file is gone");
            assertThat(read(view.content(place(view, "small").inode()))).isEqualTo(Arrays.copyOf(bytes, 5000));
            file.close();
        }
    }
}
