package io.layerfs.trust;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link TrustPolicy} asks of the images that have certain names. A value; the methods give changed copies.
 *
 * <p>The names are those that match a pattern: a repository, or one with a tag, in which {@code *} stands for anything but {@code /} and
 * {@code **} for anything. A short name stands for its long form in both: {@code app} is {@code docker.io/library/app}. The pattern
 * {@code **} is also for images that have no name.
 */
public final class TrustRule {

    /** What is done where the signatures that are asked for are not there. */
    public enum Mode {
        /** The image is refused. */
        REFUSE,
        /** The image is admitted, and the policy's listener told. */
        WARN,
        /** No signature is asked for. */
        ACCEPT
    }

    private static final String ANY_IDENTITY = "*";

    private final ReferencePattern pattern;
    private final Mode mode;
    private final Set<VerificationKey> keys;
    private final int required;
    private final @Nullable String identity;

    private TrustRule(
            ReferencePattern pattern, Mode mode, Set<VerificationKey> keys, int required, @Nullable String identity) {
        this.pattern = pattern;
        this.mode = mode;
        this.keys = keys;
        this.required = required;
        this.identity = identity;
    }

    /**
     * A rule that refuses all images with matching names, until more is said.
     *
     * @throws IllegalArgumentException where it is no pattern
     */
    public static TrustRule of(String pattern) {
        return new TrustRule(ReferencePattern.parse(pattern), Mode.REFUSE, Set.of(), 1, null);
    }

    /** Asks for a signature by one of these keys. */
    public TrustRule signedBy(VerificationKey... anyOf) {
        return signedBy(1, List.of(anyOf));
    }

    /**
     * Asks for signatures by so many of these keys; the same key under two names counts once.
     *
     * @throws IllegalArgumentException where there are not as many
     */
    public TrustRule signedBy(int count, Collection<VerificationKey> keysAre) {
        Set<VerificationKey> distinct = new LinkedHashSet<>(keysAre);
        if (count < 1 || count > distinct.size()) {
            throw new IllegalArgumentException(
                    "rule '" + pattern + "': signatures by " + count + " of " + distinct.size() + " different keys");
        }
        return new TrustRule(pattern, mode, distinct, count, identity);
    }

    /** Does this where the signatures are not there. */
    public TrustRule mode(Mode wanted) {
        return new TrustRule(pattern, wanted, keys, required, identity);
    }

    /**
     * Asks for signatures that call the image by this repository, instead of the one by which it is asked for. {@code *} is for any: then
     * whoever may sign one image may have it stand for another.
     */
    public TrustRule identity(String repository) {
        return new TrustRule(pattern, mode, keys, required, repository);
    }

    boolean matches(@Nullable String reference) {
        return reference == null ? pattern.matchesNameless() : pattern.matches(reference);
    }

    Mode mode() {
        return mode;
    }

    Set<VerificationKey> keys() {
        return keys;
    }

    /** The repository that signatures must name, in its long form; null for any. */
    @Nullable
    String repository(@Nullable String reference) {
        String asked = identity == null ? reference : identity.equals(ANY_IDENTITY) ? null : identity;
        return asked == null ? null : LongName.parse(asked).repository();
    }

    boolean isSatisfied(List<VerifiedSignature> signatures) {
        boolean asks = mode != Mode.ACCEPT;
        return !asks || (!keys.isEmpty() && distinctKeys(signatures) >= required);
    }

    private static long distinctKeys(List<VerifiedSignature> signatures) {
        return signatures.stream().map(VerifiedSignature::key).distinct().count();
    }

    /** What is asked for, for messages. */
    String demand() {
        String names = keys.stream().map(VerificationKey::toString).collect(Collectors.joining(", "));
        return "rule '" + pattern + "' "
                + (keys.isEmpty()
                        ? "admits nothing"
                        : keys.size() == 1
                                ? "asks for a signature by " + names
                                : "asks for signatures by " + required + " of " + names);
    }

    /** The pattern. */
    @Override
    public String toString() {
        return pattern.toString();
    }
}
