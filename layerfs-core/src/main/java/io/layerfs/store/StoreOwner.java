package io.layerfs.store;

import io.layerfs.blob.FileOwner;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Who can change what is in a store, and so decides what it shows and where its writers are led by links: its owner, root, and
 * where this process is root for somebody, by sudo, that user. A store of anybody else is refused, as git refuses such a
 * repository. Nothing is said of file systems and machines that do not tell owners by numbers.
 */
final class StoreOwner {

    private static final int ROOT = 0;

    private StoreOwner() {}

    /** Refuses the store in {@code directory} where it belongs to somebody else. */
    static void require(Path directory) throws IOException {
        Integer owner = owner(directory);
        if (owner == null || owner == ROOT) {
            return;
        }
        Integer self = FileOwner.self();
        if (self == null || owner.equals(self)) {
            return;
        }
        if (self == ROOT && Integer.toUnsignedString(owner).equals(System.getenv("SUDO_UID"))) {
            return;
        }
        String number = Integer.toUnsignedString(owner);
        throw new FileSystemException(
                directory.toString(),
                null,
                "the store belongs to user " + number + ", and this process is of user "
                        + Integer.toUnsignedString(self) + ": use it as user " + number
                        + (self == ROOT ? ", by sudo from there, or with SUDO_UID=" + number : ""));
    }

    /** Who besides its owner can write into the store in {@code directory}; null for nobody that is known. */
    static @Nullable String writers(Path directory) throws IOException {
        Integer mode = number(directory, "unix:mode");
        if (mode == null || (mode & 0022) == 0) {
            return null;
        }
        return (mode & 0002) != 0 ? "everybody" : "group " + number(directory, "unix:gid");
    }

    /** Who owns a file of the store in {@code directory} and is none of those who should; null for nobody. */
    static @Nullable String stranger(Path directory, Path file) throws IOException {
        Integer owner = owner(file);
        if (owner == null || owner == ROOT || owner.equals(owner(directory)) || owner.equals(FileOwner.self())) {
            return null;
        }
        return "user " + Integer.toUnsignedString(owner);
    }

    private static @Nullable Integer owner(Path file) throws IOException {
        return number(file, "unix:uid");
    }

    private static @Nullable Integer number(Path file, String attribute) throws IOException {
        if (file.getFileSystem() != FileSystems.getDefault()
                || !file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return null;
        }
        return (Integer) Files.getAttribute(file, attribute, LinkOption.NOFOLLOW_LINKS);
    }
}
