package io.layerfs.union;

import io.layerfs.Changeset;
import io.layerfs.Content;
import io.layerfs.Entry;
import io.layerfs.blob.Blob;
import io.layerfs.memory.MemoryDirectory;
import io.layerfs.tar.LayerTarReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Layers and trees as short text. A layer is a tar whose entries are, in order: {@code a/} a directory, {@code a=text} a
 * file, {@code a->b} a symlink, {@code a=>b} a hard link; {@code 0700 a/} sets the mode. A tree is the same, sorted.
 */
final class Layers {

    private Layers() {}

    static Changeset layer(Path directory, String... entries) throws IOException {
        byte[] tar = tar(entries);
        Path file = Files.write(Files.createTempFile(directory, "layer", ".tar"), tar);
        return LayerTarReader.read(new ByteArrayInputStream(tar), Blob.at(file));
    }

    static byte[] tar(String... entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, 512, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (String entry : entries) {
                put(tar, entry);
            }
        }
        return bytes.toByteArray();
    }

    private static void put(TarArchiveOutputStream tar, String spec) throws IOException {
        String text = spec.matches("[0-7]{4} .*") ? spec.substring(5) : spec;
        String[] parts = text.split("=>|->|=", 2);
        byte type = text.contains("=>")
                ? TarConstants.LF_LINK
                : text.contains("->")
                        ? TarConstants.LF_SYMLINK
                        : text.endsWith("/") ? TarConstants.LF_DIR : TarConstants.LF_NORMAL;
        TarArchiveEntry entry = new TarArchiveEntry(parts[0], type, true);
        byte[] data = new byte[0];
        if (type == TarConstants.LF_NORMAL) {
            data = parts.length > 1 ? parts[1].getBytes(StandardCharsets.UTF_8) : data;
        } else if (type != TarConstants.LF_DIR) {
            entry.setLinkName(parts[1]);
        }
        entry.setSize(data.length);
        entry.setModTime(0);
        entry.setMode(text.length() == spec.length() ? usualMode(type) : mode(spec));
        tar.putArchiveEntry(entry);
        tar.write(data);
        tar.closeArchiveEntry();
    }

    private static int mode(String spec) {
        return Integer.parseInt(spec.substring(0, 4), 8);
    }

    /** The same tree in memory, its files numbered anew. */
    static Changeset copy(Changeset view) throws IOException {
        MemoryDirectory root = MemoryDirectory.of(view.root().attributes());
        Map<Long, Long> numbers = new LinkedHashMap<>();
        view.walk((path, entry) -> {
            if (path.depth() == 0) {
                return;
            }
            if (entry instanceof Entry.Directory directory) {
                root.put(path, MemoryDirectory.of(directory.attributes()));
                return;
            }
            long inode = ((Entry.File) entry).inode();
            long number = numbers.computeIfAbsent(inode, i -> (long) numbers.size());
            root.put(
                    path,
                    entry instanceof Entry.Symlink link
                            ? new Entry.Symlink(link.attributes(), number, link.target())
                            : new Entry.RegularFile(
                                    ((Entry.File) entry).attributes(), number, ((Entry.RegularFile) entry).content()));
        });
        return root.toChangeset();
    }

    private static int usualMode(byte type) {
        return switch (type) {
            case TarConstants.LF_DIR -> 0755;
            case TarConstants.LF_SYMLINK -> 0777;
            default -> 0644;
        };
    }

    /** What is seen: modes other than 0755 and 0644 shown; the later names of a file as hard links to its first. */
    static List<String> tree(Changeset view) throws IOException {
        List<String> lines = new ArrayList<>();
        Map<Long, String> firstNames = new LinkedHashMap<>();
        view.walk((path, entry) -> {
            if (path.depth() > 0 || mode((Entry.Node) entry) != 0755) {
                lines.add(line(path.toString(), entry, firstNames));
            }
        });
        return lines;
    }

    static String line(String path, Entry entry, Map<Long, String> firstNames) throws IOException {
        Entry.Node node = (Entry.Node) entry;
        if (node instanceof Entry.Directory) {
            return (mode(node) == 0755 ? "" : String.format("%04o ", mode(node))) + path + "/";
        }
        boolean usual = mode(node) == (node instanceof Entry.Symlink ? 0777 : 0644);
        String prefix = usual ? "" : String.format("%04o ", mode(node));
        String first = firstNames.putIfAbsent(((Entry.File) node).inode(), path);
        if (first != null) {
            return prefix + path + "=>" + first;
        }
        if (node instanceof Entry.Symlink link) {
            return prefix + path + "->" + link.target();
        }
        return prefix + path + "=" + text(((Entry.RegularFile) node).content());
    }

    private static int mode(Entry.Node node) {
        return node.attributes().mode();
    }

    private static String text(Content content) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) content.size());
        content.read(0, buffer);
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }
}
