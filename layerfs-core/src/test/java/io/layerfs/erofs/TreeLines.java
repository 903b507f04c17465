package io.layerfs.erofs;

import io.layerfs.Changeset;
import io.layerfs.Content;
import io.layerfs.Digest;
import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.LayerPath;
import io.layerfs.Name;
import io.layerfs.Stat;
import io.layerfs.Utf8;
import io.layerfs.View;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Trees as text, a line for each entry: all that a changeset, a view, and a mount by the kernel (list-tree.py) can have in
 * common. The later names of a file name its first, in the order of the tree.
 */
final class TreeLines {

    /** Files above this are listed without their content. */
    private static final long MAX_CONTENT = 8 << 20;

    private final List<String> lines = new ArrayList<>();
    private final Map<Long, String> firstNames = new HashMap<>();
    private final UnaryOperator<@Nullable String> xattrName;

    private TreeLines(UnaryOperator<@Nullable String> xattrName) {
        this.xattrName = xattrName;
    }

    /** What a view shows. */
    static List<String> of(View view) throws IOException {
        return of(view, name -> name);
    }

    /** What a view shows, with the names of extended attributes changed; those that become null are left out. */
    static List<String> of(View view, UnaryOperator<@Nullable String> xattrName) throws IOException {
        TreeLines lines = new TreeLines(xattrName);
        lines.add(view, LayerPath.ROOT, view.root());
        return lines.lines;
    }

    private void add(View view, LayerPath path, long inode) throws IOException {
        Stat stat = view.stat(inode);
        String special = "";
        if (stat.type() == FileType.REGULAR) {
            special = text(view.content(inode));
        } else if (stat.type() == FileType.SYMLINK) {
            special = printable(view.readSymlink(inode));
        }
        add(path, stat, view.xattrs(inode), special);
        if (stat.type() == FileType.DIRECTORY) {
            for (Iterator<View.Dirent> i = view.list(inode); i.hasNext(); ) {
                View.Dirent entry = i.next();
                if (view.lookup(inode, entry.name()) != entry.inode() || view.type(entry.inode()) != entry.type()) {
                    lines.add("listed otherwise than found: " + path + "/" + entry);
                }
                if (entry.type() == FileType.DIRECTORY && view.parent(entry.inode()) != inode) {
                    lines.add("has another parent: " + path + "/" + entry);
                }
                add(view, path.resolve(entry.name()), entry.inode());
            }
        }
    }

    /** What a changeset says, whiteouts and all. */
    static List<String> of(Changeset changeset) throws IOException {
        TreeLines lines = new TreeLines(name -> name);
        Map<Long, Integer> links = new HashMap<>();
        changeset.walk((path, entry) -> {
            if (entry instanceof Entry.File file) {
                links.merge(file.inode(), 1, Integer::sum);
            }
        });
        changeset.walk((path, entry) -> lines.add(path, entry, links));
        return lines.lines;
    }

    private void add(LayerPath path, Entry entry, Map<Long, Integer> links) throws IOException {
        if (entry instanceof Entry.Whiteout) {
            lines.add(path(path) + " whiteout");
        } else if (entry instanceof Entry.HardLink link) {
            lines.add(path(path) + " link below: " + path(link.target()));
        } else if (entry instanceof Entry.Directory directory) {
            if (directory.opaque() || directory.implicit()) {
                lines.add(
                        path(path) + (directory.opaque() ? " opaque" : "") + (directory.implicit() ? " implicit" : ""));
            }
            int below = 0;
            for (Iterator<Entry.Child> i = directory.children(); i.hasNext(); ) {
                Entry.Child child = i.next();
                below += child.entry() instanceof Entry.Directory ? 1 : 0;
                boolean isFound = directory.child(child.name()) != null;
                if (!isFound) {
                    lines.add("listed but not found: " + path(path.resolve(child.name())));
                }
            }
            add(path, stat(directory, 0, 0, 2 + below), directory.attributes().xattrs(), "");
        } else if (entry instanceof Entry.RegularFile file) {
            long size = file.content().size();
            Stat stat = stat(file, file.inode(), size, links.get(file.inode()));
            add(path, stat, file.attributes().xattrs(), text(file.content()));
        } else if (entry instanceof Entry.Symlink link) {
            Stat stat = stat(link, link.inode(), Utf8.encode(link.target()).length, links.get(link.inode()));
            add(path, stat, link.attributes().xattrs(), printable(link.target()));
        } else if (entry instanceof Entry.Special special) {
            add(
                    path,
                    stat(special, special.inode(), 0, links.get(special.inode())),
                    special.attributes().xattrs(),
                    "");
        }
    }

    private static Stat stat(Entry.Node node, long inode, long size, int links) {
        Instant mtime = node.attributes().mtime();
        long seconds = mtime.getEpochSecond();
        int nanos = mtime.getNano();
        Entry.Special device = node instanceof Entry.Special special ? special : null;
        return new Stat(
                inode,
                node.type(),
                node.attributes().mode(),
                node.attributes().uid(),
                node.attributes().gid(),
                size,
                seconds,
                nanos,
                seconds,
                nanos,
                seconds,
                nanos,
                links,
                device == null ? 0 : device.major(),
                device == null ? 0 : device.minor());
    }

    private void add(LayerPath path, Stat stat, Xattrs xattrs, String special) {
        String name = path(path);
        boolean isDirectory = stat.type() == FileType.DIRECTORY;
        String first = isDirectory ? name : firstNames.computeIfAbsent(stat.inode(), i -> name);
        String device = stat.type().isDevice() ? stat.major() + "," + stat.minor() : "-";
        lines.add(String.join(
                " ",
                name,
                String.format("%o", stat.type().bits() | stat.mode()),
                Integer.toUnsignedString(stat.uid()),
                Integer.toUnsignedString(stat.gid()),
                stat.mtimeSeconds() + "+" + stat.mtimeNanos(),
                "links=" + stat.links(),
                first.equals(name) ? "-" : "as=" + first,
                device,
                isDirectory ? "-" : String.valueOf(stat.size()),
                text(xattrs),
                special));
    }

    private String text(Xattrs xattrs) {
        Map<String, byte[]> named = new TreeMap<>();
        for (String name : xattrs.names()) {
            String shown = xattrName.apply(name);
            if (shown != null) {
                named.put(shown, xattrs.get(name));
            }
        }
        return Xattrs.of(named).toString().replace(" ", "");
    }

    private static String text(Content content) throws IOException {
        if (content.size() > MAX_CONTENT) {
            return "large";
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) content.size());
        while (bytes.hasRemaining() && content.read(bytes.position(), bytes) > 0) {}
        return Digest.sha256(bytes.array()).encoded().substring(0, 16);
    }

    private static String path(LayerPath path) {
        StringBuilder text = new StringBuilder("/");
        for (Name name : path.names()) {
            text.append(text.length() == 1 ? "" : "/").append(Utf8.printable(name.toBytes()));
        }
        return text.toString();
    }

    private static String printable(String text) {
        return Utf8.printable(Utf8.encode(text));
    }
}
