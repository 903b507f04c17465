package io.layerfs.vfs;

import io.layerfs.FileType;
import java.nio.file.attribute.FileAttribute;

/**
 * What a new file of a writable view is to be, beyond {@code posix:permissions}: with {@link
 * java.nio.file.Files#createFile} these make devices, named pipes and sockets, which are as much as their attributes here.
 *
 * <pre>{@code
 * Files.createFile(path, LayerFileAttributes.mode(FileType.FIFO, 0600));
 * Files.createFile(path, LayerFileAttributes.mode(FileType.CHARACTER_DEVICE, 0666), LayerFileAttributes.device(1, 3));
 * }</pre>
 */
public final class LayerFileAttributes {

    private LayerFileAttributes() {}

    /**
     * The attribute {@code unix:mode}: the type of the file, and its permissions, of which no umask is taken.
     *
     * @param permissions with setuid, setgid and sticky: 0 to 07777
     */
    public static FileAttribute<Integer> mode(FileType type, int permissions) {
        if ((permissions & ~07777) != 0) {
            throw new IllegalArgumentException(
                    String.format("permissions of %o, which are more than 7777", permissions));
        }
        return new Initial<>(InitialMode.MODE, type.bits() | permissions);
    }

    /** The attribute {@code unix:rdev}: the numbers of a device, unsigned; of other files they mean nothing. */
    public static FileAttribute<Long> device(int major, int minor) {
        return new Initial<>(InitialMode.DEVICE, DeviceNumber.of(major, minor));
    }

    private record Initial<T>(String name, T value) implements FileAttribute<T> {}
}
