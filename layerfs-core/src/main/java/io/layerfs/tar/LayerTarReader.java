package io.layerfs.tar;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.Content;
import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.LayerPath;
import io.layerfs.MalformedLayerException;
import io.layerfs.Name;
import io.layerfs.Utf8;
import io.layerfs.blob.Blob;
import io.layerfs.blob.BlobSlice;
import io.layerfs.blob.SparseSlice;
import io.layerfs.memory.Allowance;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a layer's tar as the changeset that it says: the one place, with {@code LayerTarWriter}, that knows of
 * {@code .wh.}.
 *
 * <p>Rules, from the image specification's layer.md and, where that is silent, from what engines do:
 *
 * <ul>
 *   <li>the last entry for a path wins; a directory listed again keeps what it holds;
 *   <li>a whiteout acts on lower layers only, whatever its place in the tar: beside a file of that name it says nothing,
 *       beside a directory it makes that opaque; its name decides, its type and body do not;
 *   <li>parents that are not listed are implied, also in place of what is no directory: a link is never followed;
 *   <li>a hard link names an earlier file of the layer, or one that the layers below show;
 *   <li>what AUFS left behind ({@code .wh..wh.plnk} and the like) is hidden, but can be linked to.
 * </ul>
 */
public final class LayerTarReader {

    private static final int MAX_ENTRIES = 5_000_000;

    private final TarReader tar;
    private final Blob blob;
    private final Allowance memory;
    private final LayerTree tree;
    private final @Nullable Attributes[] recent = new Attributes[1 << 10];
    private long files;

    private LayerTarReader(InputStream in, Blob blob, Allowance memory) {
        this.tar = new TarReader(in);
        this.blob = blob;
        this.memory = memory;
        this.tree = new LayerTree(memory);
    }

    /** Reads the tar of a layer that was read before, and found to be none that takes too much. */
    public static Changeset read(InputStream in, Blob blob) throws IOException {
        return read(in, blob, Allowance.UNLIMITED);
    }

    /**
     * Reads a whole tar, to the very end of the stream, which stays open.
     *
     * @param blob the file that holds, or will hold by the time that content is read, the bytes of the stream
     * @param memory from which what is kept of it is taken, and what indexing it takes
     * @return a tree in memory, whose content lies in {@code blob}
     * @throws MalformedLayerException naming the entry, its offset in the tar and the reason
     */
    public static Changeset read(InputStream in, Blob blob, Allowance memory) throws IOException {
        return new LayerTarReader(in, blob, memory).readAll();
    }

