package io.layerfs.erofs;

import java.io.IOException;

/** An index is not what was written. It is derived: whoever has the tars can build it anew. */
public final class DamagedIndexException extends IOException {

    private static final long serialVersionUID = 1L;

    /** With the file, the place and what is wrong there. */
    public DamagedIndexException(String message) {
        super(message);
    }
}
