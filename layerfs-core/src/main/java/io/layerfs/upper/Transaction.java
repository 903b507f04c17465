package io.layerfs.upper;

import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.Stat;
import io.layerfs.View;
import io.layerfs.WritableView;
import io.layerfs.Xattrs;
import io.layerfs.tar.LayerLimits;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NotDirectoryException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One operation on a tree: starts with the present one, ends with the next one, and writes down for the journal what it did.
 * Where it fails, nothing was done.
 *
 * <p>What is allowed, what fails how, and which times change is as the like system call has it (Linux, fs/namei.c and
 * fs/attr.c), for a caller who may do everything.
 */
final class Transaction {

    private final Instant now;
    private final @Nullable Edits edits;
    private final List<Long> nameless = new ArrayList<>(0);
    private Tree tree;

    Transaction(Tree tree, Instant now, @Nullable Edits edits) {
        this.tree = tree;
        this.now = now;
        this.edits = edits;
    }

    /** What it made. */
    Tree tree() {
        return tree;
    }

    Instant now() {
        return now;
    }

    /** The changed inodes that have no name, or lost the last one: to be forgotten when they are not open. */
    List<Long> nameless() {
        return nameless;
    }

    /** What has no name is not written down: it is gone when it is opened again, and has no name again before that. */
    void put(long inode, Node node) {
        if (edits != null && hasName(inode)) {
            edits.node(inode, node);
        }
        if (node.links() == 0) {
            nameless.add(inode);
        }
        tree = tree.with(inode, node);
    }

    private boolean hasName(long inode) {
        Node node = tree.nodes().get(inode);
        return node == null || node.links() > 0;
    }

    /** Says something of data, for the journal. */
    interface Saying {
        void to(Edits edits) throws IOException;
    }

    /** Writes down what is done to the data of an inode, if that has a name. */
    void say(long inode, Saying saying) throws IOException {
        if (edits != null && hasName(inode)) {
            saying.to(edits);
        }
    }

    /** A directory, to be changed; its names can be changed as long as it is there. */
    private Node.Directory directory(long inode) throws IOException {
        Node node = tree.node(inode);
        if (node == null) {
            Stat stat = tree.lower().stat(inode);
            if (stat.type() != FileType.DIRECTORY) {
                throw new NotDirectoryException("inode " + inode);
            }
            Meta meta = Meta.of(stat, tree.lower().xattrs(inode));
            return new Node.Directory(meta, stat.links(), tree.lower().parent(inode), true, NameMap.EMPTY);
        }
        if (!(node instanceof Node.Directory directory)) {
            throw new NotDirectoryException("inode " + inode);
        }
        if (directory.links() == 0) {
            throw Errors.absent(inode);
        }
        return directory;
    }

    /** A file or directory, to be changed. */
    Node node(WritableView.Place place) throws IOException {
        Node node = tree.node(place.inode());
        return node != null ? node : copyUp(place.inode(), place.directory(), place.name());
    }

    private Node copyUp(long inode, long directory, @Nullable Name name) throws IOException {
        View lower = tree.lower();
        Stat stat = lower.stat(inode);
        Meta meta = Meta.of(stat, lower.xattrs(inode));
        Node.Origin origin = name == null ? null : new Node.Origin(directory, name);
        return switch (stat.type()) {
            case DIRECTORY -> new Node.Directory(meta, stat.links(), lower.parent(inode), true, NameMap.EMPTY);
            case REGULAR -> new Node.Regular(meta, stat.links(), origin, null);
            case SYMLINK -> new Node.Symlink(meta, stat.links(), origin, lower.readSymlink(inode));
            default -> new Node.Special(meta, stat.links(), origin, stat.type(), stat.major(), stat.minor());
        };
    }

    /** Lets {@code name} stand for {@code child} in a directory, or for nothing, and puts the directory's new node. */
    private void setName(long number, Node.Directory directory, Name name, long child) throws IOException {
        boolean asBelow = tree.below(number, name) == child;
        NameMap names =
                asBelow ? directory.names().remove(name) : directory.names().put(name, child);
        put(number, directory.withNames(names));
        if (edits != null) {
            edits.name(number, name, asBelow ? NameMap.NONE : child);
        }
    }