    private Changeset readAll() throws IOException {
        int count = 0;
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
            if (++count > MAX_ENTRIES) {
                throw new MalformedLayerException(
                        where(entry) + "a layer may have " + MAX_ENTRIES + " entries, and this is one more");
            }
            try {
                add(entry);
            } catch (MalformedLayerException e) {
                throw new MalformedLayerException(where(entry) + e.getMessage(), e);
            }
        }
        tar.drain();
        return tree.finish();
    }

    private static String where(TarEntry entry) {
        return "entry '" + Utf8.printable(entry.path()) + "' at offset " + entry.offset() + ": ";
    }

    private void add(TarEntry entry) throws IOException {
        LayerPath path = path(entry.path());
        if (path.depth() == 0) {
            if (entry.kind() != TarEntry.Kind.DIRECTORY) {
                throw new MalformedLayerException("the root of a layer can only be a directory");
            }
            requireDepth(path.depth());
            tree.putDirectory(path, attributes(entry));
        } else if (Whiteouts.isHidden(path)) {
            if (entry.kind() == TarEntry.Kind.FILE) {
                tree.hide(path, file(entry));
            }
        } else if (path.lastName().equals(Whiteouts.OPAQUE)) {
            tree.opaque(path.parent());
        } else if (Whiteouts.isWhiteout(path.lastName())) {
            tree.whiteout(path.parent().resolve(removed(path.lastName())));
        } else if (entry.kind() == TarEntry.Kind.DIRECTORY) {
            requireDepth(path.depth());
            tree.putDirectory(path, attributes(entry));
        } else if (entry.kind() == TarEntry.Kind.HARD_LINK) {
            tree.putLink(path, path(entry.linkTarget()));
        } else {
            tree.putFile(path, file(entry));
        }
    }

    private static LayerPath path(byte[] bytes) throws MalformedLayerException {
        LayerPath path;
        try {
            path = LayerPath.of(bytes);
        } catch (IllegalArgumentException e) {
            throw new MalformedLayerException("not a path that a layer can have, or link to: " + e.getMessage(), e);
        }
        requireDepth(path.depth() - 1);
        for (Name name : path.names()) {
            int length = name.length() - (Whiteouts.isWhiteout(name) ? Whiteouts.PREFIX.length() : 0);
            if (length > LayerLimits.NAME) {
                throw new MalformedLayerException(
                        "a name of " + length + " bytes; " + LayerLimits.NAME + " are allowed");
            }
        }
        return path;
    }

    private static void requireDepth(int depth) throws MalformedLayerException {
        if (depth > LayerLimits.DEPTH) {
            throw new MalformedLayerException(
                    depth + " directories one in the other; " + LayerLimits.DEPTH + " are allowed");
        }
    }

    private static Name removed(Name whiteout) throws MalformedLayerException {
        Name name = Whiteouts.removed(whiteout);
        if (name == null) {
            throw new MalformedLayerException("'" + whiteout + "' is a whiteout of nothing, '.' or '..'");
        }
        return name;
    }

    private Entry.File file(TarEntry entry) throws MalformedLayerException {
        long inode = ++files;
        memory.take(Cost.ofFile(entry));
        return switch (entry.kind()) {
            case FILE -> new Entry.RegularFile(attributes(entry), inode, content(entry));
            case SYMLINK -> new Entry.Symlink(ofSymlink(attributes(entry)), inode, Utf8.decode(entry.linkTarget()));
            case FIFO -> new Entry.Special(attributes(entry), inode, FileType.FIFO, 0, 0);
            case BLOCK_DEVICE -> device(entry, inode, FileType.BLOCK_DEVICE);
            case CHARACTER_DEVICE -> device(entry, inode, FileType.CHARACTER_DEVICE);
            default -> throw new IllegalArgumentException("not a file: " + entry.kind());
        };
    }

    /** Whatever a tar says, Linux has one mode for links, and cannot change it (symlink(7)). */
    private static Attributes ofSymlink(Attributes a) {
        return a.mode() == 0777 ? a : new Attributes(0777, a.uid(), a.gid(), a.mtime(), a.xattrs());
    }

    private Content content(TarEntry entry) throws MalformedLayerException {
        List<SparseSlice.Extent> extents = entry.extents();
        if (extents != null) {
            memory.grow(SparseForm.written(extents, entry.size()));
            return new SparseSlice(blob, extents, entry.size());
        }
        return new BlobSlice(blob, entry.size() == 0 ? 0 : entry.dataOffset(), entry.size());
    }

    private Entry.Special device(TarEntry entry, long inode, FileType type) throws MalformedLayerException {
        int major = entry.major();
        int minor = entry.minor();
        if (major < 0 || major > 0xfff || minor < 0 || minor > 0xfffff) {
            throw new MalformedLayerException("device " + major + "," + minor + " is beyond Linux's 4095,1048575");
        }
        if (type == FileType.CHARACTER_DEVICE && major == 0 && minor == 0) {
            throw new MalformedLayerException("character device 0,0 is overlayfs' own form of a whiteout");
        }
        return new Entry.Special(attributes(entry), inode, type, major, minor);
    }

    /** The entry's attributes; the same object for equal ones that came by lately, since most of a layer's are. */
    private Attributes attributes(TarEntry entry) throws MalformedLayerException {
        Attributes fresh = entry.attributes();
        int slot = fresh.hashCode() & (recent.length - 1);
        Attributes known = recent[slot];
        if (!fresh.equals(known)) {
            memory.take(Cost.of(fresh.xattrs()));
            recent[slot] = fresh;
            known = fresh;
        }
        return known;
    }
}
