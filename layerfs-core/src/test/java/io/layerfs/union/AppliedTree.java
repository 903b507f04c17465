package io.layerfs.union;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A model of what engines do: layers applied one by one to a directory, in which removals come first, then entries. Takes
 * and gives the text of {@link Layers}.
 */
final class AppliedTree {

    /** What is at a path: a directory with its mode, or what a file shows. Files are compared by identity: hard links. */
    private record Node(boolean directory, String text) {}

    private final Map<String, Node> nodes = new TreeMap<>(AppliedTree::compare);

    static AppliedTree of(List<List<String>> layers) {
        AppliedTree tree = new AppliedTree();
        for (List<String> layer : layers) {
            layer.stream().filter(e -> e.contains(".wh.")).forEach(tree::remove);
            layer.stream().filter(e -> !e.contains(".wh.")).forEach(tree::add);
        }
        return tree;
    }

    private static int compare(String a, String b) {
        return a.replace('/', '\0').compareTo(b.replace('/', '\0'));
    }

    private void remove(String entry) {
        if (entry.endsWith("/.wh..wh..opq")) {
            String directory = entry.substring(0, entry.lastIndexOf('/'));
            nodes.keySet().removeIf(p -> p.startsWith(directory + "/"));
        } else {
            String path = entry.replace(".wh.", "");
            nodes.keySet().removeIf(p -> p.equals(path) || p.startsWith(path + "/"));
        }
    }

    private void add(String spec) {
        String mode = spec.startsWith("0750 ") ? "0750 " : "";
        String entry = spec.substring(mode.length());
        String path = entry.replaceFirst("/$", "").replaceFirst("(=>|->|=).*", "");
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
            makeDirectory(path.substring(0, slash));
        }
        if (entry.endsWith("/")) {
            makeDirectory(path);
            nodes.put(path, new Node(true, mode));
        } else {
            Node file = entry.contains("=>")
                    ? nodes.get(entry.substring(entry.indexOf("=>") + 2))
                    : new Node(false, entry.substring(path.length()));
            nodes.keySet().removeIf(p -> p.startsWith(path + "/"));
            nodes.put(path, file);
        }
    }

    private void makeDirectory(String path) {
        Node node = nodes.get(path);
        if (node == null || !node.directory()) {
            nodes.put(path, new Node(true, ""));
        }
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        IdentityHashMap<Node, String> firstNames = new IdentityHashMap<>();
        nodes.forEach((path, node) -> {
            String first = node.directory() ? null : firstNames.putIfAbsent(node, path);
            lines.add(
                    node.directory() ? node.text() + path + "/" : path + (first == null ? node.text() : "=>" + first));
        });
        return lines;
    }
}
