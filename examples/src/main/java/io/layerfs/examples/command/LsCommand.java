package io.layerfs.examples.command;

import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.examples.terminal.Columns;
import io.layerfs.examples.terminal.Json;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code layerfs ls}. */
@Command(
        name = "ls",
        header = "List a directory of an image.",
        description = {
            "Every name, hidden ones too, in the order of their bytes. A file that is no directory is listed itself;"
                    + " a symbolic link to a directory stands for that directory.",
            "Control characters and bytes that are not UTF-8 (under a locale that is not UTF-8: not ASCII) are shown as"
                    + " \\xNN, a backslash as \\x5c; paths are read in the same form."
        },
        footer = "%nExamples:%n  layerfs ls -l app:1 /etc%n  layerfs ls app:1 '/app/lib/bad\\xffutf8'")
final class LsCommand extends FileCommand {

    @Option(names = "-l", description = "Also type, permissions, links, owner, size and time (UTC).")
    private boolean isLong;

    @Option(names = "-R", description = "Also the directories below, each under its path.")
    private boolean isRecursive;

    @Mixin
    private final JsonOption output = new JsonOption();

    @Override
    int run(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            print(List.of(FileRow.read(path, path.toString(), LinkOption.NOFOLLOW_LINKS)));
        } else if (isRecursive) {
            recurse(path);
        } else {
            print(rows(path, ""));
        }
        return ExitCode.OK;
    }

    private void recurse(Path top) throws IOException {
        if (output.json()) {
            List<FileRow> all = new ArrayList<>();
            collect(top, "", all);
            print(all);
        } else {
            section(top);
        }
    }

    private void collect(Path directory, String prefix, List<FileRow> all) throws IOException {
        for (FileRow row : rows(directory, prefix)) {
            all.add(row);
            if (row.file().type() == FileType.DIRECTORY) {
                collect(directory.resolve(lastName(row)), row.name() + "/", all);
            }
        }
    }

    private void section(Path directory) throws IOException {
        terminal().println(terminal().show(directory.toString()) + ":");
        List<FileRow> rows = rows(directory, "");
        print(rows);
        for (FileRow row : rows) {
            if (row.file().type() == FileType.DIRECTORY) {
                terminal().println("");
                section(directory.resolve(row.name()));
            }
        }
    }

    private static String lastName(FileRow row) {
        return row.name().substring(row.name().lastIndexOf('/') + 1);
    }

    private static List<FileRow> rows(Path directory, String prefix) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(child -> children.add(child.getFileName()));
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        children.sort(Comparator.comparing(child -> Name.of(child.toString())));
        List<FileRow> rows = new ArrayList<>();
        for (Path child : children) {
            rows.add(FileRow.read(directory.resolve(child), prefix + child, LinkOption.NOFOLLOW_LINKS));
        }
        return rows;
    }

    private void print(List<FileRow> rows) throws IOException {
        if (output.json()) {
            Json.print(terminal(), json -> {
                json.writeStartArray();
                for (FileRow row : rows) {
                    json.writeStartObject();
                    row.writeFields(json);
                    json.writeEndObject();
                }
                json.writeEndArray();
            });
        } else if (isLong) {
            printLong(rows);
        } else {
            for (FileRow row : rows) {
                terminal().println(terminal().show(row.name()));
            }
        }
    }

    private void printLong(List<FileRow> rows) throws IOException {
        Columns columns = new Columns("lrrrrll");
        for (FileRow row : rows) {
            columns.add(
                    row.file().symbolicMode(),
                    Integer.toString(row.file().links()),
                    Integer.toUnsignedString(row.file().uid()),
                    Integer.toUnsignedString(row.file().gid()),
                    row.size(),
                    FileRow.seconds(row.file().modified()),
                    terminal().show(row.name())
                            + (row.target() == null ? "" : " -> " + terminal().show(row.target())));
        }
        columns.print(terminal());
    }
}
