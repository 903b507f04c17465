package io.layerfs.overlay.linux;

import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Error numbers of Linux (errno(3)), and the exceptions that {@code java.nio.file} has for them. */
public final class Errno {

    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EAGAIN = 11;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int EINVAL = 22;
    public static final int ENOSYS = 38;
    public static final int ENOTEMPTY = 39;
    public static final int ENODATA = 61;
    public static final int EOPNOTSUPP = 95;
    private static final int ESTALE = 116;

    private Errno() {}

    /** Whether a failure is that of a file handle which leads to nothing, or to something else: its words are all that tells. */
    public static boolean isStale(FileSystemException failure) {
        return String.valueOf(failure.getMessage()).contains(Linux.strerror(ESTALE));
    }

    /**
     * What is thrown for a call that failed.
     *
     * @param call its name
     * @param path what it was about
     */
    public static FileSystemException exception(int errno, String call, String path) {
        String reason = call + ": " + Linux.strerror(errno);
        return switch (errno) {
            case ENOENT -> new NoSuchFileException(path, null, reason);
            case EEXIST -> new FileAlreadyExistsException(path, null, reason);
            case ENOTEMPTY -> new DirectoryNotEmptyException(path);
            case EPERM, EACCES -> new AccessDeniedException(path, null, reason);
            default -> new FileSystemException(path, null, reason);
        };
    }
}
