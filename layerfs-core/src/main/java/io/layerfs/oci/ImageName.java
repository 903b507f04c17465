package io.layerfs.oci;

import io.layerfs.Digest;
import io.layerfs.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A name that an image can have, in a store and in an archive: the one grammar for all ways in.
 *
 * <p>It is a reference name of an OCI layout (image-spec, annotations.md), or what a registry or Docker calls an image
 * (distribution's grammar, which is wider in places: {@code host/a__b:1._-}). It never reads as something else:
 *
 * <ul>
 *   <li>as a digest, {@code algorithm:...}, or as the bare hex of one, since who asks for a digest means what it names (Docker
 *       refuses both, too);
 *   <li>as the name under which signatures of an image are kept, {@link Signatures#signed};
 *   <li>what follows an {@code @} and looks like a digest is a well-formed one, and the last: {@link #digest}.
 * </ul>
 *
 * @param text at most {@value #MAX_BYTES} bytes: a repository may have 255, a tag 128, a digest 136, and layouts may have longer ones
 */
public record ImageName(String text) {

    /** How many bytes a name may have. */
    public static final int MAX_BYTES = 1024;

    private static final int SHOWN = 96;
    private static final String LAYOUT_PART = "[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*";

    /** Of a layout; every character is ASCII, so that characters are bytes. */
    private static final Pattern IN_LAYOUT = Pattern.compile(LAYOUT_PART + "(?:/" + LAYOUT_PART + ")*");

    private static final Pattern IN_REGISTRY =
            Pattern.compile("(?:" + ReferenceGrammar.HOST + "/)?" + ReferenceGrammar.REPOSITORY + "(?::"
                    + ReferenceGrammar.TAG + ")?(?:@[a-z0-9]+(?:[+._-][a-z0-9]+)*:[A-Za-z0-9=_-]+)?");

    /** What algorithms of digests are called: those that are registered, those that tools have, and their like to come. */
    private static final String ALGORITHM = "(?:sha-?[0-9]+(?:[-_/][0-9]+)?|blake[0-9][a-z0-9]*|md[0-9])";

    private static final Pattern DIGEST = Pattern.compile("(?i)" + ALGORITHM + ":.*|[0-9a-f]{64,}");
    private static final Pattern AT_DIGEST =
            Pattern.compile("(?i)@(" + ALGORITHM + ":.*|[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-f]{32,})");

    /** Checks it. */
    public ImageName {
        String reason = refusal(text);
        if (reason != null) {
            throw new IllegalArgumentException("not a name that an image can have: '" + shown(text) + "': " + reason);
        }
    }

    /** Refuses what is none; nothing where it is null. */
    public static void check(@Nullable String text) {
        if (text != null) {
            ImageName unused = new ImageName(text);
        }
    }

    /** Why no image can be called so; null where one can. */
    public static @Nullable String refusal(String text) {
        if (text.length() > MAX_BYTES) {
            return text.length() + " characters; it may have " + MAX_BYTES;
        }
        if (readsAsDigest(text)) {
            return "it reads as a digest";
        }
        if (Signatures.isTag(text)) {
            return "it is what the signatures of an image are called, or what else is said of one";
        }
        if (!IN_LAYOUT.matcher(text).matches() && !IN_REGISTRY.matcher(text).matches()) {
            return "it is made of letters and digits with one of -._:@+/ between";
        }
        return text.indexOf('@') >= 0 && isFalseDigest(text) ? "what follows '@' is no digest" : null;
    }

    private static boolean isFalseDigest(String text) {
        Matcher at = AT_DIGEST.matcher(text);
        return at.find() && digest(at.group(1)) == null;
    }

    /** Whether a text is, or could be meant for, a digest or the bare hex of one, whole or not: no image is called so. */
    public static boolean readsAsDigest(String text) {
        return DIGEST.matcher(text).matches();
    }

    private static @Nullable Digest digest(String text) {
        try {
            return Digest.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** For messages: not all of what is long, and nothing that a terminal would heed. */
    public static String shown(String text) {
        boolean whole = text.length() <= SHOWN;
        String start = whole ? text : text.substring(0, SHOWN);
        return Utf8.printable(start.getBytes(StandardCharsets.UTF_8)) + (whole ? "" : "...");
    }

    /** The digest that it ends in, as in {@code app:1@sha256:...}; null where it has none. */
    public @Nullable Digest digest() {
        Matcher at = AT_DIGEST.matcher(text);
        return at.find() ? digest(at.group(1)) : null;
    }

    /**
     * Refuses a name with the digest of something else.
     *
     * @param digests of the image's manifest, and of indexes that lead to it
     */
    public ImageName requireTrue(List<Digest> digests) {
        Digest said = digest();
        if (said != null && !digests.contains(said)) {
            throw new IllegalArgumentException(
                    "not a name that this image can have: '" + shown(text) + "': its digest is " + digests.get(0));
        }
        return this;
    }

    /** Itself. */
    @Override
    public String toString() {
        return text;
    }
}
