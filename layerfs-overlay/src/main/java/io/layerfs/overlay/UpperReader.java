package io.layerfs.overlay;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.View;
import io.layerfs.overlay.linux.Fd;
import io.layerfs.overlay.linux.FileStat;
import io.layerfs.overlay.linux.FileXattrs;
import io.layerfs.upper.TreeBuilder;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what was changed from the directories in which overlayfs keeps it: the upper, and the index of its work directory,
 * where files are that several names of the view below share.
 *
 * <p>What comes out is not what overlayfs wrote, which depends on how the tree came about, but how the tree differs from the
 * view below: the same that the pure-Java view would say.
 */
final class UpperReader {

    /** The index of files with several names, in the work directory. */
    static final String INDEX = "index";

    private final View base;
    private final OverlayForm form;
    private final Ownership ownership;
    private final TreeBuilder tree;
    private final Map<Long, Long> inodes = new HashMap<>();
    private final Placeholders placeholders;

    private UpperReader(View base, Placeholders placeholders, Way way) {
        this.base = base;
        this.placeholders = placeholders;
        this.form = way.form();
        this.ownership = way.ownership();
        this.tree = new TreeBuilder(base);
    }

    /** What differs from {@code base} by what is in {@code upper}. */
    static Changeset read(View base, UpperDirectory upper, Way way) throws IOException {
        try (Fd directory = Fd.directory(upper.upper());
                Fd index = openIndex(upper.work())) {
            UpperReader reader = new UpperReader(base, Placeholders.find(directory, base), way);
            if (index != null) {
                reader.readIndex(index);
            }
            Map<String, byte[]> xattrs = FileXattrs.read(directory, "");
            reader.tree.root(reader.attributes(directory.stat(""), xattrs, directory.path()));
            reader.readDirectory(directory, base.root(), base.root());
            return reader.tree.changes();
        }
    }

    private static @Nullable Fd openIndex(Path work) throws IOException {
        try {
            return Fd.directory(work.resolve(INDEX));
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Each entry is what a file with several names has become, and is named by the handle of what it was copied from. */
    private void readIndex(Fd index) throws IOException {
        for (String name : index.list()) {
            FileStat stat = index.stat(name);
            if (stat.type() == FileType.DIRECTORY || stat.isWhiteout()) {
                continue;
            }
            long inode = OverlayForm.inodeOfIndex(name);
            if (inode < 0) {
                throw new FileSystemException(
                        index.child(name), null, "the kernel indexes files by a handle of a form that is not known");
            }
            Map<String, byte[]> xattrs = FileXattrs.read(index, name);
            int links = form.links(xattrs, stat.links(), base.stat(inode).links());
            if (links > 0) {
                tree.changed(inode, file(index, name, stat, xattrs), links);
                inodes.put(stat.inode(), inode);
            }
        }
    }

    /** {@code lower} is what shows through; {@link View#ABSENT} for nothing. */
    private void readDirectory(Fd directory, long inode, long lower) throws IOException {
        for (String text : directory.list()) {
            if (placeholders.leavesOut(directory.child(text))) {
                continue;
            }
            Name name = Name.of(text);
            FileStat stat = directory.stat(text);
            long below = lower == View.ABSENT ? View.ABSENT : base.lookup(lower, name);
            if (stat.isWhiteout()) {
                if (below != View.ABSENT) {
                    tree.hide(inode, name);
                }
                continue;
            }
            Map<String, byte[]> xattrs = FileXattrs.read(directory, text);
            if (stat.type() == FileType.DIRECTORY) {
                long through = through(xattrs, lower, below, directory.child(text));
                long made = tree.directory(inode, name, attributes(stat, xattrs, directory.child(text)), through);
                try (Fd child = directory.directory(text)) {
                    readDirectory(child, made, through);
                }
            } else {
                addFile(directory, inode, name, stat, xattrs);
            }
        }
    }

    /** The directory of the view below whose names show through one of the upper. */
    private long through(Map<String, byte[]> xattrs, long lower, long below, String path) throws IOException {
        if (form.isOpaque(xattrs)) {
            return View.ABSENT;
        }
        String redirect = form.redirect(xattrs);
        long found = redirect == null ? below : redirected(redirect, lower, path);
        return found != View.ABSENT && base.type(found) == FileType.DIRECTORY ? found : View.ABSENT;
    }

    private long redirected(String redirect, long lower, String path) throws IOException {
        long current = redirect.startsWith("/") ? base.root() : lower;
        for (String part : redirect.split("/", -1)) {
            if (!part.isEmpty() && current != View.ABSENT) {
                current = base.lookup(current, Name.of(part));
            }
        }
        if (current == View.ABSENT) {
            throw new FileSystemException(path, null, "it leads to '" + redirect + "' in the image, which has none");
        }
        return current;
    }

    private void addFile(Fd directory, long parent, Name name, FileStat stat, Map<String, byte[]> xattrs)
            throws IOException {
        Long known = inodes.get(stat.inode());
        if (known != null) {
            tree.link(parent, name, known);
            return;
        }
        long inode = tree.file(parent, name, file(directory, name.toString(), stat, xattrs), stat.links());
        inodes.put(stat.inode(), inode);
    }

    private Entry.File file(Fd directory, String name, FileStat stat, Map<String, byte[]> xattrs) throws IOException {
        Attributes attributes = attributes(stat, xattrs, directory.child(name));
        Entry.Special special = ownership.realSpecial(xattrs, attributes, stat.inode());
        if (special != null) {
            return special;
        }
        return switch (stat.type()) {
            case REGULAR ->
                new Entry.RegularFile(attributes, stat.inode(), new UpperContent(directory.path(), name, stat.size()));
            case SYMLINK -> new Entry.Symlink(attributes, stat.inode(), directory.readLink(name));
            default -> new Entry.Special(attributes, stat.inode(), stat.type(), stat.major(), stat.minor());
        };
    }

    private Attributes attributes(FileStat stat, Map<String, byte[]> xattrs, String path) {
        int mode = placeholders.mode(path, stat.mode());
        Attributes found = new Attributes(mode, stat.uid(), stat.gid(), stat.mtime(), form.ofFile(xattrs));
        return ownership.real(stat, xattrs, found);
    }
}
