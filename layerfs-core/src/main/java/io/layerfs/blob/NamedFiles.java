package io.layerfs.blob;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** What {@link Files} does, with failures that name the file: those of a channel, and of its streams, do not. */
public final class NamedFiles {

    private NamedFiles() {}

    /** The failure {@code e} of something done to {@code file}; itself, where it names a file. */
    public static FileSystemException named(Path file, IOException e) {
        if (e instanceof FileSystemException known) {
            return known;
        }
        String reason = e.getMessage() == null ? e.toString() : e.getMessage();
        FileSystemException failure = new FileSystemException(file.toString(), null, reason);
        failure.initCause(e);
        return failure;
    }

    /** As {@link Files#newOutputStream}; the file is {@linkplain FileOwner#asDirectory the directory's owner's}. */
    public static OutputStream newOutputStream(Path file, OpenOption... options) throws IOException {
        OutputStream opened = Files.newOutputStream(file, options);
        FileOwner.asDirectory(file);
        return new FilterOutputStream(opened) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                try {
                    out.write(bytes, offset, length);
                } catch (IOException e) {
                    throw named(file, e);
                }
            }
        };
    }

    /** As {@link Files#write}. */
    public static void write(Path file, byte[] bytes) throws IOException {
        try (OutputStream out = newOutputStream(file)) {
            out.write(bytes);
        }
    }

    /** Whether there is something, a link too; unlike {@link Files#exists}, does not take a failure for a no. */
    public static boolean exists(Path file) throws IOException {
        try {
            Files.readAttributes(file, BasicFileAttributes.class, java.nio.file.LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
