package io.layerfs.trust;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which references a rule is for: a repository, and a tag if there is one, in which {@code *} stands for anything but {@code /}, and
 * {@code **} for anything. A short name stands for its long form, as in a reference. {@code **} alone is for images without a name,
 * too.
 */
final class ReferencePattern {

    private static final String ALL = "**";

    private final String text;
    private final Pattern repository;
    private final @Nullable Pattern tag;

    private ReferencePattern(String text, Pattern repository, @Nullable Pattern tag) {
        this.text = text;
        this.repository = repository;
        this.tag = tag;
    }

    static ReferencePattern parse(String text) {
        if (text.isEmpty() || text.contains("@") || text.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException(
                    "not a pattern for references, such as registry.example.com/team/**: '" + text + "'");
        }
        if (text.equals(ALL)) {
            return new ReferencePattern(text, glob(ALL), null);
        }
        LongName name = LongName.parse(text);
        return new ReferencePattern(text, glob(name.repository()), name.tag() == null ? null : glob(name.tag()));
    }

    private static Pattern glob(String text) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith(ALL, i)) {
                regex.append(".*");
                i++;
            } else if (text.charAt(i) == '*') {
                regex.append("[^/]*");
            } else {
                regex.append(Pattern.quote(text.substring(i, i + 1)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    boolean matches(String reference) {
        LongName name = LongName.parse(reference);
        return repository.matcher(name.repository()).matches()
                && (tag == null
                        || (name.tag() != null && tag.matcher(name.tag()).matches()));
    }

    boolean matchesNameless() {
        return text.equals(ALL);
    }

    @Override
    public String toString() {
        return text;
    }
}
