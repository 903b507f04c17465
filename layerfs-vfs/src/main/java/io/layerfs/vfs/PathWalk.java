package io.layerfs.vfs;

import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.View;
import io.layerfs.WritableView;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the inode that a path means, as Linux does: component by component, symbolic links inside the root and never
 * outside, {@code ..} of where the walk is and not of what the path spells, {@value #MAX_LINKS} links at most. A whole path
 * may be longer than Linux' 4096 bytes.
 *
 * <p>Allocates nothing unless a link is on the way. Failures are those of the default provider, with the path as their
 * subject.
 *
 * <p>Source: path_resolution(7).
 */
final class PathWalk {

    static final int MAX_LINKS = 40;

    private static final int MAX_NAME = 255;
    static final String NOT_DIRECTORY = "Not a directory";
    private static final String TOO_MANY_LINKS =
            "Too many levels of symbolic links or unable to access attributes of symbolic link";

    private final View view;

    PathWalk(View view) {
        this.view = view;
    }

    /** Where it looks. */
    View view() {
        return view;
    }

    /**
     * The inode of a path.
     *
     * @param follow whether a symbolic link at its end is followed
     * @throws NoSuchFileException where there is none
     */
    long inode(NioPath path, boolean follow) throws IOException {
        return present(find(path, follow), path);
    }

    /** The same of a path that starts in {@code directory}, with the view that it is found in. */
    Found found(long directory, NioPath path, boolean follow) throws IOException {
        return new Found(view, inode(directory, path, follow));
    }

    /** The inode of a path; {@link View#ABSENT} where there is none. */
    long find(NioPath path, boolean follow) throws IOException {
        return walk(view.root(), path, follow);
    }

    /** The inode that a path means when it starts in {@code directory}. */
    long inode(long directory, NioPath path, boolean follow) throws IOException {
        return present(walk(path.isAbsolute() ? view.root() : directory, path, follow), path);
    }

    private static long present(long inode, NioPath path) throws NoSuchFileException {
        if (inode == View.ABSENT) {
            throw new NoSuchFileException(path.toString());
        }
        return inode;
    }

    /** {@link #directory(long, NioPath, boolean)}, from the root. */
    long directory(NioPath path) throws IOException {
        return directory(view.root(), path, true);
    }

    /**
     * The inode of a path that is to be listed; whether it is a directory itself is still to be seen.
     *
     * @throws NotDirectoryException where something on the way is no directory
     */
    long directory(long from, NioPath path, boolean follow) throws IOException {
        try {
            return inode(from, path, follow);
        } catch (FileSystemException e) {
            if (NOT_DIRECTORY.equals(e.getReason())) {
                throw new NotDirectoryException(path.toString());
            }
            throw e;
        }
    }

    /**
     * Where a path that starts in {@code directory} leads: what a change of it is about. Its inode is {@link View#ABSENT}
     * where nothing is there yet; its name is null where it ends in a dot, or is the root.
     *
     * @param follow whether a symbolic link at its end is followed, to where what it means is or would be
     */
    WritableView.Place place(long directory, NioPath path, boolean follow) throws IOException {
        Name[] names = path.names();
        long from = path.isAbsolute() ? view.root() : directory;
        return new LinkFollower(path).place(from, names, follow, false);
    }

    /** The same, which must be there. */
    WritableView.Place presentPlace(long directory, NioPath path, boolean follow) throws IOException {
        WritableView.Place place = place(directory, path, follow);
        if (place.inode() == View.ABSENT) {
            throw absent(place, path);
        }
        return place;
    }

    private long walk(long from, NioPath path, boolean follow) throws IOException {
        Name[] names = path.names();
        long current = from;
        LinkFollower links = null;
        for (int i = 0; i < names.length; i++) {
            long next = step(current, names[i], path);
            if (next == View.ABSENT) {
                return View.ABSENT;
            }
            if ((i < names.length - 1 || follow) && view.type(next) == FileType.SYMLINK) {
                links = links == null ? new LinkFollower(path) : links;
                next = links.follow(current, next);
                if (next == View.ABSENT) {
                    return View.ABSENT;
                }
            }
            current = next;
        }
        return current;
    }

    /** What {@code name} is in {@code directory}, a link not followed; {@link View#ABSENT} where there is none. */
    long step(long directory, Name name, NioPath path) throws IOException {
        if (name.isDot()) {
            requireDirectory(directory, path);
            return name.length() == 1 ? directory : view.parent(directory);
        }
        long inode = lookup(directory, name, path);
        if (inode == View.ABSENT && name.length() > MAX_NAME) {
            throw tooLong(path);
        }
        return inode;
    }

    private long lookup(long directory, Name name, NioPath path) throws IOException {
        try {
            return view.lookup(directory, name);
        } catch (NotDirectoryException e) {
            throw notDirectory(path);
        }
    }

    /** That nothing is at a place, or that nothing can be. */
    static FileSystemException absent(WritableView.Place place, NioPath path) {
        Name name = place.name();
        return name != null && name.length() > MAX_NAME ? tooLong(path) : new NoSuchFileException(path.toString());
    }

    private static FileSystemException tooLong(NioPath path) {
        return new FileSystemException(path.toString(), null, "File name too long");
    }

    void requireDirectory(long inode, NioPath path) throws IOException {
        if (view.type(inode) != FileType.DIRECTORY) {
            throw notDirectory(path);
        }
    }

    private static FileSystemException notDirectory(NioPath path) {
        return new FileSystemException(path.toString(), null, NOT_DIRECTORY);
    }

    static boolean isTooManyLinks(FileSystemException e) {
        return TOO_MANY_LINKS.equals(e.getReason());
    }

    static FileSystemException tooManyLinks(@Nullable String path) {
        return new FileSystemException(path, null, TOO_MANY_LINKS);
    }

    /** Follows links, and counts them over one whole walk. */
    private final class LinkFollower {
        private final NioPath path;
        private int followed;

        LinkFollower(NioPath path) {
            this.path = path;
        }

        WritableView.Place place(long from, Name[] names, boolean follow, boolean mustBeDirectory) throws IOException {
            long current = from;
            for (int i = 0; i < names.length - 1; i++) {
                long next = step(current, names[i], path);
                if (next != View.ABSENT && view.type(next) == FileType.SYMLINK) {
                    next = follow(current, next);
                }
                current = present(next, path);
            }
            if (names.length == 0) {
                return new WritableView.Place(view.parent(current), null, current);
            }
            Name last = names[names.length - 1];
            // whether a name is too long is seen when something is done there
            long inode = last.isDot() ? step(current, last, path) : lookup(current, last, path);
            if (last.isDot()) {
                return new WritableView.Place(view.parent(inode), null, inode);
            }
            if (inode != View.ABSENT && follow && view.type(inode) == FileType.SYMLINK) {
                count();
                LinkTarget target = LinkTarget.of(view, inode, path);
                if (target.isEmpty()) {
                    throw new NoSuchFileException(path.toString());
                }
                return place(target.absolute() ? view.root() : current, target.names(), true, target.endsInSlash());
            }
            if (mustBeDirectory && inode != View.ABSENT) {
                requireDirectory(inode, path);
            }
            return new WritableView.Place(current, last, inode);
        }

        private void count() throws FileSystemException {
            if (followed++ == MAX_LINKS) {
                throw tooManyLinks(path.toString());
            }
        }

        long follow(long directory, long link) throws IOException {
            count();
            LinkTarget target = LinkTarget.of(view, link, path);
            if (target.isEmpty()) {
                return View.ABSENT;
            }
            long current = target.absolute() ? view.root() : directory;
            for (Name name : target.names()) {
                long next = step(current, name, path);
                if (next != View.ABSENT && view.type(next) == FileType.SYMLINK) {
                    next = follow(current, next);
                }
                if (next == View.ABSENT) {
                    return View.ABSENT;
                }
                current = next;
            }
            if (target.endsInSlash()) {
                requireDirectory(current, path);
            }
            return current;
        }
    }
}
