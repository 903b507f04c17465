package io.layerfs.examples.command;

import io.layerfs.UntrustedImageException;
import io.layerfs.examples.terminal.ClosedPipeException;
import io.layerfs.examples.terminal.Terminal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.ReadOnlyFileSystemException;
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
        String message = message(cause);
        terminal.note("layerfs: " + message + advice(message));
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
        if (cause instanceof ReadOnlyFileSystemException) {
            return "what is shown cannot be changed; 'layerfs new NAME IMAGE' makes a view that can";
        }
        boolean ours = cause instanceof Failure || cause instanceof IOException || isRefusal(cause);
        if (ours && message != null && !message.isEmpty()) {
            return message;
        }
        return "a fault of layerfs, to be told to who makes it, with what --debug adds: "
                + cause.getClass().getName() + (message == null ? "" : ": " + message);
    }

    /** Whether it says what cannot be done, in words for people. */
    private static boolean isRefusal(Throwable cause) {
        return cause instanceof UnsupportedOperationException || cause instanceof IllegalArgumentException;
    }

    /** What may be done about what the host says; nothing where nothing is known. */
    static String advice(String message) {
        if (message.startsWith("standard output")) {
            return "";
        }
        if (message.contains("No space left on device") || message.contains("Disk quota exceeded")) {
            return "; 'layerfs df' tells what takes space in the store, 'layerfs gc' frees what no image needs";
        }
        return message.contains("No locks available")
                ? "; the file system gives no locks, as some network ones: a store needs one that does"
                : "";
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
        if (failed instanceof DirectoryNotEmptyException) {
            return "the directory is not empty";
        }
        if (failed instanceof FileSystemLoopException) {
            return "links lead in a circle";
        }
        if (failed instanceof NotLinkException) {
            return "not a symbolic link";
        }
        return failed instanceof FileAlreadyExistsException ? "exists already" : null;
    }
}
