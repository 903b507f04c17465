package io.layerfs.upper;

import io.layerfs.FileType;
import io.layerfs.Utf8;
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
    }

    static FileSystemException failure(String reason) {
        return new FileSystemException(null, null, reason);
    }
}
