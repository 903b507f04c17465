package io.layerfs.upper;

import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/** Says a whole tree in edits: what a journal starts anew with. */
final class Compaction {

    /** So many names of a directory are one record. */
    private static final int NAMES = 1000;

    private Compaction() {}

    /** All of {@code tree}, whose scratch files are on the disk, first the data, each after what it is made of. */
    static void write(Tree tree, Journal.Reader to) throws IOException {
        Edits next = new Edits();
        next.next(tree.next());
        to.read(next.toBytes());
        for (FileData data : Replay.used(tree)) {
            writeData(data, to);
        }
        Map<Long, Node> nodes = new HashMap<>();
        tree.nodes().forEach(nodes::put);
        for (Map.Entry<Long, Node> entry : nodes.entrySet()) {
            writeNode(tree, entry.getKey(), entry.getValue(), to);
        }
        Edits forced = new Edits();
        forced.forced();
        to.read(forced.toBytes());
    }

    private static void writeData(FileData data, Journal.Reader to) throws IOException {
        Edits edits = new Edits();
        edits.data(data);
        to.read(edits.toBytes());
    }

    private static void writeNode(Tree tree, long inode, Node node, Journal.Reader to) throws IOException {
        if (node.links() == 0 && tree.isNew(inode)) {
            return;
        }
        boolean forgotten = node.links() == 0 && node instanceof Node.Regular;
        Edits edits = new Edits();
        edits.node(inode, forgotten ? ((Node.Regular) node).withData(null) : node);
        if (node instanceof Node.Directory directory) {
            int count = 0;
            for (Iterator<NameMap.Entry> i = directory.names().entries(); i.hasNext(); ) {
                NameMap.Entry entry = i.next();
                edits.name(inode, entry.name(), entry.value());
                if (++count % NAMES == 0) {
                    to.read(edits.toBytes());
                    edits = new Edits();
                }
            }
        }
        if (!edits.isEmpty()) {
            to.read(edits.toBytes());
        }
    }
}