    private void requireFree(long directory, Name name) throws IOException {
        Limits.requireLength(name);
        if (name.isDot() || tree.lookup(directory, name) != View.ABSENT) {
            throw new FileAlreadyExistsException(name.toString());
        }
        Limits.requirePossible(name);
    }

    private long requireThere(long directory, Name name) throws IOException {
        Limits.requireLength(name);
        long inode = name.isDot() ? View.ABSENT : tree.lookup(directory, name);
        if (inode == View.ABSENT) {
            throw name.isDot() ? Errors.invalid(name) : Errors.absent(name);
        }
        return inode;
    }

    /** Makes a node of the attributes that a new inode has. */
    interface Maker {
        Node make(Meta meta);
    }

    /** Creates an inode and its name; the group is inherited where the directory says so (inode(7), S_ISGID). */
    long create(long number, Name name, FileType type, int mode, Maker maker) throws IOException {
        Node.Directory directory = directory(number);
        requireFree(number, name);
        boolean inherits = (directory.meta().mode() & Meta.SETGID) != 0;
        boolean isDirectory = type == FileType.DIRECTORY;
        if (isDirectory) {
            new Depths(tree).requireRoom(number, name);
        }
        int ownMode = mode | (inherits && isDirectory ? Meta.SETGID : 0);
        long inode = tree.next();
        put(
                inode,
                maker.make(Meta.created(ownMode, 0, inherits ? directory.meta().gid() : 0, now)));
        Node.Directory holder = directory.with(directory.meta().modified(now));
        setName(number, isDirectory ? holder.withLinks(holder.links() + 1) : holder, name, inode);
        return inode;
    }

    void link(WritableView.Place file, long number, Name name) throws IOException {
        Node node = node(file);
        Node.Directory directory = directory(number);
        requireFree(number, name);
        if (node instanceof Node.Directory) {
            throw Errors.of(name, "Operation not permitted");
        }
        if (node.links() == 0) {
            throw Errors.absent(name);
        }
        if (node.links() == Integer.MAX_VALUE) {
            throw Errors.of(name, "Too many links");
        }
        put(file.inode(), node.withLinks(node.links() + 1).with(node.meta().changed(now)));
        setName(number, directory.with(directory.meta().modified(now)), name, file.inode());
    }

    void unlink(long number, Name name) throws IOException {
        Node.Directory directory = directory(number);
        long inode = requireThere(number, name);
        if (tree.type(inode) == FileType.DIRECTORY) {
            throw Errors.of(name, "Is a directory");
        }
        setName(number, directory.with(directory.meta().modified(now)), name, View.ABSENT);
        loseName(inode, number, name);
    }

    private void loseName(long inode, long directory, Name name) throws IOException {
        Node node = node(new WritableView.Place(directory, name, inode));
        int links = node instanceof Node.Directory ? 0 : node.links() - 1;
        put(inode, node.withLinks(links).with(node.meta().changed(now)));
    }

    void removeDirectory(long number, Name name) throws IOException {
        Node.Directory directory = directory(number);
        long inode = requireThere(number, name);
        if (tree.type(inode) != FileType.DIRECTORY) {
            throw Errors.of(name, "Not a directory");
        }
        if (!tree.isEmpty(inode)) {
            throw new DirectoryNotEmptyException(name.toString());
        }
        Node.Directory holder = directory.with(directory.meta().modified(now));
        setName(number, holder.withLinks(holder.links() - 1), name, View.ABSENT);
        loseName(inode, number, name);
    }

    /** As rename(2), and renameat2(2) with RENAME_NOREPLACE where nothing is to be replaced. Answers whether it did anything. */
    boolean rename(long fromNumber, Name from, long toNumber, Name to, boolean replace) throws IOException {
        directory(fromNumber);
        directory(toNumber);
        long moved = requireThere(fromNumber, from);
        Limits.requireLength(to);
        long target = to.isDot() ? toNumber : tree.lookup(toNumber, to);
        if (target != View.ABSENT && !replace) {
            throw new FileAlreadyExistsException(to.toString());
        }
        boolean isDirectory = tree.type(moved) == FileType.DIRECTORY;
        if (isDirectory && isWithin(toNumber, moved)) {
            throw Errors.invalid(to);
        }
        if (target == moved) {
            return false;
        }
        Limits.requirePossible(to);
        if (isDirectory) {
            new Depths(tree).requireRoom(moved, fromNumber, toNumber, to);
        }
        if (target != View.ABSENT) {
            replace(target, isDirectory, fromNumber, toNumber, to);
        }
        move(moved, isDirectory, fromNumber, from, toNumber, to);
        return true;
    }

