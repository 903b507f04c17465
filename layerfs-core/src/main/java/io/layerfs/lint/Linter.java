package io.layerfs.lint;

import io.layerfs.Changeset;
import io.layerfs.LayerLint;
import io.layerfs.LintRule;
import io.layerfs.MalformedLayerException;
import io.layerfs.blob.Blob;
import io.layerfs.tar.LayerTarReader;
import io.layerfs.tar.RawHeader;
import io.layerfs.tar.TarEntry;
import io.layerfs.tar.TarReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a layer's tar: {@link TarReader} says what the entries are, the bytes between them are looked at as they
 * stand. Each family of rules is a class of its own.
 */
public final class Linter {

    private final Blob tar;
    private final Findings findings = new Findings();
    private final HeaderRules headers;
    private final TreeRules tree;
    private final EntryRules entries;
    private final SlackRules slack;

    private Linter(Blob tar, @Nullable Changeset below) {
        this.tar = tar;
        this.headers = new HeaderRules(findings);
        this.tree = new TreeRules(findings, below);
        this.entries = new EntryRules(findings);
        this.slack = new SlackRules(findings, tar);
    }

    /**
     * Looks at a layer's tar.
     *
     * @param below what the layers below show; null where that is not known
     */
    public static LayerLint check(Blob tar, @Nullable Changeset below) throws IOException {
        Linter linter = new Linter(tar, below);
        linter.run();
        return linter.findings.toLint();
    }

    /** Looks at a tar that may be no layer, and at whether it is one. */
    public static LayerLint checkForeign(Blob tar) throws IOException {
        Linter linter = new Linter(tar, null);
        linter.run();
        if (!linter.findings.has(LintRule.MALFORMED)) {
            linter.requireLayer();
        }
        return linter.findings.toLint();
    }

    private void run() throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(tar.file()), 1 << 16)) {
            TarReader reader = new TarReader(in);
            long end = 0;
            try {
                for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                    check(entry, end);
                    end = slack.end(entry);
                }
            } catch (MalformedLayerException e) {
                findings.error(LintRule.MALFORMED, Findings.place(reader.position()), String.valueOf(e.getMessage()));
                tree.finish();
                return;
            }
            for (RawHeader header : RawHeader.read(tar, end)) {
                headers.check(header);
                end = slack.check(header);
            }
            slack.checkEnd(end, reader.position());
        }
        tree.finish();
    }

    /** Looks at an entry, and at what lies between it and {@code end}, where the one before left off. */
    private void check(TarEntry entry, long end) throws IOException {
        List<RawHeader> own = new ArrayList<>();
        for (RawHeader header : RawHeader.read(tar, end)) {
            slack.check(header);
            headers.check(header);
            if (header.offset() >= entry.offset()) {
                own.add(header);
            }
        }
        headers.check(entry, own);
        slack.check(entry);
        entries.check(entry);
        tree.check(entry);
    }

    private void requireLayer() throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(tar.file()), 1 << 16)) {
            LayerTarReader.read(in, tar);
        } catch (MalformedLayerException e) {
            findings.error(LintRule.MALFORMED, Findings.place(0), String.valueOf(e.getMessage()));
        }
    }
}
