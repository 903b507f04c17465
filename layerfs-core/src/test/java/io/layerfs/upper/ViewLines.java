package io.layerfs.upper;

import io.layerfs.Content;
import io.layerfs.Digest;
import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.Stat;
import io.layerfs.View;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** All that a layer keeps of what a view shows, a line for each name: two views are equal where their lines are. */
public final class ViewLines {

    private final View view;
    private final List<String> lines = new ArrayList<>();
    private final Map<Long, String> firstNames = new HashMap<>();

    private ViewLines(View view) {
        this.view = view;
    }

    public static List<String> of(View view) throws IOException {
        ViewLines lines = new ViewLines(view);
        lines.visit("", view.root(), view.root());
        return lines.lines;
    }

    private void visit(String path, long inode, long parent) throws IOException {
        Stat stat = view.stat(inode);
        StringBuilder line = new StringBuilder(path.isEmpty() ? "/" : path)
                .append(String.format(
                        " %s %o %d:%d %s", stat.type(), stat.mode(), stat.uid(), stat.gid(), stat.mtime()))
                .append(" links=")
                .append(stat.links())
                .append(' ')
                .append(view.xattrs(inode));
        if (stat.type() == FileType.DIRECTORY) {
            lines.add(line.toString());
            if (view.parent(inode) != parent) {
                lines.add(path + " has the wrong parent " + view.parent(inode) + ", not " + parent);
            }
            Name last = null;
            for (Iterator<View.Dirent> i = view.list(inode); i.hasNext(); ) {
                View.Dirent entry = i.next();
                if (last != null && last.compareTo(entry.name()) >= 0) {
                    lines.add(path + " is out of order at " + entry.name());
                }
                last = entry.name();
                if (view.lookup(inode, entry.name()) != entry.inode() || view.type(entry.inode()) != entry.type()) {
                    lines.add(path + "/" + entry.name() + " is listed as something else than it is");
                }
                visit(path + "/" + entry.name(), entry.inode(), inode);
            }
            return;
        }
        String first = firstNames.putIfAbsent(inode, path);
        if (first != null) {
            line.append(" = ").append(first);
        }
        switch (stat.type()) {
            case REGULAR -> line.append(' ').append(digest(view.content(inode), stat.size()));
            case SYMLINK -> line.append(" -> ").append(view.readSymlink(inode));
            default -> line.append(' ').append(stat.major()).append(',').append(stat.minor());
        }
        lines.add(line.toString());
    }

    private static String digest(Content content, long size) throws IOException {
        if (content.size() != size) {
            return "size " + content.size() + ", not " + size;
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) size + 1);
        int n = content.read(0, bytes);
        return n + ":" + Digest.sha256(bytes.array()).encoded().substring(0, 16);
    }
}
