package io.layerfs.vfs;

import java.nio.file.NoSuchFileException;

/**
 * That a file does not exist, to whom asks just that: before Java 20 {@code Files.exists} cannot be told in another way, and
 * most of what it costs would be the stack trace, which it drops.
 */
final class Absent extends NoSuchFileException {

    private static final long serialVersionUID = 1;

    Absent(NioPath path) {
        super(path.toString());
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // there is nothing to write
    public Throwable fillInStackTrace() {
        return this;
    }
}
