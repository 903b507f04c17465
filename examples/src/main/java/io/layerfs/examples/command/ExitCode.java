package io.layerfs.examples.command;

/** What the exit codes of {@code layerfs} mean. */
final class ExitCode {

    static final int OK = 0;
    /** An operation failed: bad input, a damaged store, no space. */
    static final int FAILED = 1;
    /** The command line is not understood. */
    static final int USAGE = 2;
    /** What was named is not there. */
    static final int NOT_FOUND = 3;
    /** {@code verify} found damage. */
    static final int DAMAGED = 4;
    /** A policy or key does not admit an image. */
    static final int UNTRUSTED = 5;
    /** Whoever read standard output has gone; what a shell reports of a program that SIGPIPE ended. */
    static final int CLOSED_PIPE = 141;

    private ExitCode() {}
}
