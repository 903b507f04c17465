package io.layerfs.erofs;

import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.View;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a directory, in order, without {@code .} and {@code ..}. One thread's.
 *
 * <p>Checks that names rise and that each entry has the type of its inode; and that the directories in it have it as their
 * parent and come with rising numbers, as they are written. Hence whoever goes from the root through listings meets each
 * directory once, whatever an index says.
 */
final class DirectoryCursor {

    private final Directories directories;
    private final Inodes inodes;
    private final long nid;
    private final int start;
    private final int size;
    private int blockIndex;
    private int block;
    private int count;
    private int index;
    private @Nullable Name previous;
    private long previousDirectory = -1;

    DirectoryCursor(Directories directories, Inodes inodes, long nid) throws IOException {
        this.directories = directories;
        this.inodes = inodes;
        this.nid = nid;
        int inode = directories.inode(nid);
        this.size = directories.size(nid, inode);
        this.start = directories.start(nid, inode, size);
        openBlock(0);
    }

    private void openBlock(int next) throws IOException {
        blockIndex = next;
        block = start + (next << Erofs.BLOCK_BITS);
        count = directories.entries(nid, block, Directories.blockSize(size, next));
        index = 0;
    }

    /** The next entry; null behind the last. */
    View.@Nullable Dirent next() throws IOException {
        while (true) {
            if (index == count) {
                if (blockIndex == (size - 1) >>> Erofs.BLOCK_BITS) {
                    return null;
                }
                openBlock(blockIndex + 1);
            }
            View.Dirent entry = read(index);
            index++;
            if (entry != null) {
                return entry;
            }
        }
    }

    private View.@Nullable Dirent read(int i) throws IOException {
        Name name = name(i);
        if (previous != null && name.compareTo(previous) <= 0) {
            throw Inodes.damaged(nid, "the name '" + name + "' comes behind '" + previous + "'");
        }
        previous = name;
        if (name.isDot()) {
            return null;
        }
        long child = directories.nid(nid, block, i);
        FileType type = inodes.type(child);
        if (directories.type(block, i) != Erofs.direntType(type)) {
            throw Inodes.damaged(nid, "the entry '" + name + "' does not have the type of its inode, " + type);
        }
        if (type == FileType.DIRECTORY) {
            checkDirectory(name, child);
        }
        return new View.Dirent(name, child, type);
    }

    private Name name(int i) throws DamagedIndexException {
        int length = directories.nameLength(nid, block, Directories.blockSize(size, blockIndex), count, i);
        try {
            if (length <= Erofs.MAX_NAME) {
                return Name.of(directories.name(block, i, length));
            }
        } catch (IllegalArgumentException e) {
            throw Inodes.damaged(nid, String.valueOf(e.getMessage()));
        }
        throw Inodes.damaged(nid, "a name of " + length + " bytes");
    }

    private void checkDirectory(Name name, long child) throws IOException {
        if (child == directories.root() || child <= previousDirectory || directories.parent(child) != nid) {
            throw Inodes.damaged(nid, "the entry '" + name + "' for the directory " + child + ", which is elsewhere");
        }
        previousDirectory = child;
    }
}
