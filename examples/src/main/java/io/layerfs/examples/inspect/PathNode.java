package io.layerfs.examples.inspect;

import io.layerfs.Entry;
import io.layerfs.Name;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A name that some layer has something to say of, and what is seen there now. */
final class PathNode {

    @Nullable
    final PathNode parent;

    final Name name;
    /** Its number in the order of being met. */
    final int number;

    /** What is seen; null for nothing. */
    Entry.@Nullable Node seen;

    /** The change that made it so. */
    @Nullable
    Change change;

    private @Nullable Map<Name, PathNode> children;

    PathNode(@Nullable PathNode parent, Name name, int number) {
        this.parent = parent;
        this.name = name;
        this.number = number;
    }

    @Nullable
    PathNode child(Name wanted) {
        return children == null ? null : children.get(wanted);
    }

    void put(PathNode child) {
        if (children == null) {
            children = new TreeMap<>();
        }
        children.put(child.name, child);
    }

    Collection<PathNode> children() {
        return children == null ? List.of() : children.values();
    }
}
