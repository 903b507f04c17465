package io.layerfs.upper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The beginning of a scratch file, which is in memory. */
class HeldBlocksTest {

    private static final long FAR = 1L << 40;

    @TempDir
    Path directory;

    private DataArea area;
    private DataFile file;

    @BeforeEach
    void makeArea() {
        area = DataArea.disposable(new ScratchDirectory() {
            @Override
            public Path directory() throws IOException {
                return Files.createDirectories(directory.resolve("scratch"));
            }

            @Override
            public void close() {
                // nothing is open
            }
        });
        file = area.newFile(1);
    }

    private void write(long position, int count) throws IOException {
        byte[] bytes = new byte[count];
        new Random(position).nextBytes(bytes);
        file.write(position, ByteBuffer.wrap(bytes));
    }

    private byte[] read(long position, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        file.read(position, bytes);
        return bytes.array();
    }

    @Test
    void noFileIsMadeUntilThereAreMoreBlocksThanAreHeld() throws IOException {
        byte[] expected = new byte[20_000];
        new Random(FAR + 100).nextBytes(expected);
        write(FAR + 100, expected.length);
        assertThat(read(FAR + 100, expected.length)).isEqualTo(expected);
        assertThat(read(FAR - 100, 200)).containsOnly(0);
        assertThat(directory.resolve("scratch")).doesNotExist();
        assertThat(area.memory()).hasValue(5 * BlockSet.BLOCK);

        write(0, 4 * BlockSet.BLOCK);

        assertThat(directory.resolve("scratch")).isDirectoryContaining("glob:**/1");
        assertThat(area.memory()).hasValue(0);
        assertThat(read(FAR + 100, expected.length)).isEqualTo(expected);
    }

    @Test
    void whatIsWrittenAtOnceAndTooLargeIsNotHeld() throws IOException {
        write(10, FileData.SMALL);
        assertThat(directory.resolve("scratch")).exists();
        assertThat(area.memory()).hasValue(0);
    }

    @Test
    void whatIsCutOffIsZerosAndItsMemoryGivenBack() throws IOException {
        write(0, 3 * BlockSet.BLOCK);
        file.cut(BlockSet.BLOCK + 10);
        assertThat(area.memory()).hasValue(2 * BlockSet.BLOCK);
        assertThat(read(BlockSet.BLOCK + 10, 2 * BlockSet.BLOCK)).containsOnly(0);
        assertThat(read(BlockSet.BLOCK, 10)).doesNotContain(0);
        file.cut(BlockSet.BLOCK);
        assertThat(area.memory()).hasValue(BlockSet.BLOCK);
    }

    @Test
    void deletionGivesTheMemoryBackAndSearchesNoFile() throws IOException {
        write(0, 100);
        file.delete();
        file.delete();
        assertThat(area.memory()).hasValue(0);
        assertThat(directory.resolve("scratch")).doesNotExist();
    }

    @Test
    void deletionAfterTheEndMakesNothing() throws IOException {
        write(0, FileData.SMALL + 1);
        Path scratch = directory.resolve("scratch");
        Files.delete(scratch.resolve("1"));
        Files.delete(scratch);
        file.delete(); // as the garbage collector may, when the view is closed
        assertThat(scratch).doesNotExist();
    }

    @Test
    void whereThereIsNoMemoryAFileIsMade() throws IOException {
        area.memory().set(Long.MAX_VALUE / 2);
        write(0, 1);
        assertThat(directory.resolve("scratch")).exists();
    }
}
