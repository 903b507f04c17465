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
     * A program that is to be run in the tree, as its root: with mount, pid and IPC namespaces and a session of its own, {@code
     * /proc}, {@code /sys} and {@code /dev} as containers expect them, the environment, working directory, user and groups of
     * the image's config, the network of this process, and its {@code resolv.conf} and {@code hosts}, to be read. When it ends,
     * or this process does, whatever it started is killed, and no mount of it is left.
     *
     * <p>Nothing of the tree is looked up, run or heeded outside of it. Root in it has the capabilities that container engines
     * give, but for {@code CAP_NET_RAW}; a program may be setuid. Of this process it has input, output and error output, and no
     * other descriptor; signals are as by default, the mask is 022, and a terminal is only input and output. It is no sandbox
     * all the same: the kernel and the network are this process', and nothing limits what is used.
     *
     * <p>What must be there so that it can run, and the image has not, is made and is no change, as long as nothing is put into
     * it. A working directory that the image has not is made as well, and is a change.
     *
     * <p>The builder's environment is that of the program, but for variables of the config that this JVM cannot give to programs,
     * as its charset has not all of their characters: the program has them, unless they are set. The builder's directory is of no
     * use. The exit code is the program's, or 128 and the number of the signal that killed it; 127 where there is no such
     * program, 126 where it cannot be executed, 125 where it could not be brought into the tree: then the error output says why.
     *
     * @param command the program, found by the {@code PATH} of its environment, and its arguments; none for what the config
     *     says
     * @throws IOException where the config, or a file that says who its user is, cannot be made sense of
     * @throws UnsupportedOperationException where no program can see the tree
     */
    ProcessBuilder command(String... command) throws IOException;

    /** Ends it: the paths can be used no more. What a named view holds stays in the store. Idempotent. */
    @Override
    void close() throws IOException;
}
