package io.layerfs.registry;

import io.layerfs.Digest;
import java.util.Map;

/**
 * A manifest that says it is about another one, its subject: a signature, an SBOM.
 *
 * @param artifactType what kind of thing it is; empty where that is not said
 * @param annotations none where there are none
 */
public record Referrer(
        Digest digest, String mediaType, long size, String artifactType, Map<String, String> annotations) {

    /** Copies the annotations. */
    public Referrer {
        annotations = Map.copyOf(annotations);
    }
}
