package io.layerfs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A changeset that cannot change, named by its diff id: the digest of its uncompressed tar. Lies in a store. Safe for use by
 * many threads.
 */
public final class Layer {

    /** Reads the changeset of a layer. */
    interface Source {
        Changeset changeset(Digest diffId) throws IOException;
    }

    private final Digest diffId;
    private final Path tar;
    private final long size;
    private final Source source;

    Layer(Digest diffId, Path tar, long size, Source source) {
        this.diffId = diffId;
        this.tar = tar;
        this.size = size;
        this.source = source;
    }

    /** Its name. */
    public Digest diffId() {
        return diffId;
    }

    /** How many bytes its tar has. */
    public long size() {
        return size;
    }

    /** What it says. */
    public Changeset changeset() throws IOException {
        return source.changeset(diffId);
    }

    /** Its tar, byte for byte as it came (uncompressed). The caller closes the stream. */
    public InputStream openTar() throws IOException {
        return Files.newInputStream(tar);
    }

    /** Where its tar lies. */
    Path tar() {
        return tar;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Layer that && diffId.equals(that.diffId);
    }

    @Override
    public int hashCode() {
        return diffId.hashCode();
    }

    /** The diff id. */
    @Override
    public String toString() {
        return diffId.toString();
    }
}
