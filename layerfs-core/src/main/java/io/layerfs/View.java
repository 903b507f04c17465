package io.layerfs;

import java.io.IOException;
import java.util.Iterator;

/**
 * What is seen when changesets are stacked: a tree of inodes, never a whiteout among them.
 *
 * <p>Inodes are named by number, as in the kernel: a number is valid for as long as the view is, and names with the same
 * number are hard links to one file. Path walking and symbolic links are the caller's. Numbers that the view did not
 * hand out give an {@link IOException} or the answer for some other inode, never a crash.
 *
 * <p>Lookup costs the same for one layer and for hundreds. Safe for use by many threads; readers never block each other.
 * A view of an image holds no resource that must be closed: the mapped files are released with the view.
 */
public interface View {

    /** What {@link #lookup} answers for an absent name. */
    long ABSENT = -1;

    /** A name in a directory, the file it stands for, and that file's kind. */
    record Dirent(Name name, long inode, FileType type) {}

    /** The root directory. */
    long root();

    /**
     * The inode that {@code name} stands for in {@code directory}; {@link #ABSENT} where there is none.
     *
     * @throws java.nio.file.NotDirectoryException where {@code directory} is none
     */
    long lookup(long directory, Name name) throws IOException;

    /** The directory that holds {@code directory}; the root for the root. */
    long parent(long directory) throws IOException;

    /** The kind of an inode: {@link #stat} for when only that is asked. */
    FileType type(long inode) throws IOException;

    /** Type, permissions, owner, times, size and links of an inode. */
    Stat stat(long inode) throws IOException;

    /** The extended attributes of an inode. */
    Xattrs xattrs(long inode) throws IOException;

    /** The target of a symbolic link, in the string form of {@link Name}. */
    String readSymlink(long inode) throws IOException;

    /** The bytes of a regular file. */
    Content content(long inode) throws IOException;

    /** What a directory holds, without {@code .} and {@code ..}, in the order of {@link Name}. */
    Iterator<Dirent> list(long directory) throws IOException;
}
