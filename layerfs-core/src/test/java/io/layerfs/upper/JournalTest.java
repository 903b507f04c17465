package io.layerfs.upper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records come back whole and in order, or not at all, wherever a journal was cut or damaged. */
class JournalTest {

    private static final int MAGIC = 16;
    private static final int HEADER = 8;

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("journal");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> read(Path file) throws IOException {
        List<String> records = new ArrayList<>();
        Journal.read(file, record -> records.add(new String(record, StandardCharsets.UTF_8)));
        return records;
    }

    private void write(String... records) throws IOException {
        try (Journal journal = Journal.create(file(), to -> to.read(bytes(records[0])))) {
            for (String record : Arrays.asList(records).subList(1, records.length)) {
                journal.append(bytes(record));
            }
        }
    }

    @Test
    void recordsComeBackInOrder() throws IOException {
        write("one", "two", "\0");
        assertThat(read(file())).containsExactly("one", "two", "\0");
        List<String> again = new ArrayList<>();
        try (Journal journal = Journal.open(file(), record -> again.add(new String(record, StandardCharsets.UTF_8)))) {
            journal.append(bytes("three"));
            journal.force();
        }
        assertThat(again).containsExactly("one", "two", "\0");
        assertThat(read(file())).containsExactly("one", "two", "\0", "three");
        assertThat(directory.resolve("journal.torn")).doesNotExist();
    }

    @Test
    void whereverItIsCutWhatIsWholeIsThereAndMoreCanBeAdded() throws IOException {
        List<String> records = List.of("first", "second", "3");
        write(records.toArray(new String[0]));
        byte[] whole = Files.readAllBytes(file());
        int end = MAGIC;
        int sound = 0;
        for (int length = MAGIC; length <= whole.length; length++) {
            if (sound < records.size()
                    && length == end + HEADER + records.get(sound).length()) {
                end = length;
                sound++;
            }
            Files.write(file(), Arrays.copyOf(whole, length));
            Files.deleteIfExists(directory.resolve("journal.torn"));
            List<String> kept = new ArrayList<>(records.subList(0, sound));
            assertThat(read(file())).as("cut at %d", length).isEqualTo(kept);
            try (Journal journal = Journal.open(file(), record -> {})) {
                journal.append(bytes("more"));
            }
            kept.add("more");
            assertThat(read(file())).as("cut at %d", length).isEqualTo(kept);
            if (length > end) {
                assertThat(directory.resolve("journal.torn")).hasBinaryContent(Arrays.copyOfRange(whole, end, length));
            } else {
                assertThat(directory.resolve("journal.torn")).doesNotExist();
            }
        }
        assertThat(sound).isEqualTo(records.size());
    }

    @Test
    void aFlippedBitEndsItBeforeItsRecord() throws IOException {
        List<String> records = List.of("first", "second", "3");
        write(records.toArray(new String[0]));
        byte[] whole = Files.readAllBytes(file());
        int end = MAGIC;
        for (int record = 0; record < records.size(); record++) {
            int next = end + HEADER + records.get(record).length();
            for (int at = end; at < next; at++) {
                byte[] flipped = whole.clone();
                flipped[at] ^= (byte) 0x80;
                Files.write(file(), flipped);
                assertThat(read(file())).as("byte %d", at).isEqualTo(records.subList(0, record));
            }
            end = next;
        }
    }

    @Test
    void whatIsNoJournalIsRefusedAndLeftAlone() throws IOException {
        for (String text : new String[] {"", "layerfs view 1\n", "layerfs view 2\n\0", "something else altogether"}) {
            Files.writeString(file(), text);
            assertThatThrownBy(() -> Journal.open(file(), record -> {}))
                    .isExactlyInstanceOf(FileSystemException.class)
                    .hasMessage(file() + ": not the journal of a writable view, version 1");
            assertThat(file()).hasContent(text);
        }
    }

    @Test
    void aReaderThatFailsLeavesItAsItIs() throws IOException {
        write("one", "two");
        byte[] whole = Files.readAllBytes(file());
        assertThatThrownBy(() -> Journal.open(file(), record -> {
                    throw new IOException("not this one");
                }))
                .hasMessage("not this one");
        assertThat(file()).hasBinaryContent(whole);
    }

    /** A power failure may leave a file its size and not its bytes; no bytes have the checksum 0. */
    @Test
    void zerosAreNoRecordAndWhatIsBehindThemNeitherCounts() throws IOException {
        write("first", "second");
        byte[] whole = Files.readAllBytes(file());
        Arrays.fill(whole, MAGIC + HEADER + 5, MAGIC + HEADER + 5 + HEADER, (byte) 0);
        Files.write(file(), whole);
        assertThat(read(file())).containsExactly("first");
        Files.write(file(), Arrays.copyOf(whole, MAGIC + HEADER + 5 + 3 * HEADER));
        Journal.open(file(), record -> {}).close();
        assertThat(Files.size(file())).isEqualTo(MAGIC + HEADER + 5);
    }

    @Test
    void itIsLongFromAMebibyteAndFourTimesWhatItWasWhenItWasWrittenAnew() throws IOException {
        byte[] quarter = new byte[(1 << 18) - HEADER];
        try (Journal journal = Journal.create(file(), to -> {})) {
            for (int i = 0; i < 3; i++) {
                journal.append(quarter);
                assertThat(journal.isLong()).isFalse();
            }
            journal.append(new byte[quarter.length - MAGIC]);
            assertThat(Files.size(file())).isEqualTo(1 << 20);
            assertThat(journal.isLong()).isFalse();
            journal.append(new byte[0]);
            assertThat(journal.isLong()).isTrue();
            journal.rewrite(to -> to.read(quarter));
            assertThat(journal.isLong()).isFalse();
            for (int i = 0; i < 3; i++) {
                journal.append(quarter);
            }
            assertThat(journal.isLong()).isFalse();
            journal.append(quarter);
            assertThat(journal.isLong()).isTrue();
        }
    }

    @Test
    void aRewriteThatFailsLeavesTheRecordsThatThereAre() throws IOException {
        write("one");
        try (Journal journal = Journal.open(file(), record -> {})) {
            assertThatThrownBy(() -> journal.rewrite(to -> {
                        to.read(bytes("half"));
                        throw new IOException("no more");
                    }))
                    .hasMessage("no more");
            journal.append(bytes("two"));
            assertThat(read(file())).containsExactly("one", "two");
            journal.rewrite(to -> to.read(bytes("all")));
            journal.append(bytes("three"));
        }
        assertThat(read(file())).containsExactly("all", "three");
    }
}
