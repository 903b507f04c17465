package io.layerfs.vfs;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;

/** A view names what failed by its name alone: here the failure gets the paths that were asked about. */
final class Failures {

    private Failures() {}

    /** Something that a view does. */
    interface Action<T> {
        T run() throws IOException;
    }

    /** Does it, and says of which path it failed. */
    static <T> T at(NioPath path, @Nullable NioPath other, Action<T> action) throws IOException {
        try {
            return action.run();
        } catch (FileSystemException e) {
            throw of(e, path.toString(), other == null ? null : other.toString());
        }
    }

    static FileSystemException of(FileSystemException e, String path, @Nullable String other) {
        FileSystemException failure = translated(e, path, other);
        failure.initCause(e.getCause());
        return failure;
    }

    private static FileSystemException translated(FileSystemException e, String path, @Nullable String other) {
        if (e instanceof NoSuchFileException) {
            return new NoSuchFileException(path, other, e.getReason());
        }
        if (e instanceof FileAlreadyExistsException) {
            return new FileAlreadyExistsException(path, other, e.getReason());
        }
        if (e instanceof DirectoryNotEmptyException) {
            return new DirectoryNotEmptyException(path);
        }
        if (e instanceof NotDirectoryException) {
            return new FileSystemException(path, other, PathWalk.NOT_DIRECTORY);
        }
        return new FileSystemException(path, other, e.getReason());
    }

    static FileSystemException busy(NioPath path, @Nullable NioPath other) {
        return new FileSystemException(
                path.toString(), other == null ? null : other.toString(), "Device or resource busy");
    }
}
