package io.layerfs.examples.command;

import org.jspecify.annotations.Nullable;

/** A command cannot go on, for a reason that the message tells whole. */
final class Failure extends Exception {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    private Failure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    static Failure failed(String message) {
        return new Failure(ExitCode.FAILED, message);
    }

    static Failure notFound(String message) {
        return new Failure(ExitCode.NOT_FOUND, message);
    }

    static Failure usage(@Nullable String message) {
        return new Failure(ExitCode.USAGE, String.valueOf(message));
    }

    static Failure closedPipe() {
        return new Failure(
                ExitCode.CLOSED_PIPE, "standard output: whoever read it has gone before all was written (broken pipe)");
    }

    int exitCode() {
        return exitCode;
    }
}
