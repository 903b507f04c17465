package io.layerfs;

import java.io.IOException;
import java.util.List;

/** An image was refused by an {@link ImagePolicy}. Nothing was imported or shown. */
public final class UntrustedImageException extends IOException {

    private static final long serialVersionUID = 1L;

    /** With a message that gives the reason as it is. */
    public UntrustedImageException(String message) {
        super(message);
    }

    /**
     * With a message that names the image and each reason.
     *
     * @param reference by which the image was asked for; empty for none
     * @param demand what the policy asks for
     * @param reasons why each signature does not count; none where there was none
     */
    public UntrustedImageException(String reference, Digest image, String demand, List<String> reasons) {
        super("image " + (reference.isEmpty() ? "" : reference + " ") + "(" + image + ") is not trusted: " + demand
                + "; " + (reasons.isEmpty() ? "it has no signature" : String.join("; ", reasons)));
    }
}
