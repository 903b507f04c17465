package io.layerfs;

import java.util.List;

/**
 * An image that was put onto another base.
 *
 * @param conflicts the paths that its own layers change, and that the old and the new base do not show alike: what is there now
 *     is what its layers say
 */
public record Rebased(Image image, List<LayerPath> conflicts) {

    /** Copies the list. */
    public Rebased {
        conflicts = List.copyOf(conflicts);
    }
}
