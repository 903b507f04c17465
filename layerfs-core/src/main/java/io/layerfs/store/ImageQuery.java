package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.ImageName;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What somebody calls an image of a store, and the search for it among the entries of {@code index.json}, which others may have
 * written: none of them can stand in the way of another.
 *
 * <ul>
 *   <li>A whole digest, {@code sha256:...} or its 64 hex digits alone, is looked for among digests, never among names.
 *   <li>A name with a digest, {@code app@sha256:...}, is the image with that digest; only where it is not here, as it is for the
 *       index that a pulled image came from, what is called exactly so.
 *   <li>Anything else is a name, or the start of a digest, of at least {@value #SHORTEST} hex digits. Docker takes the name where it
 *       is both; here that is refused, since an archive could call its image by the digits that people copy of another's digest.
 * </ul>
 */
final class ImageQuery {

    private static final int SHORTEST = 4;
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{" + SHORTEST + ",}");
    private static final Pattern WHOLE_HEX = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern START = Pattern.compile("[a-z0-9]+:[0-9a-f]{" + SHORTEST + ",}");

    private final String text;
    private final @Nullable Digest digest;
    private final @Nullable String name;
    private final @Nullable String start;
    private @Nullable Descriptor byDigest;
    private final Map<Digest, Descriptor> byName = new LinkedHashMap<>();
    private final Map<Digest, Descriptor> byStart = new LinkedHashMap<>();

    private ImageQuery(String text, @Nullable Digest digest, @Nullable String name, @Nullable String start) {
        this.text = text;
        this.digest = digest;
        this.name = name;
        this.start = start;
    }

    static ImageQuery of(Digest digest) {
        return new ImageQuery(digest.toString(), digest, null, null);
    }

    static ImageQuery parse(String text) {
        if (ImageName.readsAsDigest(text)) {
            Digest whole = digest(WHOLE_HEX.matcher(text).matches() ? "sha256:" + text : text);
            boolean starts = whole == null && START.matcher(text).matches();
            return new ImageQuery(text, whole, null, starts ? text : null);
        }
        if (ImageName.refusal(text) != null) {
            return new ImageQuery(text, digest(text), null, null);
        }
        ImageName name = new ImageName(text);
        return new ImageQuery(text, name.digest(), text, HEX.matcher(text).matches() ? text : null);
    }

    private static @Nullable Digest digest(String text) {
        try {
            return Digest.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The digest that the image must have, unless it is what a name with it {@linkplain #named says}; null for any. */
    @Nullable
    Digest digest() {
        return digest;
    }

    /** Looks at one entry; they come in the order of the index. */
    void add(Descriptor entry) {
        if (entry.isStatement()) {
            return;
        }
        if (digest != null && digest.equals(entry.digest()) && byDigest == null) {
            byDigest = entry;
        }
        if (name != null && name.equals(entry.name())) {
            byName.putIfAbsent(entry.digest(), entry);
        }
        if (start != null
                && (start.indexOf(':') < 0
                                ? entry.digest().encoded()
                                : entry.digest().toString())
                        .startsWith(start)) {
            byStart.putIfAbsent(entry.digest(), entry);
        }
    }

    /** The image with the digest, or that which has the name or the start of the digest where no digest is asked for. */
    @Nullable
    Descriptor found() throws IOException {
        if (digest != null) {
            return byDigest;
        }
        Map<Digest, Descriptor> all = new LinkedHashMap<>(byName);
        byStart.forEach(all::putIfAbsent);
        return only(all.values());
    }

    /** What is called exactly so, though it has a digest in its name that is not its own. */
    @Nullable
    Descriptor named() throws IOException {
        return only(byName.values());
    }

    /** Whether what was found was found by its name. */
    boolean isByName(Descriptor found) {
        return byName.containsKey(found.digest());
    }

    private @Nullable Descriptor only(Collection<Descriptor> found) throws IOException {
        if (found.size() > 1) {
            throw new IOException("'" + ImageName.shown(text) + "' can be any of several images: "
                    + (byName.isEmpty() ? "" : "the name of " + byName.keySet())
                    + (byName.isEmpty() || byStart.isEmpty() ? "" : ", and ")
                    + (byStart.isEmpty() ? "" : "the start of " + byStart.keySet()) + "; give a whole digest");
        }
        return found.isEmpty() ? null : found.iterator().next();
    }
}
