package io.layerfs.trust;

import io.layerfs.ImagePolicy;
import io.layerfs.ImageSignature;
import io.layerfs.UntrustedImageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which images are trusted: the first rule that is for a name of an image decides, for each of its names. An image for which no rule is
 * is refused; a last rule for {@code **} is the default. Safe for use by many threads.
 */
public final class TrustPolicy implements ImagePolicy {

    private final List<TrustRule> rules;
    private final Consumer<String> warnings;

    private TrustPolicy(List<TrustRule> rules, Consumer<String> warnings) {
        this.rules = List.copyOf(rules);
        this.warnings = warnings;
    }

    /**
     * Of these rules.
     *
     * @param warnings told of each image that is admitted by a rule that only warns, and why it is not trusted
     */
    public static TrustPolicy of(List<TrustRule> rules, Consumer<String> warnings) {
        return new TrustPolicy(rules, warnings);
    }

    /**
     * Reads the document of one: JSON, with the names of files relative to its own. See the documentation for its form; whatever is not
     * known in it is refused.
     *
     * @param warnings told of each image that is admitted by a rule that only warns, and why it is not trusted
     */
    public static TrustPolicy read(Path file, Consumer<String> warnings) throws IOException {
        return new TrustPolicy(PolicyDocument.read(file), warnings);
    }

    @Override
    public void check(Candidate image) throws UntrustedImageException {
        List<String> told = new ArrayList<>();
        for (Verdict verdict : judge(image)) {
            if (!verdict.isTrusted()) {
                UntrustedImageException untrusted = verdict.toException();
                TrustRule rule = verdict.rule();
                if (rule == null || rule.mode() != TrustRule.Mode.WARN) {
                    throw untrusted;
                }
                told.add(untrusted.getMessage());
            }
        }
        told.forEach(warnings);
    }

    /** What is found of an image, under each of its names. */
    public List<Verdict> judge(Candidate image) {
        List<Verdict> verdicts = new ArrayList<>();
        image.references().forEach(reference -> verdicts.add(judge(image, reference)));
        if (verdicts.isEmpty()) {
            verdicts.add(judge(image, null));
        }
        return verdicts;
    }

    private Verdict judge(Candidate image, @Nullable String reference) {
        String name = reference == null ? "" : reference;
        for (TrustRule rule : rules) {
            if (rule.matches(reference)) {
                SignatureCheck check = new SignatureCheck(rule.keys(), image.digests(), rule.repository(reference));
                for (ImageSignature signature :
                        rule.keys().isEmpty() ? List.<ImageSignature>of() : image.signatures()) {
                    check.add(signature);
                }
                return new Verdict(name, image.digest(), rule, check.verified(), check.reasons());
            }
        }
        return new Verdict(name, image.digest(), null, List.of(), List.of());
    }
}
