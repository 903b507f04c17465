package io.layerfs.examples.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.layerfs.examples.UnixFile;
import io.layerfs.examples.terminal.Columns;
import io.layerfs.examples.terminal.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code layerfs stat}. */
@Command(
        name = "stat",
        header = "Tell everything of a file of an image but what it holds.",
        description = {
            "Type, permissions, owner, times, links, and the extended attributes of every namespace, in hex.",
            "Of a symbolic link the link itself, as stat(1) does."
        },
        footer = "%nExample:%n  layerfs stat --json app:1 /bin/ping")
final class StatCommand extends FileCommand {

    @Option(names = "-L", description = "Of a symbolic link, the file it leads to.")
    private boolean follow;

    @Mixin
    private final JsonOption output = new JsonOption();

    @Override
    int run(Path path) throws IOException {
        LinkOption[] options = follow ? new LinkOption[0] : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
        FileRow row = FileRow.read(path, path.toString(), options);
        Map<String, Object> xattrs = new TreeMap<>(Files.readAttributes(path, "xattr:*", options));
        if (output.json()) {
            Json.print(terminal(), json -> write(json, row, xattrs));
        } else {
            print(row, xattrs);
        }
        return ExitCode.OK;
    }

    private void print(FileRow row, Map<String, Object> xattrs) throws IOException {
        UnixFile file = row.file();
        Columns columns = new Columns("ll");
        columns.add("path", terminal().show(row.name()));
        columns.add("type", FileRow.describe(file.type()));
        if (row.target() != null) {
            columns.add("target", terminal().show(row.target()));
        }
        columns.add(file.type().isDevice() ? "device" : "size", row.size());
        columns.add("mode", String.format("%04o  %s", file.permissions(), file.symbolicMode()));
        columns.add("uid:gid", file.owner());
        columns.add("modified", file.modified().toString());
        columns.add("changed", file.changed().toString());
        columns.add("links", Integer.toString(file.links()));
        columns.add("inode", Long.toString(file.inode()));
        xattrs.forEach((name, value) -> columns.add(
                "xattr", terminal().show(name) + "=" + HexFormat.of().formatHex((byte[]) value)));
        columns.print(terminal());
    }

    private static void write(JsonGenerator json, FileRow row, Map<String, Object> xattrs) throws IOException {
        json.writeStartObject();
        row.writeFields(json);
        json.writeStringField("ctime", row.file().changed().toString());
        json.writeObjectFieldStart("xattrs");
        for (Map.Entry<String, Object> xattr : xattrs.entrySet()) {
            json.writeStringField(xattr.getKey(), HexFormat.of().formatHex((byte[]) xattr.getValue()));
        }
        json.writeEndObject();
        json.writeEndObject();
    }
}
