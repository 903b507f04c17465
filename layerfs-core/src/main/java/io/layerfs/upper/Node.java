package io.layerfs.upper;

import io.layerfs.FileType;
import io.layerfs.Name;
import org.jspecify.annotations.Nullable;

/**
 * An inode that is not, or not any more, what the view below has under its number. Immutable, but for a file's data.
 */
sealed interface Node {

    /** Permissions, owner, times, extended attributes. */
    Meta meta();

    /** How many names it has; 0 where it lives on only because it is open. */
    int links();

    FileType type();

    /** The same with other attributes. */
    Node with(Meta meta);

    /** The same with another number of names. */
    Node withLinks(int links);

    /**
     * A name that the view below has for an inode: where a changed file is found without a search.
     *
     * @param directory the number of the directory that has it
     */
    record Origin(long directory, Name name) {}

    /** A node other than a directory. */
    sealed interface File extends Node {

        /** A name that it has in the view below; null for a new file. */
        @Nullable
        Origin origin();
    }

    /**
     * A directory.
     *
     * @param links 2 and one for each directory in it; 0 when it was removed
     * @param parent the directory that holds it
     * @param merged whether the names that the view below has in the directory of this number show through
     * @param names what became of names: the number of a file, or {@link io.layerfs.View#ABSENT} for a whiteout
     */
    record Directory(Meta meta, int links, long parent, boolean merged, NameMap names) implements Node {

        @Override
        public FileType type() {
            return FileType.DIRECTORY;
        }

        @Override
        public Directory with(Meta newMeta) {
            return new Directory(newMeta, links, parent, merged, names);
        }

        @Override
        public Directory withLinks(int newLinks) {
            return new Directory(meta, newLinks, parent, merged, names);
        }

        Directory withParent(long newParent) {
            return new Directory(meta, links, newParent, merged, names);
        }

        Directory withNames(NameMap newNames) {
            return new Directory(meta, links, parent, merged, newNames);
        }
    }

    /**
     * A regular file.
     *
     * @param data its bytes; null where they are still those of the view below
     */
    record Regular(
            Meta meta,
            int links,
            @Nullable Origin origin,
            @Nullable FileData data) implements File {

        @Override
        public FileType type() {
            return FileType.REGULAR;
        }

        @Override
        public Regular with(Meta newMeta) {
            return new Regular(newMeta, links, origin, data);
        }

        @Override
        public Regular withLinks(int newLinks) {
            return new Regular(meta, newLinks, origin, data);
        }

        Regular withData(@Nullable FileData newData) {
            return new Regular(meta, links, origin, newData);
        }
    }

    /** A symbolic link. */
    record Symlink(Meta meta, int links, @Nullable Origin origin, String target) implements File {

        @Override
        public FileType type() {
            return FileType.SYMLINK;
        }

        @Override
        public Symlink with(Meta newMeta) {
            return new Symlink(newMeta, links, origin, target);
        }

        @Override
        public Symlink withLinks(int newLinks) {
            return new Symlink(meta, newLinks, origin, target);
        }
    }

    /** A device, named pipe or socket. */
    record Special(Meta meta, int links, @Nullable Origin origin, FileType type, int major, int minor) implements File {

        @Override
        public Special with(Meta newMeta) {
            return new Special(newMeta, links, origin, type, major, minor);
        }

        @Override
        public Special withLinks(int newLinks) {
            return new Special(meta, newLinks, origin, type, major, minor);
        }
    }
}
