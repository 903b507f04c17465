package io.layerfs.trust;

import io.layerfs.Digest;
import io.layerfs.ImageSignature;
import io.layerfs.MalformedLayerException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The check of one signature after the other. What a payload says is looked at only once it is known who signed it: before that it may
 * be anybody's.
 */
final class SignatureCheck {

    private final Collection<VerificationKey> keys;
    private final Collection<Digest> digests;
    private final @Nullable String repository;
    private final List<VerifiedSignature> verified = new ArrayList<>();
    private final List<String> reasons = new ArrayList<>();

    /**
     * For signatures of an image.
     *
     * @param digests that may be signed
     * @param repository that must be named, in its long form; null for any
     */
    SignatureCheck(Collection<VerificationKey> keys, Collection<Digest> digests, @Nullable String repository) {
        this.keys = keys;
        this.digests = digests;
        this.repository = repository;
    }

    /** Those that count. */
    List<VerifiedSignature> verified() {
        return verified;
    }

    /** Why each of the others does not. */
    List<String> reasons() {
        return reasons;
    }

    void add(ImageSignature signature) {
        String reason = check(signature);
        if (reason != null) {
            reasons.add("signature " + signature.digest() + ": " + reason);
        }
    }

    private @Nullable String check(ImageSignature signature) {
        if (signature.defect() != null) {
            return signature.defect();
        }
        byte[] payload = signature.payload();
        if (payload.length > ImageSignature.MAX_PAYLOAD) {
            return payload.length + " bytes; a payload may have " + ImageSignature.MAX_PAYLOAD;
        }
        String text = signature.annotations().get(ImageSignature.SIGNATURE);
        if (text == null) {
            return "it has no annotation " + ImageSignature.SIGNATURE;
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return "its annotation " + ImageSignature.SIGNATURE + " is not base64: " + e.getMessage();
        }
        // one signature is that of one key: whoever chooses a key after it can have it fit two (ECDSA lets keys be
        // recovered)
        VerificationKey by = keys.stream()
                .filter(k -> k.verifies(payload, bytes))
                .findFirst()
                .orElse(null);
        if (by == null) {
            return "not made by " + keys.stream().map(VerificationKey::toString).collect(Collectors.joining(", "));
        }
        try {
            Payload said = Payload.parse(payload);
            String reason = check(said);
            if (reason == null) {
                verified.add(new VerifiedSignature(by, said.digest(), said.reference(), said.optional()));
            }
            return reason;
        } catch (MalformedLayerException e) {
            return e.getMessage();
        }
    }

    private @Nullable String check(Payload said) {
        if (!digests.contains(said.digest())) {
            return "it signs " + said.digest();
        }
        if (repository != null && !LongName.parse(said.reference()).repository().equals(repository)) {
            return "it signs the image as '" + said.reference() + "', not as one of " + repository;
        }
        return null;
    }
}
