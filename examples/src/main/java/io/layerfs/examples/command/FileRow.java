package io.layerfs.examples.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.layerfs.FileType;
import io.layerfs.examples.UnixFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One file as {@code ls} and {@code stat} tell of it.
 *
 * @param name what to call it
 * @param target of a symbolic link, else null
 */
record FileRow(String name, UnixFile file, @Nullable String target) {

    static FileRow read(Path path, String name, LinkOption... options) throws IOException {
        UnixFile file = UnixFile.read(path, options);
        String target =
                file.type() == FileType.SYMLINK ? Files.readSymbolicLink(path).toString() : null;
        return new FileRow(name, file, target);
    }

    /** The size in bytes, or the numbers of a device. */
    String size() {
        return file.type().isDevice() ? file.major() + ", " + file.minor() : Long.toString(file.size());
    }

    /** A time to the second, in UTC, such that lines of a listing align. */
    static String seconds(FileTime time) {
        return time.toInstant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** The kind of file in words: {@code regular file}. */
    static String describe(FileType type) {
        return switch (type) {
            case REGULAR -> "regular file";
            case SYMLINK -> "symbolic link";
            case FIFO -> "named pipe";
            default -> type.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        };
    }

    /** Writes its fields into the JSON object that is open. */
    void writeFields(JsonGenerator json) throws IOException {
        json.writeStringField("name", name);
        json.writeStringField("type", describe(file.type()));
        json.writeStringField("mode", String.format("%04o", file.permissions()));
        json.writeNumberField("uid", Integer.toUnsignedLong(file.uid()));
        json.writeNumberField("gid", Integer.toUnsignedLong(file.gid()));
        json.writeNumberField("size", file.size());
        json.writeStringField("mtime", file.modified().toString());
        json.writeNumberField("links", file.links());
        json.writeNumberField("inode", file.inode());
        if (file.type().isDevice()) {
            json.writeNumberField("major", file.major());
            json.writeNumberField("minor", file.minor());
        }
        if (target != null) {
            json.writeStringField("target", target);
        }
    }
}
