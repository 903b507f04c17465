package io.layerfs.faults;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All that was done to a directory and what is below it, in order, with the bytes that were written. Safe for many threads. */
final class Trace implements Witness {

    /** What was done. Files and directories are numbers, the traced directory 0. */
    sealed interface Event {}

    record Made(long directory, String name, long inode, boolean isDirectory) implements Event {}

    record Removed(long directory, String name) implements Event {}

    record Moved(long from, String oldName, long to, String newName, long inode) implements Event {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Wrote(long inode, long position, byte[] bytes) implements Event {}

    record Truncated(long inode, long size) implements Event {}

    /** A sync, of what was done before the event {@code begun}; {@code site} says who asked for it, and of what. */
    record Synced(long inode, int begun, String site) implements Event {}

    /** All that was done until now is on the disk: where the trace begins. */
    record Settled() implements Event {}

    /** So many operations have returned. */
    record Returned(int operations) implements Event {}

    private static final class Node {
        private final long inode;
        private final @Nullable Map<String, Node> children;

        private Node(long inode, boolean isDirectory) {
            this.inode = inode;
            this.children = isDirectory ? new HashMap<>() : null;
        }

        private Map<String, Node> children() {
            return Objects.requireNonNull(children, "not a directory");
        }
    }

    private final Node top = new Node(0, true);
    private final List<Event> events = new ArrayList<>();
    private final Map<Long, String> places = new HashMap<>();
    private Path root;
    private long lastInode;
    private boolean isOver;

    /** Of {@code root}, with what is there already. */
    Trace(Path root) throws IOException {
        this.root = root;
        note(top, root);
        events.add(new Settled());
    }

    private void note(Node directory, Path place) throws IOException {
        try (Stream<Path> found = Files.list(place)) {
            for (Path path : found.sorted().toList()) {
                boolean isDirectory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
                Node node = made(directory, path, isDirectory);
                if (isDirectory) {
                    note(node, path);
                } else {
                    events.add(new Wrote(node.inode, 0, Files.readAllBytes(path)));
                }
            }
        }
    }

    /** From now on what is done in {@code place}, a copy of what is traced, is done to it. */
    synchronized void continueIn(Path place) {
        root = place;
    }

    /** Nothing is noted any more. */
    synchronized void end() {
        isOver = true;
    }

    /** An operation returned. */
    synchronized void returned(int operations) {
        events.add(new Returned(operations));
    }

    synchronized List<Event> events() {
        return List.copyOf(events);
    }

    /** Who synced what, each once. */
    synchronized List<String> sites() {
        return events.stream()
                .filter(Synced.class::isInstance)
                .map(event -> ((Synced) event).site())
                .distinct()
                .toList();
    }

    private Node made(Node directory, Path path, boolean isDirectory) {
        String name = path.getFileName().toString();
        Node node = new Node(++lastInode, isDirectory);
        directory.children().put(name, node);
        events.add(new Made(directory.inode, name, node.inode, isDirectory));
        places.put(node.inode, place(path));
        return node;
    }

    private @Nullable Node find(Path path) {
        if (isOver || !path.startsWith(root)) {
            return null;
        }
        Node node = top;
        for (Path name : root.relativize(path)) {
            if (!name.toString().isEmpty()) {
                node = node.children == null ? null : node.children.get(name.toString());
            }
            if (node == null) {
                return null;
            }
        }
        return node;
    }

    private Node parent(Path path) {
        return Objects.requireNonNull(find(path.getParent()), () -> "nothing is known of the directory of " + path);
    }

    private boolean isTraced(Path path) {
        return !isOver && path.startsWith(root);
    }

    @Override
    public synchronized long opened(Path file, boolean isNew, boolean isEmptied) {
        if (!isTraced(file)) {
            return -1;
        }
        Node node = isNew ? made(parent(file), file, false) : Objects.requireNonNull(find(file), file::toString);
        if (isEmptied && !isNew) {
            events.add(new Truncated(node.inode, 0));
        }
        return node.inode;
    }

    @Override
    public synchronized void wrote(long inode, long position, ByteBuffer bytes) {
        if (inode > 0 && !isOver && bytes.hasRemaining()) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            events.add(new Wrote(inode, position, copy));
        }
    }

    @Override
    public synchronized void truncated(long inode, long size) {
        if (inode > 0 && !isOver) {
            events.add(new Truncated(inode, size));
        }
    }

    @Override
    public synchronized int syncing() {
        return events.size();
    }

    @Override
    public synchronized void synced(long inode, int begun) {
        if (inode >= 0 && !isOver) {
            events.add(new Synced(inode, begun, site() + " " + places.getOrDefault(inode, ".")));
        }
    }

    @Override
    public synchronized void made(Path directory) {
        if (isTraced(directory)) {
            made(parent(directory), directory, true);
        }
    }

    @Override
    public synchronized void removed(Path path) {
        if (isTraced(path)) {
            Node directory = parent(path);
            String name = path.getFileName().toString();
            directory.children().remove(name);
            events.add(new Removed(directory.inode, name));
        }
    }

    @Override
    public synchronized void moved(Path from, Path to) {
        if (isTraced(from)) {
            Node source = parent(from);
            Node target = parent(to);
            String oldName = from.getFileName().toString();
            String newName = to.getFileName().toString();
            Node node = Objects.requireNonNull(source.children().remove(oldName), from::toString);
            target.children().put(newName, node);
            events.add(new Moved(source.inode, oldName, target.inode, newName, node.inode));
        }
    }

    /** A path as it is in every run, and in every like operation. */
    private String place(Path path) {
        return root.relativize(path)
                .toString()
                .replaceAll("[0-9a-f-]{36}", "UUID")
                .replaceAll("[0-9a-f]{64}", "HEX")
                .replaceAll("/[0-9]+\\.", "/N.");
    }

    /** The methods of layerfs that asked for the sync. */
    private static String site() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(f -> f.getClassName().startsWith("io.layerfs."))
                        .filter(f -> !f.getClassName().startsWith("io.layerfs.faults.")
                                && !f.getClassName().startsWith("io.layerfs.host.Durable")
                                && !f.getClassName().startsWith("io.layerfs.blob."))
                        .limit(2)
                        .map(f -> f.getClassName().replaceAll(".*\\.", "") + "."
                                + f.getMethodName().replaceAll("lambda\\$(\\w+)\\$.*", "$1"))
                        .collect(Collectors.joining(" < ")));
    }
}
