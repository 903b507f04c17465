package io.layerfs.trust;

import io.layerfs.Digest;
import java.util.Map;

/**
 * A signature that was found to be true.
 *
 * @param key of those that were asked for, the one that made it
 * @param digest that was signed: of the image, or of an index that lists it
 * @param reference what it says that the image is called
 * @param annotations what else it says, such as strings and numbers
 */
public record VerifiedSignature(VerificationKey key, Digest digest, String reference, Map<String, Object> annotations) {

    /** Copies the annotations. */
    public VerifiedSignature {
        annotations = Map.copyOf(annotations);
    }
}
