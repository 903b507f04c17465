package io.layerfs.examples.command;

import io.layerfs.examples.terminal.Text;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An argument of the form {@code NAME:/path}: a path in a writable view or an image.
 *
 * @param path as it was given, from the slash on
 */
record ViewPath(String name, String path) {

    /** What an argument spells; null where it is a path of the host. */
    static @Nullable ViewPath parse(String argument) {
        int colon = argument.indexOf(":/");
        boolean host = colon <= 0 || argument.startsWith("/") || argument.startsWith(".");
        return host ? null : new ViewPath(argument.substring(0, colon), argument.substring(colon + 1));
    }

    Path in(FileSystem files) {
        return files.getPath(Text.parse(path));
    }
}
