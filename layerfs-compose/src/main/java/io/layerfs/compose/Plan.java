package io.layerfs.compose;

import io.layerfs.Attributes;
import io.layerfs.FileType;
import io.layerfs.LayerPath;
import io.layerfs.Name;
import io.layerfs.View;
import io.layerfs.vfs.LayerFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the steps of one layer do to files, down to bytes and attributes: all that their result depends on, beside what is
 * below. Directories on the way to what is added are in it, too, since they may be missing. What its sources need to stay open
 * is closed with it.
 */
final class Plan implements AutoCloseable {

    private static final int DIRECTORY = 0755;
    private static final int FILE = 0644;
    private static final int EXECUTABLE = 0755;
    private static final int LINK = 0777;

    private final Rules rules;
    private final List<Action> actions = new ArrayList<>();
    private final List<FileSystem> sources = new ArrayList<>();
    private final Set<LayerPath> directories = new HashSet<>();

    Plan(Rules rules) {
        this.rules = rules;
    }

    List<Action> actions() {
        return actions;
    }

    /** The root of what a view shows, which is copied from until this is closed. */
    Path open(View view) throws IOException {
        FileSystem source = LayerFileSystems.open(view);
        sources.add(source);
        return source.getPath("/");
    }

    @Override
    public void close() throws IOException {
        for (FileSystem source : sources) {
            source.close();
        }
    }

    /** Adds a directory where there is none. */
    void directory(String path) {
        directory(path, rules.ofNew(DIRECTORY));
    }

    /** Adds a directory where there is none, with what it has before the rules. */
    void directory(String path, Attributes own) {
        LayerPath directory = LayerPath.of(path);
        parents(directory);
        addDirectory(directory, own);
    }

    /** Adds a file; reads it, for its digest. */
    void file(String path, boolean executable, Bytes bytes) throws IOException {
        file(path, rules.ofNew(executable ? EXECUTABLE : FILE), bytes);
    }

    /** Adds a file, with what it has before the rules; reads it, for its digest. */
    void file(String path, Attributes own, Bytes bytes) throws IOException {
        String name = added(path, "a file");
        actions.add(new Action.AddFile(name, rules.attributes(name, own), bytes, bytes.digest()));
    }

    /** Adds a symbolic link. */
    void symlink(String path, String target) {
        symlink(path, rules.ofNew(LINK), target);
    }

    /** Adds a symbolic link, with what it has before the rules. */
    void symlink(String path, Attributes own, String target) {
        String name = added(path, "a symbolic link");
        actions.add(new Action.AddSymlink(name, rules.ofSymlink(name, own), target));
    }

    /** Adds a device or a pipe, with what it has before the rules. */
    void special(String path, Attributes own, FileType type, long device) {
        String name = added(path, "a special file");
        actions.add(new Action.AddSpecial(name, rules.attributes(name, own), type, device));
    }

    /** Adds a further name of a file that was added. */
    void link(String path, String file) {
        actions.add(new Action.AddLink(added(path, "a hard link"), absolute(LayerPath.of(file))));
    }

    private String added(String path, String what) {
        LayerPath added = below(path, what);
        parents(added);
        return absolute(added);
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
            addDirectory(parent, rules.ofNew(DIRECTORY));
        }
    }

    /** The root is always there; and what was said of a directory need not be said again, unless something was removed. */
    private void addDirectory(LayerPath directory, Attributes own) {
        if (directory.depth() > 0 && directories.add(directory)) {
            String name = absolute(directory);
            actions.add(new Action.AddDirectory(name, rules.attributes(name, own)));
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
