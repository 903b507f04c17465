package io.layerfs.trust;

import io.layerfs.Digest;
import io.layerfs.UntrustedImageException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a policy finds of an image under one of its names.
 *
 * @param reference the name; empty where the image has none
 * @param image the digest of its manifest
 * @param rule the first that is for it; null where there is none
 * @param signatures those that count
 * @param reasons why each of the others does not
 */
public record Verdict(
        String reference,
        Digest image,
        @Nullable TrustRule rule,
        List<VerifiedSignature> signatures,
        List<String> reasons) {

    /** Copies the lists. */
    public Verdict {
        signatures = List.copyOf(signatures);
        reasons = List.copyOf(reasons);
    }

    /** Whether the rule has what it asks for, whatever it wants done where it has not. */
    public boolean isTrusted() {
        return rule != null && rule.isSatisfied(signatures);
    }

    /** The exception of one that is not trusted. */
    UntrustedImageException toException() {
        return new UntrustedImageException(
                reference, image, rule == null ? "no rule of the policy is for it" : rule.demand(), reasons);
    }
}
