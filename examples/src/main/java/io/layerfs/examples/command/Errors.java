package io.layerfs.examples.command;

import io.layerfs.UntrustedImageException;
import io.layerfs.examples.terminal.ClosedPipeException;
import io.layerfs.examples.terminal.Terminal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;

/** What went wrong, as one line for the user and an exit code. */
final class Errors {

    private Errors() {}

    /** Tells the user; the exit code is the answer. With {@code debug} also where in the program it was. */
    static int report(Exception failure, Terminal terminal, boolean debug) {
        Throwable cause = unwrap(failure);
        if (cause instanceof ClosedPipeException) {
            return ExitCode.CLOSED_PIPE;
        }
        terminal.note("layerfs: " + message(cause));
        if (debug) {
            cause.printStackTrace(terminal.err());
        }
        if (cause instanceof Failure known) {
            return known.exitCode();
        }
        if (cause instanceof UntrustedImageException) {
            return ExitCode.UNTRUSTED;
        }
        return cause instanceof NoSuchFileException ? ExitCode.NOT_FOUND : ExitCode.FAILED;
    }

    private static Throwable unwrap(Exception failure) {
        boolean wrapper = failure instanceof UncheckedIOException || failure instanceof DirectoryIteratorException;
        Throwable cause = failure.getCause();
        return wrapper && cause != null ? cause : failure;
    }

    /** What is wrong, in one line. */
    static String message(Throwable cause) {
        if (cause instanceof FileSystemException failed && failed.getFile() != null) {
            String reason = reason(failed);
            if (reason != null) {
                return failed.getFile() + ": " + reason;
            }
        }
        String message = cause.getMessage();
        if (cause instanceof Failure || (cause instanceof IOException && message != null && !message.isEmpty())) {
            return message == null ? "" : message;
        }
        return cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    /** The exceptions of {@code java.nio.file} say most by their class. */
    private static @Nullable String reason(FileSystemException failed) {
        if (failed.getReason() != null) {
            return failed.getReason();
        }
        if (failed instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (failed instanceof NotDirectoryException) {
            return "not a directory";
        }
        if (failed instanceof AccessDeniedException) {
            return "permission denied";
        }
        return failed instanceof FileAlreadyExistsException ? "exists already" : null;
    }
}
