package io.layerfs.vfs;

import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.View;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;

/**
 * The one path of a file that has no links and no dots, found as realpath(3) does: by a walk that remembers the names which
 * led to where it is.
 */
final class RealPath {

    private final View view;
    private final PathWalk walk;
    private final NioPath path;
    private final List<Name> names = new ArrayList<>();
    private final List<Long> inodes = new ArrayList<>();
    private int followed;

    private RealPath(PathWalk walk, NioPath path) {
        this.view = walk.view();
        this.walk = walk;
        this.path = path;
    }

    /** Without links. */
    static NioPath of(PathWalk walk, NioPath path) throws IOException {
        RealPath real = new RealPath(walk, path);
        real.walk(path.names());
        return real.toPath();
    }

    /**
     * Without {@code .}, and without {@code ..} unless it follows a link, which stays. As with the default provider, what a
     * {@code .} or {@code ..} follows need not be a directory.
     */
    static NioPath withLinks(PathWalk walk, NioPath path) throws IOException {
        NioPath real = new NioPath(path.getFileSystem(), true);
        for (Name name : path.names()) {
            boolean parent = name.isDot() && name.length() == 2;
            if (parent && !endsInLink(walk, real)) {
                NioPath shorter = real.getParent();
                real = shorter == null ? real : shorter;
            } else if (parent || !name.isDot()) {
                real = real.resolve(name);
            }
        }
        walk.inode(real, false);
        return real;
    }

    /** Whether a path ends in a link, or in the {@code ..} of one. */
    private static boolean endsInLink(PathWalk walk, NioPath path) throws IOException {
        boolean isLink = walk.view().type(walk.inode(path, false)) == FileType.SYMLINK;
        Name[] names = path.names();
        return isLink || (names.length > 0 && names[names.length - 1].isDot());
    }

    private NioPath toPath() {
        return new NioPath(path.getFileSystem(), true, names.toArray(new Name[0]));
    }

    private long current() {
        return inodes.isEmpty() ? view.root() : inodes.get(inodes.size() - 1);
    }

    private void push(Name name, long inode) {
        names.add(name);
        inodes.add(inode);
    }

    private void pop() {
        if (!names.isEmpty()) {
            names.remove(names.size() - 1);
            inodes.remove(inodes.size() - 1);
        }
    }

    private long step(Name name) throws IOException {
        long inode = walk.step(current(), name, path);
        if (inode == View.ABSENT) {
            throw new NoSuchFileException(path.toString());
        }
        return inode;
    }

    private void walk(Name[] next) throws IOException {
        for (Name name : next) {
            long inode = step(name);
            if (name.isDot()) {
                if (name.length() == 2) {
                    pop();
                }
            } else if (view.type(inode) == FileType.SYMLINK) {
                follow(inode);
            } else {
                push(name, inode);
            }
        }
    }

    private void follow(long link) throws IOException {
        if (followed++ == PathWalk.MAX_LINKS) {
            throw PathWalk.tooManyLinks(path.toString());
        }
        LinkTarget target = LinkTarget.of(view, link, path);
        if (target.isEmpty()) {
            throw new NoSuchFileException(path.toString());
        }
        if (target.absolute()) {
            names.clear();
            inodes.clear();
        }
        walk(target.names());
        if (target.endsInSlash()) {
            walk.requireDirectory(current(), path);
        }
    }
}
