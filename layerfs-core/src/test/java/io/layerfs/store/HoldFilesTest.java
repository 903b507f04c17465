package io.layerfs.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Digest;
import io.layerfs.host.Durable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of holds, which are used again: what they say at each moment, and how many there are. */
class HoldFilesTest {

    @TempDir
    Path directory;

    private Store store;
    private StorePaths paths;
    private StoreLocks locks;

    @BeforeEach
    void open() throws IOException {
        store = Store.open(directory);
        paths = new StorePaths(store.directory());
        locks = StoreLocks.open(paths.lock());
    }

    @AfterEach
    void close() throws IOException {
        store.close();
        locks.close();
    }

    private static Digest digest(int i) {
        return Digest.sha256(("" + i).getBytes(StandardCharsets.UTF_8));
    }

    private static List<Digest> digests(int count) {
        return IntStream.range(0, count).mapToObj(HoldFilesTest::digest).toList();
    }

    private Hold.All all() throws IOException {
        return Hold.readAll(paths, locks);
    }

    private long files() throws IOException {
        try (Stream<Path> all = Files.walk(paths.holds())) {
            return all.filter(file -> file.toString().endsWith(Hold.SUFFIX)).count();
        }
    }

    @Test
    void whatIsHeldIsReadUntilItIsGivenFreeAndTheFileUsedAgain() throws IOException {
        for (int i = 0; i < 5; i++) {
            // more at first, so that zeros stay behind what is written next
            try (Hold hold = store.hold()) {
                hold.addImage(digest(i), digests(10 - 2 * i));
                hold.addBlobs(List.of(digest(100 + i)));
                assertThat(all().images()).containsExactly(digest(i));
                assertThat(all().blobs())
                        .containsExactlyInAnyOrderElementsOf(
                                Stream.concat(digests(10 - 2 * i).stream(), Stream.of(digest(100 + i)))
                                        .toList());
            }
            assertThat(all().images()).isEmpty();
            assertThat(all().blobs()).isEmpty();
        }
        assertThat(files()).isEqualTo(1);
    }

    @Test
    void manyAtOnceHaveAFileEachAndNoMoreThanSomeStayOpen() throws IOException {
        for (int round = 0; round < 2; round++) {
            List<Hold> holds = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Hold hold = store.hold();
                hold.addImage(digest(i));
                holds.add(hold);
            }
            assertThat(all().images()).containsExactlyInAnyOrderElementsOf(digests(200));
            assertThat(files()).isEqualTo(200);
            for (Hold hold : holds) {
                hold.close();
            }
            assertThat(all().images()).isEmpty();
        }
    }

    @Test
    void aFileThatBecameLongIsCutToNothing() throws IOException {
        try (Hold hold = store.hold()) {
            hold.addBlobs(digests(1000));
            assertThat(all().blobs()).hasSize(1000);
        }
        try (Stream<Path> found = Files.walk(paths.holds())) {
            assertThat(found.filter(file -> file.toString().endsWith(Hold.SUFFIX))
                            .findFirst())
                    .hasValueSatisfying(file -> assertThat(file).isEmptyFile());
        }
        try (Hold hold = store.hold()) {
            hold.addImage(digest(1));
            assertThat(all().images()).containsExactly(digest(1));
            assertThat(all().blobs()).isEmpty();
        }
    }

    @Test
    void whatWasDeletedWithTheStoreIsGivenFreeAllTheSame() throws IOException {
        List<Hold> holds = new ArrayList<>();
        for (int i = 0; i < 70; i++) { // the last of them are not open
            Hold hold = store.hold();
            hold.addImage(digest(i));
            holds.add(hold);
        }
        Durable.deleteTree(paths.holds());
        for (Hold hold : holds) {
            hold.close();
        }
        assertThat(paths.holds()).doesNotExist();
    }

    @Test
    void theFilesGoWithTheLastUseOfTheStore() throws IOException {
        Hold hold = store.hold();
        hold.addImage(digest(1));
        hold.close();
        store.close();
        locks.close();
        assertThat(files()).isZero();
        open();
    }
}
