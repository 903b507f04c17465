package io.layerfs;

import java.util.List;

/**
 * A stack of layers with a config, named by the digest of its manifest. A value; what it names lies in the store that gave
 * it.
 *
 * @param digest of the manifest
 * @param configDigest of the config, which some tools call the image's id
 * @param config the config document, byte for byte
 * @param platform what the config says that it runs on
 * @param layers base first
 * @param tags the names that it had in the store when it was asked for, sorted
 */
@SuppressWarnings("ArrayRecordComponent") // equality is that of the manifest's digest
public record Image(
        Digest digest, Digest configDigest, byte[] config, Platform platform, List<Layer> layers, List<String> tags) {

    /** Copies the lists. */
    public Image {
        layers = List.copyOf(layers);
        tags = List.copyOf(tags);
    }

    /** The diff ids of its layers, base first. */
    public List<Digest> diffIds() {
        return layers.stream().map(Layer::diffId).toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Image that && digest.equals(that.digest);
    }

    @Override
    public int hashCode() {
        return digest.hashCode();
    }

    /** The first tag, or the digest. */
    @Override
    public String toString() {
        return tags.isEmpty() ? digest.toString() : tags.get(0);
    }
}
