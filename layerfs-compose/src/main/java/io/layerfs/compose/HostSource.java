package io.layerfs.compose;

import io.layerfs.Changeset;
import io.layerfs.Entry;
import io.layerfs.LayerPath;
import io.layerfs.host.HostDirectory;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;

/**
 * Files of the host that are to be copied. Of a file there is its name, its type, its bytes, and whether its owner may
 * execute it; nothing else of the host, so that the same sources give the same layer for everybody.
 */
final class HostSource {

    private static final int OWNER_EXECUTES = 0100;

    private HostSource() {}

    /** Plans the copy of a file, or of what is in a directory. */
    static void copy(Path source, String target, Plan out) throws IOException {
        if (Files.isDirectory(source)) {
            Changeset files = HostDirectory.read(source, 0, 0);
            out.directory(target);
            files.walk((path, entry) -> copy(source, path, entry, target + "/" + path, out));
        } else if (Files.isRegularFile(source)) {
            String path = target.endsWith("/")
                    ? target + Objects.requireNonNull(source.getFileName(), "a file has a name")
                    : target;
            out.file(path, isExecutable(source), Bytes.of(source));
        } else if (Files.exists(source)) {
            throw new FileSystemException(source.toString(), null, "is to be copied, and is no file or directory");
        } else {
            throw new NoSuchFileException(source.toString(), null, "is to be copied, and is not there");
        }
    }

    private static void copy(Path source, LayerPath path, Entry entry, String target, Plan out) throws IOException {
        if (entry instanceof Entry.Directory) {
            out.directory(target);
        } else if (entry instanceof Entry.RegularFile file) {
            boolean executable = (file.attributes().mode() & OWNER_EXECUTES) != 0;
            out.file(target, executable, Bytes.of(file.content()));
        } else if (entry instanceof Entry.Symlink link) {
            out.symlink(target, link.target());
        } else {
            throw new FileSystemException(
                    source + "/" + path, null, "a device, pipe or socket, which a composition does not copy");
        }
    }

    private static boolean isExecutable(Path file) throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_EXECUTE);
    }
}
