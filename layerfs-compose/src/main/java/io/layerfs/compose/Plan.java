package io.layerfs.compose;

import io.layerfs.Attributes;
import io.layerfs.LayerPath;
import io.layerfs.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the steps of one layer do to files, down to bytes and attributes: all that their result depends on, beside what is
 * below. Directories on the way to what is added are in it, too, since they may be missing.
 */
final class Plan {

    private static final int DIRECTORY = 0755;
    private static final int FILE = 0644;
    private static final int EXECUTABLE = 0755;

    private final Rules rules;
    private final List<Action> actions = new ArrayList<>();
    private final Set<LayerPath> directories = new HashSet<>();

    Plan(Rules rules) {
        this.rules = rules;
    }

    List<Action> actions() {
        return actions;
    }

    /** Adds a directory where there is none. */
    void directory(String path) {
        LayerPath directory = LayerPath.of(path);
        parents(directory);
        addDirectory(directory);
    }

    /** Adds a file; reads it, for its digest. */
    void file(String path, boolean executable, Bytes bytes) throws IOException {
        LayerPath file = below(path, "a file");
        parents(file);
        String name = absolute(file);
        Attributes attributes = rules.attributes(name, executable ? EXECUTABLE : FILE);
        actions.add(new Action.AddFile(name, attributes, bytes, bytes.digest()));
    }

    /** Adds a symbolic link. */
    void symlink(String path, String target) {
        LayerPath link = below(path, "a symbolic link");
        parents(link);
        String name = absolute(link);
        actions.add(new Action.AddSymlink(name, rules.ofSymlink(name), target));
    }

    /** Removes what matches. */
    void remove(String glob) {
        if (!glob.startsWith("/")) {
            throw new IllegalArgumentException("the glob '" + glob + "' matches nothing: paths begin with '/'");
        }
        actions.add(new Action.Remove(glob));
        directories.clear();
    }

    private void parents(LayerPath path) {
        List<Name> names = path.names();
        LayerPath parent = LayerPath.ROOT;
        for (Name name : names.subList(0, Math.max(0, names.size() - 1))) {
            parent = parent.resolve(name);
            addDirectory(parent);
        }
    }

    /** The root is always there; and what was said of a directory need not be said again, unless something was removed. */
    private void addDirectory(LayerPath directory) {
        if (directory.depth() > 0 && directories.add(directory)) {
            String name = absolute(directory);
            actions.add(new Action.AddDirectory(name, rules.attributes(name, DIRECTORY)));
        }
    }

    private static LayerPath below(String path, String what) {
        LayerPath parsed = LayerPath.of(path);
        if (parsed.depth() == 0) {
            throw new IllegalArgumentException("'" + path + "' is the root directory, and cannot be " + what);
        }
        return parsed;
    }

    private static String absolute(LayerPath path) {
        return "/" + path;
    }
}
