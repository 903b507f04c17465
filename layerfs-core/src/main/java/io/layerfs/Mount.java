package io.layerfs;

import java.io.IOException;
import java.nio.file.Path;

/** A view shown as a file tree. All use goes through its {@link #root()}. Safe for use by many threads. */
public interface Mount extends AutoCloseable {

    /** The root of the tree: all of {@link java.nio.file.Files} works below it. */
    Path root();

    /** What was changed so far, ready for {@link LayerStore#add(Changeset)}; nothing where it cannot be written. */
    Changeset changes() throws IOException;

    /** What shows the tree and how, for people. */
    String description();

    /**
     * A further mount of what is seen now, independent of this one; the caller closes it.
     *
     * @throws UnsupportedOperationException where the backend has no such thing
     */
    Mount fork() throws IOException;

    /** Ends it: the paths can be used no more. What a named view holds stays in the store. Idempotent. */
    @Override
    void close() throws IOException;
}
