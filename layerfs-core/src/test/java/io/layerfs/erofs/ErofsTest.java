package io.layerfs.erofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.Entry;
import io.layerfs.MalformedLayerException;
import io.layerfs.Name;
import io.layerfs.View;
import io.layerfs.blob.Blob;
import io.layerfs.memory.MemoryDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the writer wrote, the reader reads; and whatever is read instead, there is an answer or an {@link IOException}. */
class ErofsTest {

    @TempDir
    Path directory;

    @Test
    void layersComeBackAsTheyWere() throws IOException {
        for (int seed = 0; seed < 60; seed++) {
            RandomTree random = new RandomTree(seed, true, directory, 1);
            Changeset tree = random.make(seed < 5 ? seed : 40 * seed);
            Path file = directory.resolve("layer" + seed);
            ErofsWriter.writeLayer(tree, random.devices.get(0), file);
            Changeset back = ErofsImage.open(file, random.devices).changeset();
            Trees.assertSame("seed " + seed, Trees.lines(back), Trees.lines(tree));
        }
    }

    @Test
    void mergedTreesComeBackAsViews() throws IOException {
        for (int seed = 100; seed < 140; seed++) {
            RandomTree random = new RandomTree(seed, false, directory, 1 + seed % 7);
            Changeset tree = random.make(20 * (seed - 100));
            Path file = directory.resolve("merged" + seed);
            ErofsWriter.writeMerged(tree, random.devices, file);
            List<String> lines =
                    Trees.lines(ErofsImage.open(file, random.devices).view());
            Trees.assertSame("seed " + seed, lines, Trees.lines(tree));
        }
    }

    @Test
    void theSameTreeGivesTheSameBytes() throws IOException {
        RandomTree random = new RandomTree(7, true, directory, 1);
        Changeset tree = random.make(900);
        ErofsWriter.writeLayer(tree, random.devices.get(0), directory.resolve("a"));
        ErofsWriter.writeLayer(tree, random.devices.get(0), directory.resolve("b"));
        assertThat(directory.resolve("a")).hasSameBinaryContentAs(directory.resolve("b"));
    }

    @Test
    void linkCountsAreThoseOfTheTree() throws IOException {
        Attributes some = Attributes.IMPLICIT_DIRECTORY;
        MemoryDirectory root = MemoryDirectory.of(some);
        Entry.File file = new Entry.Symlink(some, 1, "x");
        for (int i = 0; i < 5; i++) {
            root.put(Name.of("f" + i), file);
            root.put(Name.of("d" + i), MemoryDirectory.of(some));
        }
        ErofsWriter.writeMerged(root.toChangeset(), List.of(), directory.resolve("links"));
        View view = ErofsImage.open(directory.resolve("links"), List.of()).view();
        assertThat(view.stat(view.lookup(view.root(), Name.of("f3"))).links()).isEqualTo(5);
        assertThat(view.stat(view.root()).links()).isEqualTo(7);
        assertThatThrownBy(() -> view.lookup(view.lookup(view.root(), Name.of("f1")), Name.of("x")))
                .isInstanceOf(NotDirectoryException.class);
    }

    @Test
    void whatTheFormatCannotSayIsRefusedByPath() {
        Attributes some = Attributes.IMPLICIT_DIRECTORY;
        MemoryDirectory root = MemoryDirectory.of(some);
        root.put(Name.of("dir"), MemoryDirectory.of(some).put(Name.of("y".repeat(256)), Entry.Whiteout.INSTANCE));
        assertThatThrownBy(() -> ErofsWriter.writeMerged(root.toChangeset(), List.of(), directory.resolve("refused")))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageContaining("dir/yyy");
    }

    @Test
    void everyFlippedByteIsNoticedOrHarmless() throws IOException {
        RandomTree random = new RandomTree(3, false, directory, 2);
        Changeset tree = random.make(60);
        Path file = directory.resolve("flipped");
        ErofsWriter.writeMerged(tree, random.devices, file);
        byte[] sound = Files.readAllBytes(file);
        List<String> expected = Trees.lines(tree);
        for (int at = 0; at < sound.length; at += 5 + at % 7) {
            byte[] damaged = sound.clone();
            damaged[at] ^= (byte) (1 << at % 8);
            Files.write(file, damaged);
            try {
                List<String> lines =
                        Trees.lines(ErofsImage.open(file, random.devices).view());
                Trees.assertSame("byte " + at, lines, expected);
            } catch (DamagedIndexException e) {
                assertThat(e).hasMessageMatching("(?s).+");
            }
        }
    }

    @Test
    void aForgedIndexGivesAnAnswerOrAnIOException() throws IOException {
        RandomTree random = new RandomTree(4, true, directory, 1);
        Path file = directory.resolve("forged");
        ErofsWriter.writeLayer(random.make(50), random.devices.get(0), file);
        byte[] sound = Files.readAllBytes(file);
        int image = sound.length - 24 - 4 * ((sound.length + 4095) / 4096);
        int size = (int) ByteBuffer.wrap(sound).order(ByteOrder.LITTLE_ENDIAN).getLong(sound.length - 8);
        assertThat(size).isLessThanOrEqualTo(image + 8);
        Random bytes = new Random(9);
        for (int round = 0; round < 6000; round++) {
            byte[] forged = java.util.Arrays.copyOf(sound, size);
            for (int i = 1 + bytes.nextInt(3); i > 0; i--) {
                int at = 1152 + 128 + bytes.nextInt(size - 1280);
                forged[at] = (byte) (bytes.nextBoolean() ? bytes.nextInt() : forged[at] ^ 1 << bytes.nextInt(8));
            }
            Files.write(file, forged);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                PageChecksums.append(channel, size);
            }
            walkBounded(file, random.devices);
        }
    }

    /** Reads all that there is, up to what a sound index of this size could hold. */
    private static void walkBounded(Path file, List<Blob> devices) throws IOException {
        int[] left = {20_000};
        try {
            ErofsImage.open(file, devices).changeset().walk((path, entry) -> {
                if (left[0]-- == 0 || path.depth() > 40) {
                    throw new DamagedIndexException("endless");
                }
            });
        } catch (IOException e) {
            assertThat(e.getMessage()).isNotEmpty();
        } catch (UncheckedIOException e) {
            assertThat(e.getCause().getMessage()).isNotEmpty();
        }
    }
}
