package io.layerfs;

import java.io.IOException;
import java.util.List;

/**
 * An image of which something is missing or damaged in the store, so that it cannot be used: {@link LayerStore#remove(String)} removes
 * it, and importing it again mends it.
 *
 * @param digest of the manifest
 * @param tags its names, sorted
 * @param reason what is wrong
 */
public record DamagedImage(Digest digest, List<String> tags, IOException reason) {

    /** Copies the tags. */
    public DamagedImage {
        tags = List.copyOf(tags);
    }
}
