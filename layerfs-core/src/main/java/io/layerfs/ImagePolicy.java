package io.layerfs;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Decides which images are taken into a store, and which are shown. It is asked before anything of the image is published or
 * mounted. Safe for use by many threads.
 */
@FunctionalInterface
public interface ImagePolicy {

    /** Admits every image, signed or not. */
    ImagePolicy ANY = image -> {};

    /**
     * Returns where the image is admitted.
     *
     * @throws UntrustedImageException where it is refused
     */
    void check(Candidate image) throws IOException;

    /**
     * An image that is to be admitted.
     *
     * @param references the names by which it is asked for, or will be; none where it has none
     * @param digests of its manifest, and of the indexes that are here and lead to it: whoever signs an index signs what it
     *     lists
     * @param signatures all that claim to be of the image, wherever they were found
     */
    record Candidate(List<String> references, List<Digest> digests, List<ImageSignature> signatures) {

        /** Copies the lists. */
        public Candidate {
            references = List.copyOf(references);
            digests = List.copyOf(digests);
            signatures = List.copyOf(signatures);
        }

        /** The same, which is asked for by this name, too. */
        public Candidate named(String reference) {
            Set<String> names = new LinkedHashSet<>(List.of(reference));
            names.addAll(references);
            return new Candidate(List.copyOf(names), digests, signatures);
        }

        /** The digest of its manifest. */
        public Digest digest() {
            return digests.get(0);
        }
    }
}
