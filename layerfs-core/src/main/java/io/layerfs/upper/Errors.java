package io.layerfs.upper;

import io.layerfs.Name;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Failures by the names that Linux has for them. A view knows no paths: the subject is a name, or nothing. */
final class Errors {

    private Errors() {}

    static FileSystemException of(Name name, String reason) {
        return new FileSystemException(name.toString(), null, reason);
    }

    /** ENOENT. */
    static NoSuchFileException absent(Name name) {
        return new NoSuchFileException(name.toString());
    }

    /** ENOENT, of an inode that lost its last name. */
    static NoSuchFileException absent(long inode) {
        return new NoSuchFileException("inode " + Long.toUnsignedString(inode));
    }

    /** EINVAL. */
    static FileSystemException invalid(Name name) {
        return of(name, "Invalid argument");
    }

    /** ENOSPC. */
    static FileSystemException noSpace() {
        return new FileSystemException(null, null, "No space left on device");
    }

    /** EFBIG. */
    static FileSystemException tooLarge() {
        return new FileSystemException(null, null, "File too large");
    }

    /** ESTALE. */
    static FileSystemException stale() {
        return new FileSystemException(null, null, "Stale file handle");
    }

    /** A file was asked for what only some other type has. */
    static FileSystemException wrongType(long inode, String reason) {
        return new FileSystemException("inode " + Long.toUnsignedString(inode), null, reason);
    }
}
