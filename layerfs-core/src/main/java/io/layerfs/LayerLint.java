package io.layerfs;

import io.layerfs.blob.Blob;
import io.layerfs.lint.Linter;
import io.layerfs.union.Union;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is odd about a layer's tar: what tools show differently, what an attack would use, what hides.
 *
 * <p>It needs the tar: a {@link Changeset} has lost what was said twice, in which order, and what lay between. Takes one pass;
 * memory is about 60 bytes and the name for each path, so that a million entries need less than 100 MB.
 *
 * @param findings by their place in the tar; of each rule the first {@value #KEPT}
 * @param counts how many findings each rule has; rules without one are left out
 */
public record LayerLint(List<Finding> findings, Map<LintRule, Long> counts) {

    /** How many findings of one rule are kept. */
    public static final int KEPT = 10_000;

    /** How much a finding matters. */
    public enum Severity {
        /** Good to know; every tool does the same with it. */
        INFO,
        /** Tools differ, or something is hidden. */
        WARNING,
        /** Fails in some tools, or lets a layer do what it should not. */
        ERROR
    }

    /**
     * A place in the tar.
     *
     * @param path as the tar spells it, in the string form of {@link Name}; empty where no entry is meant
     * @param offset in bytes from the start of the tar; -1 for a place in a lower layer
     */
    public record Place(String path, long offset) {}

    /**
     * One thing that was found.
     *
     * @param message what it is, in words
     * @param related the other entry, where there are two
     */
    public record Finding(
            LintRule rule,
            Severity severity,
            Place place,
            String message,
            @Nullable Place related) {}

    /** Copies both. */
    public LayerLint {
        findings = List.copyOf(findings);
        counts = Collections.unmodifiableMap(counts.isEmpty() ? Map.of() : new EnumMap<>(counts));
    }

    /** Looks at a layer of which it is not known what it lies on. */
    public static LayerLint of(Layer layer) throws IOException {
        return Linter.check(Blob.open(layer.tar()), null);
    }

    /**
     * Looks at a layer as it lies on others: also at what it hides of them, and at what its paths go through there.
     *
     * @param baseFirst what lies below; none for the base of an image
     */
    public static LayerLint of(List<Layer> baseFirst, Layer layer) throws IOException {
        List<Changeset> below = new ArrayList<>();
        for (Layer lower : baseFirst) {
            below.add(lower.changeset());
        }
        return Linter.check(Blob.open(layer.tar()), Union.merge(below));
    }

    /** Looks at a file that is an uncompressed tar; of one that no store accepts, {@link LintRule#MALFORMED} says why. */
    public static LayerLint ofTar(Path tar) throws IOException {
        return Linter.checkForeign(Blob.open(tar));
    }

    /** How bad it is: the worst severity; null where nothing was found. */
    public @Nullable Severity worst() {
        return findings.stream().map(Finding::severity).max(Severity::compareTo).orElse(null);
    }
}
