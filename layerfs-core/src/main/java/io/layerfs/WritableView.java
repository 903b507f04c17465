package io.layerfs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A view that can be written: an upper of what changed over an immutable view below, which stays as it is.
 *
 * <p>Behaves as a Linux file system does for root: copy-up is by inode, so that hard links stay linked; inode numbers stay
 * for life; a directory of the view below is renamed like any other; a file that is open lives on without a name. A write
 * of one byte into a large file copies one block. Permission bits are kept, and not enforced. Access times change only when
 * they are set.
 *
 * <p>Each operation is atomic: others see the tree before it or after it. Failures are the {@code java.nio.file} exceptions
 * of the like system call, and leave the view as it was; their subject is the name alone, since a view knows no paths. Safe
 * for use by many threads: what reads takes no lock and never waits for what writes.
 *
 * <p>Directories are named by inode; a file is named by its {@link Place}, so that a change of it is found again without a
 * search of the view below.
 *
 * <p>Law: {@code View.of(base + changes(w)) = w}.
 */
public interface WritableView extends View, Closeable {

    /**
     * Where a file was found.
     *
     * @param directory the inode of the directory that has it; of the root, its own
     * @param name its name there; null for the root, and for a directory that was reached in another way
     * @param inode its own
     */
    record Place(long directory, @Nullable Name name, long inode) {}

    /** Told of each change after it was made, by the thread that made it; must be quick, and not change the view. */
    @FunctionalInterface
    interface Listener {

        /** What became of a name. */
        enum Kind {
            /** It is there now: created, linked, or renamed to this. */
            CREATED,
            /** It is there no more: removed, or renamed from this. */
            DELETED,
            /** The data or the attributes of its file changed. */
            MODIFIED
        }

        /** Called with the inode of a directory and a name in it. */
        void changed(Kind kind, long directory, Name name);
    }

    /**
     * Which attributes to set; null leaves as it is.
     *
     * @param mode 0 to 07777
     * @param uid unsigned
     * @param gid unsigned
     * @param atime when it was last read, to the nanosecond
     * @param mtime when its content was last modified, to the nanosecond
     */
    record AttributeChange(
            @Nullable Integer mode,
            @Nullable Integer uid,
            @Nullable Integer gid,
            @Nullable Instant atime,
            @Nullable Instant mtime) {

        /** Sets the mode alone. */
        public static AttributeChange ofMode(int mode) {
            return new AttributeChange(mode, null, null, null, null);
        }

        /** Sets the owner alone, the group alone, or both; as chown(2) does, clears a file's setuid and setgid bits. */
        public static AttributeChange ofOwner(@Nullable Integer uid, @Nullable Integer gid) {
            return new AttributeChange(null, uid, gid, null, null);
        }

        /** Sets times alone. */
        public static AttributeChange ofTimes(@Nullable Instant atime, @Nullable Instant mtime) {
            return new AttributeChange(null, null, null, atime, mtime);
        }
    }

    /** A regular file that is open: it stays readable and writable when it loses its names. Safe for many threads. */
    interface OpenFile extends Content, Closeable {

        /** Writes all of {@code source} at {@code position}; what lies between the end and there becomes zeros. */
        int write(long position, ByteBuffer source) throws IOException;

        /** Writes all of {@code source} at the end, wherever that is by then; answers where it was written. */
        long append(ByteBuffer source) throws IOException;

        /** Cuts the file, or extends it by zeros, to {@code size} bytes. */
        void truncate(long size) throws IOException;

        /**
         * Returns when what was written to this file survives a crash of the machine, and so do the names, attributes and sizes
         * of all files as they are; of what was written to others, {@link WritableView#force} says so.
         */
        void force() throws IOException;
    }

    /**
     * Creates an empty regular file, and answers its inode.
     *
     * @throws java.nio.file.FileAlreadyExistsException where the name is taken
     */
    long createFile(long directory, Name name, int mode) throws IOException;

    /** Creates an empty directory, and answers its inode. */
    long createDirectory(long directory, Name name, int mode) throws IOException;

    /** Creates a symbolic link, and answers its inode; the target takes the string form of {@link Name}. */
    long createSymlink(long directory, Name name, String target) throws IOException;

    /** Creates a device, named pipe or socket, and answers its inode; the device numbers are 0 for the latter two. */
    long createSpecial(long directory, Name name, FileType type, int mode, int major, int minor) throws IOException;

    /** Gives a file other than a directory a further name. */
    void link(Place file, long directory, Name name) throws IOException;

    /**
     * Removes a name of a file other than a directory.
     *
     * @throws FileSystemException with the reason "Is a directory" for one
     */
    void unlink(long directory, Name name) throws IOException;

    /**
     * Removes an empty directory.
     *
     * @throws java.nio.file.DirectoryNotEmptyException where it is not empty
     * @throws FileSystemException with the reason "Not a directory" for a file
     */
    void removeDirectory(long directory, Name name) throws IOException;

    /**
     * Renames a file or a directory, with all that is in it, in one step.
     *
     * @param replace whether what has the new name is removed in the same step, as rename(2) does; else it is in the way
     * @throws java.nio.file.FileAlreadyExistsException where the new name is taken, and is not to be replaced
     */
    void rename(long fromDirectory, Name from, long toDirectory, Name to, boolean replace) throws IOException;

    /**
     * What is seen at this moment, in one piece: names and attributes of what is answered change no more. The data of files
     * does, and a file that loses its last name loses that, too: for one operation, not to be kept. Costs nothing.
     */
    View present();

    /** Sets attributes. */
    void setAttributes(Place file, AttributeChange change) throws IOException;

    /** Sets one extended attribute; its name is the full one, in the string form of {@link Name}. */
    void setXattr(Place file, String name, byte[] value) throws IOException;

    /**
     * Removes one extended attribute.
     *
     * @throws FileSystemException with the reason "No data available" where there is none of that name
     */
    void removeXattr(Place file, String name) throws IOException;

    /** Opens a regular file; the caller closes it. */
    OpenFile open(Place file) throws IOException;

    /** Keeps an inode valid, whatever names it loses, until what is answered is closed: an open directory. */
    Closeable hold(long inode) throws IOException;

    /** Has {@code listener} told of all changes until what is answered is closed. */
    Closeable watch(Listener listener);

    /**
     * What differs from the view below, as a changeset that does not change any more. Holds as little as says it: every
     * whiteout hides something, a file that was written as it was is not in it. It can be read until this view is closed.
     */
    Changeset changes() throws IOException;

    /** A further view of the same content, independent of this one from now on. Takes the same time whatever the changes. */
    WritableView fork() throws IOException;

    /** What is seen now, as a view that does not change any more. Takes the same time whatever the changes. */
    View snapshot() throws IOException;

    /**
     * Goes back to what was seen at a snapshot of this view, or of one that it was forked from or that was forked from it,
     * unless that one has a name: between those nothing is shared. Files that are open and not in it fail from then on. Takes the same
     * time whatever the changes, but for a view with a name, whose journal is written anew.
     *
     * @throws IllegalArgumentException where it is no such snapshot
     */
    void rollback(View snapshot) throws IOException;

    /** How much may be written, and how much is. */
    Usage usage();

    /**
     * Space, in bytes.
     *
     * @param quota how much the data of changed files may take, in whole blocks
     * @param used how much it takes
     */
    record Usage(long quota, long used) {}

    /** Returns when all that was done survives a crash of the machine; of a disposable view, at once. */
    void force() throws IOException;

    /** Releases what the view holds; of a view without a name, its changes. Idempotent. */
    @Override
    void close() throws IOException;
}
