package io.layerfs.upper;

import io.layerfs.Content;
import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.Stat;
import io.layerfs.View;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.file.NotDirectoryException;
import java.time.Instant;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What a writable view shows at one moment: the view below, and the inodes that are not as they are there.
 *
 * <p>Immutable, but for the data of files that the view may still write. An inode keeps the number that it has below; a new
 * one gets a number from {@link #first} on.
 */
final class Tree implements View {

    /** Above what a view of layers hands out: its numbers are offsets in an index. */
    private static final long ABOVE_INDEXES = 1L << 48;

    private static final long DIRECTORY_SIZE = 4096;

    private final View lower;
    private final LongMap<Node> nodes;
    private final long first;
    private final long next;
    private final Object family;
    private final long used;

    private Tree(View lower, LongMap<Node> nodes, long first, long next, Object family, long used) {
        this.lower = lower;
        this.nodes = nodes;
        this.first = first;
        this.next = next;
        this.family = family;
        this.used = used;
    }

    /** Nothing is changed yet. */
    static Tree over(View lower) {
        long first = lower instanceof Tree below ? below.next : ABOVE_INDEXES;
        return new Tree(lower, LongMap.empty(), first, first, new Object(), 0);
    }

    View lower() {
        return lower;
    }

    /** The inodes that are not as they are below. */
    LongMap<Node> nodes() {
        return nodes;
    }

    /** The number of the next new inode. */
    long next() {
        return next;
    }

    /** Whether the view below does not have an inode of this number. */
    boolean isNew(long inode) {
        return inode >= first;
    }

    /** Shared by the trees between which one can roll back. */
    Object family() {
        return family;
    }

    /** How much of a quota its data took when it was frozen. */
    long used() {
        return used;
    }

    Tree with(long inode, Node node) {
        return new Tree(lower, nodes.put(inode, node), first, Math.max(next, inode + 1), family, used);
    }

    Tree without(long inode) {
        return new Tree(lower, nodes.remove(inode), first, next, family, used);
    }

    /** Without an inode that has no name; of one of the view below a node stays, which hides that. */
    Tree forgetting(long inode) {
        if (isNew(inode)) {
            return without(inode);
        }
        return nodes.get(inode) instanceof Node.Regular file ? with(inode, file.withData(null)) : this;
    }

    Tree withNext(long number) {
        return new Tree(lower, nodes, first, Math.max(next, number), family, used);
    }

    Tree withUsed(long bytes) {
        return new Tree(lower, nodes, first, next, family, bytes);
    }

    Tree ofNewFamily() {
        return new Tree(lower, nodes, first, next, new Object(), used);
    }

    /** The changed inode of this number; null where it is as it is below. */
    @Nullable
    Node node(long inode) throws IOException {
        Node node = nodes.get(inode);
        if (node == null && isNew(inode)) {
            throw Errors.absent(inode);
        }
        return node;
    }

    @Override
    public long root() {
        return lower.root();
    }

    @Override
    public long lookup(long directory, Name name) throws IOException {
        Node node = node(directory);
        if (node == null) {
            return lower.lookup(directory, name);
        }
        if (!(node instanceof Node.Directory changed)) {
            throw new NotDirectoryException(name.toString());
        }
        long inode = changed.names().get(name);
        if (inode != NameMap.NONE) {
            return inode;
        }
        return changed.merged() ? lower.lookup(directory, name) : ABSENT;
    }

    @Override
    public long parent(long directory) throws IOException {
        Node node = node(directory);
        if (node == null) {
            return lower.parent(directory);
        }
        if (node instanceof Node.Directory changed) {
            return changed.parent();
        }
        throw new NotDirectoryException("inode " + directory);
    }

    @Override
    public FileType type(long inode) throws IOException {
        Node node = node(inode);
        return node == null ? lower.type(inode) : node.type();
    }

    @Override
    public Stat stat(long inode) throws IOException {
        Node node = node(inode);
        if (node == null) {
            return lower.stat(inode);
        }
        int major = node instanceof Node.Special special ? special.major() : 0;
        int minor = node instanceof Node.Special special ? special.minor() : 0;
        Meta meta = node.meta();
        Instant mtime = meta.mtime();
        Instant ctime = meta.ctime();
        Instant atime = meta.atime();
        return new Stat(
                inode,
                node.type(),
                meta.mode(),
                meta.uid(),
                meta.gid(),
                size(inode, node),
                mtime.getEpochSecond(),
                mtime.getNano(),
                ctime.getEpochSecond(),
                ctime.getNano(),
                atime.getEpochSecond(),
                atime.getNano(),
                node.links(),
                major,
                minor);
    }

    private long size(long inode, Node node) throws IOException {
        if (node instanceof Node.Regular file) {
            FileData data = file.data();
            return data == null ? lower.stat(inode).size() : data.size();
        }
        if (node instanceof Node.Symlink link) {
            return io.layerfs.Utf8.encode(link.target()).length;
        }
        return node instanceof Node.Directory ? DIRECTORY_SIZE : 0;
    }

    @Override
    public Xattrs xattrs(long inode) throws IOException {
        Node node = node(inode);
        return node == null ? lower.xattrs(inode) : node.meta().xattrs();
    }

    @Override
    public String readSymlink(long inode) throws IOException {
        Node node = node(inode);
        if (node == null) {
            return lower.readSymlink(inode);
        }
        if (node instanceof Node.Symlink link) {
            return link.target();
        }
        throw Errors.wrongType(inode, "Invalid argument");
    }

    @Override
    public Content content(long inode) throws IOException {
        Node node = node(inode);
        if (node == null) {
            return lower.content(inode);
        }
        if (node instanceof Node.Regular file) {
            FileData data = file.data();
            return data == null ? lower.content(inode) : data;
        }
        throw Errors.wrongType(inode, node.type() == FileType.DIRECTORY ? "Is a directory" : "Invalid argument");
    }

    @Override
    public Iterator<Dirent> list(long directory) throws IOException {
        Node node = node(directory);
        if (node == null) {
            return lower.list(directory);
        }
        if (!(node instanceof Node.Directory changed)) {
            throw new NotDirectoryException("inode " + directory);
        }
        return new Listing(this, directory, changed);
    }

    /** Whether a directory holds nothing. */
    boolean isEmpty(long directory) throws IOException {
        return !list(directory).hasNext();
    }

    /** The number that the view below has for a name in the directory of this number; {@link #ABSENT} for none. */
    long below(long directory, Name name) throws IOException {
        if (isNew(directory)) {
            return ABSENT;
        }
        Node node = nodes.get(directory);
        boolean merged = node == null || (node instanceof Node.Directory changed && changed.merged());
        return merged ? lower.lookup(directory, name) : ABSENT;
    }
}
