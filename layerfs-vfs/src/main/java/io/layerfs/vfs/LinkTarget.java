package io.layerfs.vfs;

import io.layerfs.Name;
import io.layerfs.View;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;

/**
 * Where a symbolic link leads.
 *
 * @param absolute whether it starts at the root of the view
 * @param names what is walked from there
 * @param endsInSlash whether it must be a directory
 */
@SuppressWarnings("ArrayRecordComponent") // read, never compared
record LinkTarget(boolean absolute, Name[] names, boolean endsInSlash) {

    /**
     * What a link holds.
     *
     * @param subject the path on which the link was met
     * @throws FileSystemException where it holds what no path can
     */
    static LinkTarget of(View view, long link, NioPath subject) throws IOException {
        String text = view.readSymlink(link);
        NioPath path = parse(subject, text);
        return new LinkTarget(path.isAbsolute(), path.names(), text.endsWith("/"));
    }

    /** {@code text}, which is what the link holds, as a path. */
    static NioPath parse(NioPath subject, String text) throws IOException {
        try {
            return NioPath.parse(subject.getFileSystem(), text);
        } catch (InvalidPathException e) {
            throw new FileSystemException(
                    subject.toString(), null, "the target of a symbolic link is no path: " + e.getReason());
        }
    }

    /** A link to nowhere, which Linux does not make, but a layer can hold. */
    boolean isEmpty() {
        return !absolute && names.length == 0;
    }
}
