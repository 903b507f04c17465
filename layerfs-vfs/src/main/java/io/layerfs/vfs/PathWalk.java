package io.layerfs.vfs;

import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.View;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Finds the inode that a path means, as Linux does: component by component, symbolic links inside the root and never
 * outside, {@code ..} of where the walk is and not of what the path spells, {@value #MAX_LINKS} links at most.
 *
 * <p>Source: path_resolution(7).
 */
final class PathWalk {

    private static final int MAX_LINKS = 40;
    private static final int MAX_NAME = 255;
    private static final int MAX_PATH = 4096;
    private static final String NOT_DIRECTORY = "Not a directory";

    private final View view;

    PathWalk(View view) {
        this.view = view;
    }

    /**
     * The inode of a path.
     *
     * @param follow whether a symbolic link at its end is followed
     * @throws FileSystemException the one that the default provider throws, with the path as its subject
     */
    long inode(NioPath path, boolean follow) throws IOException {
        return walk(view.root(), path, path.names(), follow);
    }

    /**
     * The inode of a path that is to be listed.
     *
     * @throws NotDirectoryException where it, or what is on the way, is no directory
     */
    long directory(NioPath path) throws IOException {
        try {
            return inode(path, true);
        } catch (FileSystemException e) {
            if (NOT_DIRECTORY.equals(e.getReason())) {
                throw new NotDirectoryException(path.toString());
            }
            throw e;
        }
    }

    /** The inode that a path means when it starts in {@code directory}. */
    long inode(long directory, NioPath path, boolean follow) throws IOException {
        return walk(path.isAbsolute() ? view.root() : directory, path, path.names(), follow);
    }

    private long walk(long from, NioPath path, Name[] names, boolean follow) throws IOException {
        long current = from;
        LinkFollower links = null;
        for (int i = 0; i < names.length; i++) {
            long next = step(current, names[i], path);
            if ((i < names.length - 1 || follow) && view.type(next) == FileType.SYMLINK) {
                links = links == null ? new LinkFollower(path) : links;
                next = links.follow(current, next);
            }
            current = next;
        }
        return current;
    }

    private long step(long directory, Name name, NioPath path) throws IOException {
        if (name.isDot()) {
            if (view.type(directory) != FileType.DIRECTORY) {
                throw notDirectory(path);
            }
            return name.length() == 1 ? directory : view.parent(directory);
        }
        long inode;
        try {
            inode = view.lookup(directory, name);
        } catch (NotDirectoryException e) {
            throw notDirectory(path);
        }
        if (inode == View.ABSENT) {
            if (name.length() > MAX_NAME) {
                throw new FileSystemException(path.toString(), null, "File name too long");
            }
            throw new NoSuchFileException(path.toString());
        }
        return inode;
    }

    private static FileSystemException notDirectory(NioPath path) {
        return new FileSystemException(path.toString(), null, NOT_DIRECTORY);
    }

    private NioPath target(long link, NioPath path) throws IOException {
        String text = view.readSymlink(link);
        if (text.isEmpty()) {
            throw new NoSuchFileException(path.toString());
        }
        return NioPath.parse(path.getFileSystem(), text);
    }

    /** Follows links, and counts them over one whole walk. */
    private final class LinkFollower {
        private final NioPath path;
        private int followed;

        LinkFollower(NioPath path) {
            this.path = path;
        }

        long follow(long directory, long link) throws IOException {
            if (followed++ == MAX_LINKS) {
                throw new FileSystemException(path.toString(), null, "Too many levels of symbolic links");
            }
            NioPath target = target(link, path);
            long current = target.isAbsolute() ? view.root() : directory;
            for (Name name : target.names()) {
                long next = step(current, name, path);
                current = view.type(next) == FileType.SYMLINK ? follow(current, next) : next;
            }
            return current;
        }
    }

    /** The path of what a path means, without links and dots. */
    NioPath realPath(NioPath path, boolean follow) throws IOException {
        NioPath absolute = path.toAbsolutePath();
        Name[] names = absolute.names();
        List<Name> real = new ArrayList<>();
        if (names.length > 0 && !follow && !names[names.length - 1].isDot()) {
            // a link at the end stays, and only what leads to it is resolved
            inode(absolute, false);
            NioPath parent = absolute.getParent();
            addNames(real, parent == null ? view.root() : inode(parent, true));
            real.add(names[names.length - 1]);
        } else {
            addNamesOf(real, absolute);
        }
        return new NioPath(path.getFileSystem(), true, real.toArray(new Name[0]));
    }

    private void addNamesOf(List<Name> real, NioPath path) throws IOException {
        long inode = inode(path, true);
        if (view.type(inode) == FileType.DIRECTORY) {
            addNames(real, inode);
            return;
        }
        NioPath at = path;
        for (int links = 0; links <= MAX_LINKS; links++) {
            NioPath parent = at.getParent();
            long directory = parent == null ? view.root() : inode(parent, true);
            Name last = at.names()[at.names().length - 1];
            long found = step(directory, last, path);
            if (view.type(found) != FileType.SYMLINK) {
                addNames(real, directory);
                real.add(last);
                return;
            }
            NioPath target = target(found, path);
            List<Name> names = new ArrayList<>();
            addNames(names, directory);
            NioPath base = new NioPath(path.getFileSystem(), true, names.toArray(new Name[0]));
            at = base.resolve(target);
        }
        throw new FileSystemException(path.toString(), null, "Too many levels of symbolic links");
    }

    /** The names that lead from the root to a directory; each is looked for in the directory's parent. */
    private void addNames(List<Name> names, long directory) throws IOException {
        List<Name> upwards = new ArrayList<>();
        for (long at = directory; at != view.root() && upwards.size() < MAX_PATH; ) {
            long parent = view.parent(at);
            upwards.add(nameOf(parent, at));
            at = parent;
        }
        Collections.reverse(upwards);
        names.addAll(upwards);
    }

    private Name nameOf(long parent, long directory) throws IOException {
        for (var i = view.list(parent); i.hasNext(); ) {
            View.Dirent entry = i.next();
            if (entry.inode() == directory) {
                return entry.name();
            }
        }
        throw new IOException("directory " + directory + " is not in its parent " + parent);
    }
}
