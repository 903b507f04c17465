package io.layerfs.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.layerfs.FileType;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices, pipes and sockets are made as files are, and are as much as their attributes. */
class SpecialFilesTest {

    private static final int S_IFMT = FileType.MASK;

    private static void fill(Path root) throws IOException {
        Files.writeString(root.resolve("f"), "content");
    }

    private static Path make(Path path, FileType type, int mode, int major, int minor) throws IOException {
        return Files.createFile(path, LayerFileAttributes.mode(type, mode), LayerFileAttributes.device(major, minor));
    }

    @Test
    void eachKindCanBeMade(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, SpecialFilesTest::fill)) {
            for (FileType type :
                    new FileType[] {FileType.CHARACTER_DEVICE, FileType.BLOCK_DEVICE, FileType.FIFO, FileType.SOCKET}) {
                Path path = make(twin.root().resolve(type.name()), type, 04666, 259, 70_000);
                int mode = (Integer) Files.getAttribute(path, "unix:mode");
                assertThat(mode & S_IFMT).isEqualTo(type.bits());
                assertThat(mode & 07777).isEqualTo(04666);
                assertThat(Files.readAttributes(path, BasicFileAttributes.class).isOther())
                        .isTrue();
                long device = (Long) Files.getAttribute(path, "unix:rdev");
                assertThat(device)
                        .isEqualTo(type.isDevice() ? (259L << 8) | (70_000 & 0xff) | ((70_000L >> 8) << 20) : 0);
                assertThatExceptionOfType(FileSystemException.class)
                        .isThrownBy(() -> Files.newByteChannel(path))
                        .withMessageContaining("No such device or address");
                assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> Files.createFile(path));
            }
        }
    }

    @Test
    void theyAreCopiedMovedLinkedAndDeleted(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, SpecialFilesTest::fill)) {
            Path device = make(twin.root().resolve("dev"), FileType.CHARACTER_DEVICE, 0600, 1, 3);
            Path copy = Files.copy(device, twin.root().resolve("copy"), StandardCopyOption.COPY_ATTRIBUTES);
            Path moved = Files.move(copy, twin.root().resolve("moved"));
            Path linked = Files.createLink(twin.root().resolve("linked"), moved);
            assertThat(Files.readAttributes(linked, "unix:rdev,mode,nlink"))
                    .containsEntry("rdev", 259L)
                    .containsEntry("mode", FileType.CHARACTER_DEVICE.bits() | 0600)
                    .containsEntry("nlink", 2);
            Files.delete(moved);
            Files.delete(linked);
            Files.delete(device);
            assertThat(WritableTwin.tree(twin.root())).isEqualTo(WritableTwin.tree(twin.host()));
        }
    }

    @Test
    void aModeOfAnOrdinaryFileIsNotMasked(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, SpecialFilesTest::fill)) {
            Path file = Files.createFile(twin.root().resolve("new"), LayerFileAttributes.mode(FileType.REGULAR, 06777));
            assertThat(Files.getAttribute(file, "unix:mode")).isEqualTo(0106777);
            Path made = Files.createDirectory(
                    twin.root().resolve("d"), LayerFileAttributes.mode(FileType.DIRECTORY, 01777));
            assertThat(Files.getAttribute(made, "unix:mode")).isEqualTo(0041777);
        }
    }

    @Test
    void whatIsMadeInAnotherWayIsRefused(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, SpecialFilesTest::fill)) {
            Path path = twin.root().resolve("new");
            for (FileType type : new FileType[] {FileType.DIRECTORY, FileType.SYMLINK}) {
                assertThatExceptionOfType(UnsupportedOperationException.class)
                        .isThrownBy(() -> Files.createFile(path, LayerFileAttributes.mode(type, 0)));
            }
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> Files.createDirectory(path, LayerFileAttributes.mode(FileType.FIFO, 0)));
            assertThat(path).doesNotExist();
        }
    }
}
