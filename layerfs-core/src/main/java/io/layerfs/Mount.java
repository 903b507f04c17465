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

    /**
     * A program that is to be run in the tree, as its root: with a mount and a pid namespace of its own, {@code /proc},
     * {@code /sys} and {@code /dev} as containers expect them, the environment, working directory and user of the image's
     * config, and the network of this process. When it ends, whatever it started is killed, and no mount of it is left.
     *
     * <p>The builder's environment is that of the program; its working directory is of no use; input, output and exit code
     * are as usual. It is no sandbox: root in it can do what this process can. Where the image has no {@code /proc},
     * {@code /sys} or {@code /dev}, they are made, and are changes like any other.
     *
     * @param command the program, found by the {@code PATH} of its environment, and its arguments; none for what the config
     *     says
     * @throws UnsupportedOperationException where no program can see the tree
     */
    ProcessBuilder command(String... command) throws IOException;

    /** Ends it: the paths can be used no more. What a named view holds stays in the store. Idempotent. */
    @Override
    void close() throws IOException;
}
