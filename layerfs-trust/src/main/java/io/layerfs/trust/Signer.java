package io.layerfs.trust;

import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.ImageSignature;
import io.layerfs.LayerStore;
import io.layerfs.MalformedLayerException;
import java.io.IOException;
import java.util.Base64;
import java.util.Map;

/** Signs images with one key, as {@code cosign sign --key} does. Safe for use by many threads. */
public final class Signer {

    private final SigningKey key;

    private Signer(SigningKey key) {
        this.key = key;
    }

    /** With this key. */
    public static Signer of(SigningKey key) {
        return new Signer(key);
    }

    /**
     * Signs an image of a store, which keeps the signature beside it. One that this key made before for the same repository is replaced.
     *
     * @param reference what the image is called where it is used, such as {@code registry.example.com/team/app:1}; its repository is
     *     signed, the tag is not
     * @param annotations what else is said of it
     */
    public ImageSignature sign(LayerStore store, Image image, String reference, Map<String, String> annotations)
            throws IOException {
        ImageSignature signature = sign(image.digest(), reference, annotations);
        store.addSignature(image, signature, known -> isOwn(known, reference));
        return signature;
    }

    /** Signs what has this digest, wherever it is: an image, or an index. */
    public ImageSignature sign(Digest digest, String reference, Map<String, String> annotations) {
        byte[] payload = new Payload(digest, withoutTag(reference), Map.copyOf(annotations)).toBytes();
        String text = Base64.getEncoder().encodeToString(key.sign(payload));
        return ImageSignature.of(payload, Map.of(ImageSignature.SIGNATURE, text));
    }

    private static String withoutTag(String reference) {
        int at = reference.indexOf('@');
        String named = at < 0 ? reference : reference.substring(0, at);
        int colon = named.lastIndexOf(':');
        return colon > named.lastIndexOf('/') ? named.substring(0, colon) : named;
    }

    /** Whether this key made a signature for the repository of a reference: a new one takes its place. */
    public boolean isOwn(ImageSignature known, String reference) {
        String text = known.annotations().get(ImageSignature.SIGNATURE);
        if (known.defect() != null || text == null) {
            return false;
        }
        try {
            return key.publicKey().verifies(known.payload(), Base64.getDecoder().decode(text))
                    && LongName.parse(Payload.parse(known.payload()).reference())
                            .repository()
                            .equals(LongName.parse(reference).repository());
        } catch (IllegalArgumentException | MalformedLayerException e) {
            return false; // whatever it is, this key did not make it as it stands there
        }
    }
}
