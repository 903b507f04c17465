package io.layerfs;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A signature of an image, as registries and image layouts keep it beside the image: a payload that says what is signed, and the
 * signature of the payload's bytes as an annotation of it (cosign, SIGNATURE_SPEC.md). Nothing is known of whether it is true:
 * that is for an {@link ImagePolicy} to tell.
 *
 * @param digest of the payload; where that cannot be had, of the document that should have led to it
 * @param payload the bytes that are signed
 * @param annotations {@value #SIGNATURE} and whatever else is said of the payload
 * @param defect why it is no signature at all, such as a payload that is missing; null where it may be one
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record ImageSignature(
        Digest digest,
        byte[] payload,
        Map<String, String> annotations,
        @Nullable String defect) {

    /** The media type of a payload. */
    public static final String MEDIA_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json";

    /** The annotation that is the signature, in base64. */
    public static final String SIGNATURE = "dev.cosignproject.cosign/signature";

    /** How many bytes a payload may have. */
    public static final int MAX_PAYLOAD = 1 << 20;

    /** Copies the annotations. */
    public ImageSignature {
        annotations = Map.copyOf(annotations);
    }

    /** One that may be true. */
    public static ImageSignature of(byte[] payload, Map<String, String> annotations) {
        return new ImageSignature(Digest.sha256(payload), payload, annotations, null);
    }

    /** What stands in the place of a signature, and is none. */
    public static ImageSignature defective(Digest digest, String defect) {
        return new ImageSignature(digest, new byte[0], Map.of(), defect);
    }
}
