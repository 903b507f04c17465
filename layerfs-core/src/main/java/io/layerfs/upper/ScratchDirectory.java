package io.layerfs.upper;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** A directory for the scratch files of a view, made when it is first needed; released when it is closed. */
public interface ScratchDirectory extends Closeable {

    /** The directory, which only the view uses. */
    Path directory() throws IOException;
}
