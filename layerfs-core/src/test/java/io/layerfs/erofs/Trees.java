package io.layerfs.erofs;

import io.layerfs.Changeset;
import io.layerfs.Content;
import io.layerfs.Digest;
import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.Stat;
import io.layerfs.View;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Trees as lines of text, whether they are changesets or views, so that two can be compared. */
final class Trees {

    private Trees() {}

    /** Compares line by line, since the whole of two trees is too much to look at. */
    static void assertSame(String what, List<String> actual, List<String> expected) {
        for (int i = 0; i < Math.min(actual.size(), expected.size()); i++) {
            if (!actual.get(i).equals(expected.get(i))) {
                throw new AssertionError(what + ", line " + i + ":\n" + actual.get(i) + "\nnot\n" + expected.get(i));
            }
        }
        if (actual.size() != expected.size()) {
            throw new AssertionError(what + ": " + actual.size() + " lines, not " + expected.size());
        }
    }

    static List<String> lines(Changeset changes) throws IOException {
        Map<Long, Integer> numbers = new HashMap<>();
        List<String> lines = new ArrayList<>();
        changes.walk((path, entry) -> lines.add(path + " " + describe(entry, numbers)));
        return lines;
    }

    private static String describe(Entry entry, Map<Long, Integer> numbers) throws IOException {
        if (entry instanceof Entry.Directory d) {
            return "dir " + d.attributes() + (d.opaque() ? " opaque" : "") + (d.implicit() ? " implicit" : "");
        }
        if (!(entry instanceof Entry.File file)) {
            return entry.toString();
        }
        int number = numbers.computeIfAbsent(file.inode(), i -> numbers.size());
        String what = file.type() + " #" + number + " " + file.attributes() + " ";
        if (file instanceof Entry.RegularFile regular) {
            return what + content(regular.content());
        }
        if (file instanceof Entry.Symlink link) {
            return what + link.target();
        }
        return what + ((Entry.Special) file).major() + "," + ((Entry.Special) file).minor();
    }

    static String content(Content content) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) content.size());
        while (bytes.hasRemaining() && content.read(bytes.position(), bytes) >= 0) {}
        return content.size() + " " + Digest.sha256(bytes.array()).encoded();
    }

    static List<String> lines(View view) throws IOException {
        Map<Long, Integer> numbers = new HashMap<>();
        List<String> lines = new ArrayList<>();
        walk(view, view.root(), ".", numbers, lines);
        return lines;
    }

    private static void walk(View view, long inode, String path, Map<Long, Integer> numbers, List<String> lines)
            throws IOException {
        Stat stat = view.stat(inode);
        io.layerfs.Attributes attributes =
                new io.layerfs.Attributes(stat.mode(), stat.uid(), stat.gid(), stat.mtime(), view.xattrs(inode));
        if (stat.type() != FileType.DIRECTORY) {
            int number = numbers.computeIfAbsent(inode, i -> numbers.size());
            String what = stat.type() + " #" + number + " " + attributes + " ";
            lines.add(path + " " + what
                    + switch (stat.type()) {
                        case REGULAR -> content(view.content(inode));
                        case SYMLINK -> view.readSymlink(inode);
                        default -> stat.major() + "," + stat.minor();
                    });
            return;
        }
        lines.add(path + " dir " + attributes);
        for (var i = view.list(inode); i.hasNext(); ) {
            View.Dirent entry = i.next();
            if (view.lookup(inode, entry.name()) != entry.inode() || view.type(entry.inode()) != entry.type()) {
                throw new AssertionError("lookup of " + entry + " in " + path);
            }
            if (entry.type() == FileType.DIRECTORY && view.parent(entry.inode()) != inode) {
                throw new AssertionError("parent of " + entry + " in " + path);
            }
            String below = path.equals(".") ? entry.name().toString() : path + "/" + entry.name();
            walk(view, entry.inode(), below, numbers, lines);
        }
        if (view.lookup(inode, Name.of("no such name")) != View.ABSENT) {
            throw new AssertionError("a name that is not in " + path);
        }
    }
}
