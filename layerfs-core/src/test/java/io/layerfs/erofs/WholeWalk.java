package io.layerfs.erofs;

import io.layerfs.Changeset;
import io.layerfs.Content;
import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.Stat;
import io.layerfs.View;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/** Reads all that a tree says, by every operation that there is. Fails where it does not end. */
final class WholeWalk {

    /** Far more than the small indexes hold that are walked. */
    private static final int MAX_ENTRIES = 1_000_000;

    private final ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
    private int entries;

    private WholeWalk() {}

    static void of(View view) throws IOException {
        new WholeWalk().walk(view);
    }

    static void of(Changeset changeset) throws IOException {
        WholeWalk walk = new WholeWalk();
        changeset.walk((path, entry) -> walk.visit(entry));
    }

    private void walk(View view) throws IOException {
        Deque<Long> directories = new ArrayDeque<>();
        directories.push(view.root());
        while (!directories.isEmpty()) {
            long directory = directories.pop();
            visit(view, directory);
            view.parent(directory);
            view.lookup(directory, Name.of("no such name"));
            for (Iterator<View.Dirent> i = view.list(directory); i.hasNext(); ) {
                View.Dirent child = i.next();
                view.lookup(directory, child.name());
                if (view.type(child.inode()) == FileType.DIRECTORY) {
                    directories.push(child.inode());
                } else {
                    visit(view, child.inode());
                }
            }
        }
    }

    private void visit(View view, long inode) throws IOException {
        count();
        Stat stat = view.stat(inode);
        if (stat.mtime().isBefore(java.time.Instant.MIN)
                || view.xattrs(inode).names().size() > MAX_ENTRIES) {
            throw new AssertionError("a time or attributes that cannot be");
        }
        if (stat.type() == FileType.REGULAR) {
            read(view.content(inode));
        } else if (stat.type() == FileType.SYMLINK) {
            view.readSymlink(inode);
        }
    }

    private void visit(Entry entry) throws IOException {
        count();
        if (entry instanceof Entry.RegularFile file) {
            read(file.content());
        }
        if (entry instanceof Entry.Directory directory) {
            directory.child(Name.of("no such name"));
        }
    }

    private void count() {
        if (++entries > MAX_ENTRIES) {
            throw new AssertionError("more than " + MAX_ENTRIES + " entries");
        }
    }

    /** Reads where content begins, where it ends, and at some places between, since it may have exabytes. */
    private void read(Content content) throws IOException {
        long size = content.size();
        for (int i = 0; i <= 8; i++) {
            long position = Math.min(Math.max(0, size - 100), size / 8 * i);
            int n = content.read(position, buffer.clear());
            if (n != buffer.position() && n != -1) {
                throw new AssertionError("read says " + n + " and gives " + buffer.position());
            }
        }
        if (content.read(size, buffer.clear()) != -1) {
            throw new AssertionError("content behind its end");
        }
    }
}
