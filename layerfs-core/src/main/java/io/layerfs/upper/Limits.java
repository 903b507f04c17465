package io.layerfs.upper;

import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.Utf8;
import io.layerfs.tar.LayerLimits;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * What a view refuses, with the failure that Linux has for it: what passes a limit of Linux, and what no layer can hold. Hence
 * what a view holds can be committed.
 */
final class Limits {

    private Limits() {}

    /** ENAMETOOLONG. */
    static void requireLength(Name name) throws IOException {
        if (name.length() > LayerLimits.NAME) {
            throw Errors.of(name, "File name too long");
        }
    }

    /** A name like that of a whiteout would remove something in a layer; aufs says EPERM, too. */
    static void requirePossible(Name name) throws IOException {
        if (!LayerLimits.isPossible(name)) {
            throw Errors.of(name, "Operation not permitted: in a layer such a name removes another one");
        }
    }

    /** symlink(2). */
    static void requireTarget(Name name, String target) throws IOException {
        int length = Utf8.encode(target).length;
        if (length == 0) {
            throw new NoSuchFileException(name.toString(), null, "the target of a link cannot be empty");
        }
        if (length > LayerLimits.SYMLINK_TARGET) {
            throw Errors.of(name, "File name too long");
        }
        if (target.indexOf(0) >= 0) {
            throw Errors.invalid(name);
        }
    }

    /** A character device 0:0 is a whiteout to overlayfs, which says EPERM (ovl_mknod). */
    static void requireDevice(Name name, FileType type, int major, int minor) throws IOException {
        if (type == FileType.CHARACTER_DEVICE && major == 0 && minor == 0) {
            throw Errors.of(name, "Operation not permitted");
        }
        if (!LayerLimits.isPossible(type, major, minor)) {
            throw Errors.invalid(name);
        }
    }

    /** The mode of a link cannot be changed: EOPNOTSUPP of fchmodat2(2). */
    static void requireMode(FileType type, @Nullable Name name) throws IOException {
        if (type == FileType.SYMLINK) {
            throw Errors.of(name == null ? Name.of(".") : name, "Operation not supported");
        }
    }
}
