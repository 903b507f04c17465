package io.layerfs.erofs;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.blob.Blob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever an index says whose checksums are right, whoever reads all of it gets an answer or an {@link IOException}, and
 * comes to an end.
 */
class ErofsMutationTest {

    private static final int MUTANTS = 1500;

    @TempDir
    Path directory;

    private int readable;
    private int damaged;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void viewsAnswerOrFailAsTheySay(int seed) throws IOException {
        List<Blob> blobs = RandomTree.blobs(directory, 3);
        Path file = directory.resolve("index.erofs");
        ErofsWriter.writeMerged(RandomTree.merged(seed, blobs, 50 * seed), blobs, file);
        mutate(seed, file, () -> WholeWalk.of(ErofsImage.open(file, blobs).view()));
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void layersAnswerOrFailAsTheySay(int seed) throws IOException {
        List<Blob> blobs = RandomTree.blobs(directory, 1);
        Path file = directory.resolve("index.erofs");
        ErofsWriter.writeLayer(RandomTree.layer(seed, blobs.get(0), 20 * seed), blobs.get(0), file);
        mutate(seed, file, () -> WholeWalk.of(ErofsImage.open(file, blobs).changeset()));
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 8})
    void mutantsAreWrittenAgainOrRefused(int seed) throws IOException {
        List<Blob> blobs = RandomTree.blobs(directory, 2);
        Path file = directory.resolve("index.erofs");
        Path again = directory.resolve("again.erofs");
        ErofsWriter.writeMerged(RandomTree.merged(seed, blobs, 15 * seed), blobs, file);
        mutate(seed, file, () -> {
            Files.deleteIfExists(again);
            ErofsWriter.writeMerged(ErofsImage.open(file, blobs).changeset(), blobs, again);
        });
    }

    private interface Reading {
        void run() throws IOException;
    }

    private void mutate(int seed, Path file, Reading reading) throws IOException {
        Mutants mutants = new Mutants(seed, Files.readAllBytes(file));
        for (int i = 0; i < MUTANTS; i++) {
            mutants.writeNext(file);
            try {
                reading.run();
                readable++;
            } catch (IOException e) {
                assertSays(e);
            } catch (UncheckedIOException e) {
                assertSays(e.getCause());
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                throw new AssertionError("seed " + seed + ", mutant " + i + ": " + mutants.last(), e);
            }
        }
        // else the mutants are too harmless, or none gets past the door
        assertThat(readable).isGreaterThan(MUTANTS / 50);
        assertThat(damaged).isGreaterThan(MUTANTS / 50);
    }

    private void assertSays(IOException e) {
        damaged++;
        assertThat(e.getMessage()).isNotEmpty();
    }
}
