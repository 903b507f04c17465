package io.layerfs.vfs;

import io.layerfs.Content;
import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.Stat;
import io.layerfs.View;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A view that a test says node by node, with no store and no index behind it. The root is inode 0. */
final class MemoryView implements View {

    /** One inode; a test may set what it likes. */
    static final class Node {
        final FileType type;
        final long parent;
        final SortedMap<Name, Long> children = new TreeMap<>();
        int mode;
        int uid;
        int gid;
        long mtimeSeconds;
        int mtimeNanos;
        int links = 1;
        int major;
        int minor;
        byte[] bytes = {};
        String target = "";
        Xattrs xattrs = Xattrs.NONE;

        Node(FileType type, long parent) {
            this.type = type;
            this.parent = parent;
            this.mode = type == FileType.DIRECTORY ? 0755 : 0644;
        }
    }

    private final List<Node> nodes = new ArrayList<>(List.of(new Node(FileType.DIRECTORY, 0)));

    /** The node that an inode number means. */
    Node node(long inode) throws IOException {
        if (inode < 0 || inode >= nodes.size()) {
            throw new IOException("no inode " + inode);
        }
        return nodes.get((int) inode);
    }

    private long directoryOf(String path) throws IOException {
        long at = 0;
        String[] parts = path.split("/", -1);
        for (int i = 0; i < parts.length - 1; i++) {
            at = lookup(at, Name.of(parts[i]));
        }
        return at;
    }

    private static Name lastOf(String path) {
        return Name.of(path.substring(path.lastIndexOf('/') + 1));
    }

    private Node add(String path, FileType type) throws IOException {
        long directory = directoryOf(path);
        Node node = new Node(type, directory);
        node(directory).children.put(lastOf(path), (long) nodes.size());
        nodes.add(node);
        return node;
    }

    /** Adds a directory, whose parent is there. */
    Node directory(String path) throws IOException {
        return add(path, FileType.DIRECTORY);
    }

    /** Adds a regular file. */
    Node file(String path, byte[] bytes) throws IOException {
        Node node = add(path, FileType.REGULAR);
        node.bytes = bytes;
        return node;
    }

    /** Adds a symbolic link, whose target is whatever the test wants. */
    Node symlink(String path, String target) throws IOException {
        Node node = add(path, FileType.SYMLINK);
        node.mode = 0777;
        node.target = target;
        return node;
    }

    /** Adds a device, a pipe, or a socket. */
    Node special(String path, FileType type) throws IOException {
        return add(path, type);
    }

    /** Adds a second name. */
    void link(String path, String existing) throws IOException {
        long inode = lookup(directoryOf(existing), lastOf(existing));
        node(inode).links++;
        node(directoryOf(path)).children.put(lastOf(path), inode);
    }

    @Override
    public long root() {
        return 0;
    }

    @Override
    public long lookup(long directory, Name name) throws IOException {
        Node node = node(directory);
        if (node.type != FileType.DIRECTORY) {
            throw new NotDirectoryException("inode " + directory);
        }
        Long inode = node.children.get(name);
        return inode == null ? ABSENT : inode;
    }

    @Override
    public long parent(long directory) throws IOException {
        return node(directory).parent;
    }

    @Override
    public FileType type(long inode) throws IOException {
        return node(inode).type;
    }

    @Override
    public Stat stat(long inode) throws IOException {
        Node n = node(inode);
        long size = n.type == FileType.SYMLINK ? n.target.length() : n.bytes.length;
        long sec = n.mtimeSeconds;
        int nsec = n.mtimeNanos;
        return new Stat(
                inode, n.type, n.mode, n.uid, n.gid, size, sec, nsec, sec, nsec, sec, nsec, n.links, n.major, n.minor);
    }

    @Override
    public Xattrs xattrs(long inode) throws IOException {
        return node(inode).xattrs;
    }

    @Override
    public String readSymlink(long inode) throws IOException {
        return node(inode).target;
    }

    @Override
    public Content content(long inode) throws IOException {
        return new Bytes(ByteBuffer.wrap(node(inode).bytes));
    }

    @Override
    public Iterator<Dirent> list(long directory) throws IOException {
        List<Dirent> entries = new ArrayList<>();
        for (Map.Entry<Name, Long> e : node(directory).children.entrySet()) {
            entries.add(new Dirent(e.getKey(), e.getValue(), type(e.getValue())));
        }
        return entries.iterator();
    }

    private record Bytes(ByteBuffer bytes) implements Content {
        @Override
        public long size() {
            return bytes.capacity();
        }

        @Override
        public int read(long position, ByteBuffer target) {
            if (!target.hasRemaining()) {
                return 0;
            }
            if (position >= bytes.capacity()) {
                return -1;
            }
            int n = (int) Math.min(target.remaining(), bytes.capacity() - position);
            target.put(bytes.slice((int) position, n));
            return n;
        }
    }
}
