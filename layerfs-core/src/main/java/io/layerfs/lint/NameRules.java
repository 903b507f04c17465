package io.layerfs.lint;

import io.layerfs.LayerLint.Place;
import io.layerfs.LintRule;
import io.layerfs.Utf8;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Names by themselves: whether other systems can have them, and how a path is spelled. */
final class NameRules {

    private static final Set<String> RESERVED = Set.of("con", "prn", "aux", "nul");
    private static final String FORBIDDEN = "<>:\"|?*\\";

    private final Findings findings;

    NameRules(Findings findings) {
        this.findings = findings;
    }

    /** Looks at a name that the layer has not had before. */
    void checkName(byte[] name, Place place) {
        if (!isUtf8(name)) {
            findings.info(LintRule.NAME_NOT_UTF8, place, "the name " + Findings.quote(name) + " is not UTF-8");
        }
        String reason = windows(name);
        if (reason != null) {
            findings.info(LintRule.NAME_NOT_FOR_WINDOWS, place, "the name " + Findings.quote(name) + " " + reason);
        }
    }

    static boolean isUtf8(byte[] name) {
        String text = Utf8.decode(name);
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable String windows(byte[] name) {
        for (byte b : name) {
            if ((b >= 0 && b < ' ') || FORBIDDEN.indexOf(b) >= 0) {
                return "holds " + Findings.quote(new byte[] {b}) + ", which Windows allows in none";
            }
        }
        byte last = name[name.length - 1];
        if (last == '.' || last == ' ') {
            return "ends in a dot or blank, which Windows drops";
        }
        String stem = Utf8.decode(name).split("\\.", 2)[0].strip().toLowerCase(Locale.ROOT);
        return RESERVED.contains(stem) || stem.matches("(com|lpt)[1-9\u00b9\u00b2\u00b3]")
                ? "is a device's on Windows"
                : null;
    }

    /** Looks at how a path is spelled. */
    void checkSpelling(byte[] path, String what, Place place) {
        String text = Utf8.decode(path);
        String rest = text.startsWith("./") ? text.substring(2) : text;
        if (rest.startsWith("/") || rest.contains("//") || ("/" + rest).contains("/./") || rest.endsWith("/.")) {
            findings.info(
                    LintRule.UNUSUAL_SPELLING, place, "an unusual spelling of " + what + ": " + Findings.quote(path));
        }
    }
}
