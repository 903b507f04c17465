package io.layerfs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.ChangesetBuilder;
import io.layerfs.erofs.DamagedIndexException;
import io.layerfs.erofs.ErofsImage;
import io.layerfs.erofs.ErofsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When an index that is open is used again, and when its file is opened anew. */
class OpenIndexesTest {

    @TempDir
    Path directory;

    private final OpenIndexes indexes = new OpenIndexes();
    private Path file;
    private int opened;

    @BeforeEach
    void makeAnIndex() throws IOException {
        file = directory.resolve("index");
        write(file);
    }

    private static void write(Path file) throws IOException {
        ErofsWriter.writeMerged(new ChangesetBuilder().build(), List.of(), file);
    }

    private ErofsImage get() throws IOException {
        return indexes.get(file, () -> {
            opened++;
            return ErofsImage.open(file, List.of());
        });
    }

    @Test
    void oneIsOpenedOnce() throws IOException {
        ErofsImage first = get();
        assertThat(get()).isSameAs(first);
        assertThat(opened).isEqualTo(1);
    }

    @Test
    void anotherFileInItsPlaceIsAnotherIndex() throws IOException {
        ErofsImage first = get();
        Path other = directory.resolve("other");
        write(other);
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        assertThat(get()).isNotSameAs(first);
        assertThat(opened).isEqualTo(2);
    }

    @Test
    void whatWasWrittenSinceIsLookedAtAgain() throws IOException {
        get();
        byte[] bytes = Files.readAllBytes(file);
        bytes[1024] ^= 1; // of the superblock's magic number
        Files.write(file, bytes);
        assertThatThrownBy(this::get).isInstanceOf(DamagedIndexException.class);
    }

    @Test
    void oneThatIsGoneIsNotUsed() throws IOException {
        get();
        Files.delete(file);
        assertThatThrownBy(this::get).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void oneThatIsForgottenIsOpenedAnew() throws IOException {
        get();
        indexes.clear();
        get();
        assertThat(opened).isEqualTo(2);
    }
}