    /** Whether {@code inode} is {@code directory} or lies below it. */
    private boolean isWithin(long inode, long directory) throws IOException {
        long current = inode;
        while (current != directory) {
            if (current == tree.root()) {
                return false;
            }
            current = tree.parent(current);
        }
        return true;
    }

    private void replace(long target, boolean byDirectory, long fromNumber, long toNumber, Name to) throws IOException {
        boolean isDirectory = tree.type(target) == FileType.DIRECTORY;
        if (isDirectory && isWithin(fromNumber, target)) {
            throw new DirectoryNotEmptyException(to.toString());
        }
        if (byDirectory && !isDirectory) {
            throw Errors.of(to, "Not a directory");
        }
        if (!byDirectory && isDirectory) {
            throw Errors.of(to, "Is a directory");
        }
        if (isDirectory) {
            if (!tree.isEmpty(target)) {
                throw new DirectoryNotEmptyException(to.toString());
            }
            Node.Directory holder = directory(toNumber);
            put(toNumber, holder.withLinks(holder.links() - 1));
        }
        loseName(target, toNumber, to);
    }

    private void move(long moved, boolean isDirectory, long fromNumber, Name from, long toNumber, Name to)
            throws IOException {
        Node.Directory source = directory(fromNumber);
        source = source.with(source.meta().modified(now));
        setName(fromNumber, isDirectory ? source.withLinks(source.links() - 1) : source, from, View.ABSENT);
        Node node = node(new WritableView.Place(fromNumber, from, moved));
        Node changed = node.with(node.meta().changed(now));
        put(moved, changed instanceof Node.Directory directory ? directory.withParent(toNumber) : changed);
        Node.Directory target = directory(toNumber);
        target = target.with(target.meta().modified(now));
        setName(toNumber, isDirectory ? target.withLinks(target.links() + 1) : target, to, moved);
    }

    void setAttributes(WritableView.Place file, WritableView.AttributeChange change) throws IOException {
        Node node = node(file);
        Meta meta = node.meta();
        Integer uid = change.uid();
        Integer gid = change.gid();
        if (uid != null || gid != null) {
            meta = meta.withOwner(uid == null ? meta.uid() : uid, gid == null ? meta.gid() : gid);
            meta = node instanceof Node.Directory ? meta : meta.withoutPrivileges();
        }
        Integer mode = change.mode();
        if (mode != null) {
            Limits.requireMode(node.type(), file.name());
            meta = meta.withMode(mode);
        }
        Instant atime = change.atime();
        Instant mtime = change.mtime();
        meta = meta.withTimes(
                atime == null ? meta.atime() : LayerLimits.nearest(atime),
                mtime == null ? meta.mtime() : LayerLimits.nearest(mtime));
        put(file.inode(), node.with(meta.changed(now)));
    }

    void setXattr(WritableView.Place file, String name, byte[] value) throws IOException {
        Node node = node(file);
        XattrRules.check(node.type(), name, value.length);
        Meta meta = node.meta();
        Xattrs xattrs = meta.xattrs().with(name, value);
        XattrRules.requireRoom(xattrs, value.length);
        put(file.inode(), node.with(meta.withXattrs(xattrs).changed(now)));
    }

    void removeXattr(WritableView.Place file, String name) throws IOException {
        Node node = node(file);
        XattrRules.check(node.type(), name, 0);
        Meta meta = node.meta();
        if (!meta.xattrs().names().contains(name)) {
            throw XattrRules.failure("No data available");
        }
        put(file.inode(), node.with(meta.withXattrs(meta.xattrs().without(name)).changed(now)));
    }
}
