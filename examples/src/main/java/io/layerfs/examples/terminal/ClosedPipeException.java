package io.layerfs.examples.terminal;

import java.io.IOException;

/** Whoever read standard output has gone: there is nothing to tell, and nobody to tell it to. */
public final class ClosedPipeException extends IOException {

    private static final long serialVersionUID = 1L;

    ClosedPipeException(IOException cause) {
        super("standard output was closed", cause);
    }
}
