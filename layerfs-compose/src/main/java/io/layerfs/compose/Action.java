package io.layerfs.compose;

import io.layerfs.Attributes;
import io.layerfs.Digest;
import io.layerfs.FileType;
import java.io.IOException;

/** One thing that is done to a tree; paths are absolute. */
sealed interface Action {

    /** Says all that its result depends on. */
    void describe(KeyHash key);

    /** Does it. */
    void apply(Tree tree) throws IOException;

    /** Adds a directory where there is none. */
    record AddDirectory(String path, Attributes attributes) implements Action {
        @Override
        public void describe(KeyHash key) {
            key.add("directory").add(path).add(attributes);
        }

        @Override
        public void apply(Tree tree) throws IOException {
            tree.addDirectory(path, attributes);
        }
    }

    /**
     * Adds a file, in place of one that is there.
     *
     * @param digest of the bytes, when they were read for the plan
     */
    record AddFile(String path, Attributes attributes, Bytes bytes, Digest digest) implements Action {
        @Override
        public void describe(KeyHash key) {
            key.add("file").add(path).add(attributes).add(digest.toString());
        }

        @Override
        public void apply(Tree tree) throws IOException {
            tree.addFile(path, attributes, bytes, digest);
        }
    }

    /** Adds a symbolic link, in place of a file that is there. */
    record AddSymlink(String path, Attributes attributes, String target) implements Action {
        @Override
        public void describe(KeyHash key) {
            key.add("symlink").add(path).add(attributes).add(target);
        }

        @Override
        public void apply(Tree tree) throws IOException {
            tree.addSymlink(path, attributes, target);
        }
    }

    /**
     * Adds a device or a pipe, in place of a file that is there.
     *
     * @param device its number, as {@code unix:rdev} has it
     */
    record AddSpecial(String path, Attributes attributes, FileType type, long device) implements Action {
        @Override
        public void describe(KeyHash key) {
            key.add("special").add(path).add(attributes).add(type.name()).add(Long.toString(device));
        }

        @Override
        public void apply(Tree tree) throws IOException {
            tree.addSpecial(path, attributes, type, device);
        }
    }

    /** Adds a further name of a file, in place of a file that is there. */
    record AddLink(String path, String file) implements Action {
        @Override
        public void describe(KeyHash key) {
            key.add("link").add(path).add(file);
        }

        @Override
        public void apply(Tree tree) throws IOException {
            tree.addLink(path, file);
        }
    }

    /** Removes what matches a glob. */
    record Remove(String glob) implements Action {
        @Override
        public void describe(KeyHash key) {
            key.add("remove").add(glob);
        }

        @Override
        public void apply(Tree tree) throws IOException {
            tree.remove(glob);
        }
    }
}
