package io.layerfs.upper;

import io.layerfs.FileType;
import io.layerfs.Utf8;
import io.layerfs.Xattrs;
import io.layerfs.tar.LayerLimits;
import java.nio.file.FileSystemException;
import java.util.List;

/** Which extended attributes Linux lets a file have (xattr(7)). */
final class XattrRules {

    private static final int MAX_NAME = 255;
    private static final int MAX_VALUE = 64 << 10;
    private static final String USER = "user.";
    private static final List<String> NAMESPACES = List.of(USER, "trusted.", "security.", "system.");

    private XattrRules() {}

    static void check(FileType type, String name, int size) throws FileSystemException {
        int length = Utf8.encode(name).length;
        if (length == 0 || length > MAX_NAME) {
            throw failure("Numerical result out of range");
        }
        String namespace =
                NAMESPACES.stream().filter(name::startsWith).findFirst().orElse("");
        if (namespace.isEmpty()) {
            throw failure("Operation not supported");
        }
        if (name.length() == namespace.length()) {
            throw failure("Invalid argument");
        }
        if (namespace.equals(USER) && type != FileType.REGULAR && type != FileType.DIRECTORY) {
            throw failure("Operation not permitted");
        }
        if (size > MAX_VALUE) {
            throw failure("Argument list too long");
        }
        if (name.indexOf('=') >= 0 || name.indexOf(0) >= 0) {
            throw failure("Invalid argument: a layer's tar has no form for '=' or NUL in the name of an attribute");
        }
    }

    /** Refuses more than a layer can hold for one file, as file systems do that have no room: ENOSPC. */
    static void requireRoom(Xattrs xattrs, int size) throws FileSystemException {
        if (size > LayerLimits.XATTR_VALUE || LayerLimits.size(xattrs) > LayerLimits.XATTRS) {
            throw failure("No space left on device");
        }
    }

    static FileSystemException failure(String reason) {
        return new FileSystemException(null, null, reason);
    }
}
