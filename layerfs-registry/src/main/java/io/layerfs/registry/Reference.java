package io.layerfs.registry;

import io.layerfs.Digest;
import io.layerfs.oci.ImageName;
import io.layerfs.oci.ReferenceGrammar;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an image is called in a registry: {@code host[:port]/repository[:tag][@digest]}.
 *
 * <p>The grammar is that of distribution-spec, and of {@code github.com/distribution/reference} for what people type: the
 * first part is a host if it has a dot or a colon or is {@code localhost}; without one it is {@code docker.io}, whose
 * repositories of one part are in {@code library}. Without tag and digest the tag is {@code latest}.
 *
 * @param registry the host as it is written, with its port where it has one
 * @param repository such as {@code library/alpine}
 * @param tag null where there is only a digest
 * @param digest of the manifest or index; where it is there, the image is what it names, whatever the tag
 */
public record Reference(
        String registry,
        String repository,
        @Nullable String tag,
        @Nullable Digest digest) {

    private static final String HUB = "docker.io";
    private static final String HUB_LIBRARY = "library/";
    private static final String LATEST = "latest";
    private static final int MAX_NAME = ReferenceGrammar.MAX_REPOSITORY;
    private static final int MAX_TEXT = 1024;

    private static final Pattern REGISTRY = Pattern.compile(ReferenceGrammar.HOST);
    private static final Pattern REPOSITORY = Pattern.compile(ReferenceGrammar.REPOSITORY);
    private static final Pattern TAG = Pattern.compile(ReferenceGrammar.TAG);
    private static final Pattern WHOLE = Pattern.compile("(?<name>[^@]+?)(?::(?<tag>[^:/@]+))?(?:@(?<digest>[^@]+))?");

    /** Checks the parts. */
    public Reference {
        check(REGISTRY, "registry", registry);
        check(REPOSITORY, "repository (lower-case letters and digits)", repository);
        if (registry.length() + 1 + repository.length() > MAX_NAME) {
            throw new IllegalArgumentException("a repository's name of more than " + MAX_NAME + " characters");
        }
        if (tag != null) {
            check(TAG, "tag", tag);
        }
        if (tag == null && digest == null) {
            throw new IllegalArgumentException("neither a tag nor a digest");
        }
    }

    private static void check(Pattern pattern, String what, String value) {
        if (!pattern.matcher(value).matches()) {
            throw new IllegalArgumentException("not the name of a " + what + ": '" + value + "'");
        }
    }

    /**
     * Reads what people write.
     *
     * @throws IllegalArgumentException where it is no reference
     */
    public static Reference parse(String text) {
        if (ImageName.readsAsDigest(text)) {
            throw new IllegalArgumentException("a digest, which is in no repository: '" + ImageName.shown(text) + "'");
        }
        Matcher parts = WHOLE.matcher(text);
        if (text.length() > MAX_TEXT || !parts.matches()) {
            throw new IllegalArgumentException("not a reference (host/repository:tag@digest): '" + text + "'");
        }
        String name = parts.group("name");
        String tag = parts.group("tag");
        Digest digest = parts.group("digest") == null ? null : Digest.parse(parts.group("digest"));
        int slash = name.indexOf('/');
        String first = slash < 0 ? "" : name.substring(0, slash);
        boolean host = first.contains(".") || first.contains(":") || first.equals("localhost");
        String registry = host ? first : HUB;
        String repository = host ? name.substring(slash + 1) : name;
        if (registry.equals("index.docker.io")) {
            registry = HUB;
        }
        if (registry.equals(HUB) && repository.indexOf('/') < 0) {
            repository = HUB_LIBRARY + repository;
        }
        return new Reference(registry, repository, tag == null && digest == null ? LATEST : tag, digest);
    }

    /** Whether it is in the registry that is meant where none is said. */
    boolean isHub() {
        return registry.equals(HUB);
    }

    /** The host that serves it. */
    String host() {
        return isHub() ? "registry-1.docker.io" : registry;
    }

    /** What it is asked for by: the digest, else the tag. */
    String identifier() {
        return digest != null ? digest.toString() : String.valueOf(tag);
    }

    /** The same repository, with this digest and no tag. */
    public Reference at(Digest other) {
        return new Reference(registry, repository, null, other);
    }

    /** The same repository, with this tag and no digest. */
    public Reference withTag(String other) {
        return new Reference(registry, repository, other, null);
    }

    /** As people write it: without what is understood. */
    public String familiar() {
        String text = toString();
        if (isHub()) {
            text = text.substring(HUB.length() + 1);
            text = text.startsWith(HUB_LIBRARY) ? text.substring(HUB_LIBRARY.length()) : text;
        }
        return text;
    }

    /** In full: {@code docker.io/library/alpine:latest}. The name that a pulled image has in a store. */
    @Override
    public String toString() {
        return registry + "/" + repository + (tag == null ? "" : ":" + tag) + (digest == null ? "" : "@" + digest);
    }
}
