package io.layerfs.upper;

import io.layerfs.Name;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map from names to numbers, in the order of {@link Name}: an AVL tree. A change makes a new map that shares all
 * but the way to the changed name with the old one.
 */
final class NameMap {

    /** What {@link #get} answers for a name that is not in the map. */
    static final long NONE = -2;

    static final NameMap EMPTY = new NameMap(null);

    private final @Nullable Node root;

    private record Node(
            Name name,
            long value,
            @Nullable Node left,
            @Nullable Node right,
            int height,
            int size) {

        Node(Name name, long value, @Nullable Node left, @Nullable Node right) {
            this(
                    name,
                    value,
                    left,
                    right,
                    1 + Math.max(heightOf(left), heightOf(right)),
                    1 + sizeOf(left) + sizeOf(right));
        }

        static int heightOf(@Nullable Node node) {
            return node == null ? 0 : node.height;
        }

        static int sizeOf(@Nullable Node node) {
            return node == null ? 0 : node.size;
        }
    }

    /** A name and its number. */
    record Entry(Name name, long value) {}

    private NameMap(@Nullable Node root) {
        this.root = root;
    }

    int size() {
        return Node.sizeOf(root);
    }

    long get(Name name) {
        Node node = root;
        while (node != null) {
            int order = name.compareTo(node.name);
            if (order == 0) {
                return node.value;
            }
            node = order < 0 ? node.left : node.right;
        }
        return NONE;
    }

    NameMap put(Name name, long value) {
        return new NameMap(put(root, name, value));
    }

    private static Node put(@Nullable Node node, Name name, long value) {
        if (node == null) {
            return new Node(name, value, null, null);
        }
        int order = name.compareTo(node.name);
        if (order == 0) {
            return new Node(node.name, value, node.left, node.right);
        }
        return order < 0
                ? balanced(node, put(node.left, name, value), node.right)
                : balanced(node, node.left, put(node.right, name, value));
    }

    NameMap remove(Name name) {
        return get(name) == NONE ? this : new NameMap(remove(root, name));
    }

    private static @Nullable Node remove(@Nullable Node node, Name name) {
        if (node == null) {
            return null;
        }
        int order = name.compareTo(node.name);
        if (order != 0) {
            return order < 0
                    ? balanced(node, remove(node.left, name), node.right)
                    : balanced(node, node.left, remove(node.right, name));
        }
        if (node.left == null || node.right == null) {
            return node.left == null ? node.right : node.left;
        }
        Node next = node.right;
        while (next.left != null) {
            next = next.left;
        }
        return balanced(next, node.left, remove(node.right, next.name));
    }

    /** A node with the name and number of {@code node} and these subtrees, whose heights differ by 2 at most. */
    private static Node balanced(Node node, @Nullable Node left, @Nullable Node right) {
        int lean = Node.heightOf(left) - Node.heightOf(right);
        if (left != null && lean > 1) {
            if (Node.heightOf(left.left) >= Node.heightOf(left.right) || left.right == null) {
                return new Node(left.name, left.value, left.left, new Node(node.name, node.value, left.right, right));
            }
            Node top = left.right;
            return new Node(
                    top.name,
                    top.value,
                    new Node(left.name, left.value, left.left, top.left),
                    new Node(node.name, node.value, top.right, right));
        }
        if (right != null && lean < -1) {
            if (Node.heightOf(right.right) >= Node.heightOf(right.left) || right.left == null) {
                return new Node(
                        right.name, right.value, new Node(node.name, node.value, left, right.left), right.right);
            }
            Node top = right.left;
            return new Node(
                    top.name,
                    top.value,
                    new Node(node.name, node.value, left, top.left),
                    new Node(right.name, right.value, top.right, right.right));
        }
        return new Node(node.name, node.value, left, right);
    }

    /** All, in order. */
    Iterator<Entry> entries() {
        return new Entries(root);
    }

    private static final class Entries implements Iterator<Entry> {
        private final Deque<Node> path = new ArrayDeque<>();

        Entries(@Nullable Node root) {
            descend(root);
        }

        private void descend(@Nullable Node from) {
            for (Node node = from; node != null; node = node.left) {
                path.push(node);
            }
        }

        @Override
        public boolean hasNext() {
            return !path.isEmpty();
        }

        @Override
        public Entry next() {
            if (path.isEmpty()) {
                throw new NoSuchElementException();
            }
            Node node = path.pop();
            descend(node.right);
            return new Entry(node.name, node.value);
        }
    }
}
