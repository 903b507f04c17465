package io.layerfs.lint;

import io.layerfs.LayerLint.Place;
import io.layerfs.LintRule;
import io.layerfs.Utf8;
import io.layerfs.tar.TarEntry;
import io.layerfs.tar.TarEntry.Kind;
import java.time.Instant;

/** What an entry is, wherever it lies. */
final class EntryRules {

    private static final Instant AFTER_32_BITS = Instant.ofEpochSecond(1L << 32);
    private static final int SETUID = 04000;
    private static final int SETGID = 02000;

    private final Findings findings;

    EntryRules(Findings findings) {
        this.findings = findings;
    }

    void check(TarEntry entry) {
        Place place = Findings.place(entry);
        checkXattrs(entry, place);
        checkKind(entry, place);
        Instant mtime = entry.attributes().mtime();
        if (mtime.isBefore(Instant.EPOCH) || !mtime.isBefore(AFTER_32_BITS)) {
            findings.info(LintRule.TIME_OUT_OF_RANGE, place, "modified at " + mtime + ", which 32 bits do not hold");
        }
    }

    private void checkXattrs(TarEntry entry, Place place) {
        for (String name : entry.attributes().xattrs().names()) {
            if (name.startsWith("trusted.overlay.") || name.startsWith("user.overlay.")) {
                findings.error(
                        LintRule.OVERLAY_XATTR,
                        place,
                        "the extended attribute " + Findings.quote(Utf8.encode(name))
                                + ", by which overlayfs steers itself");
            } else if (name.equals("security.capability")) {
                findings.info(LintRule.FILE_CAPABILITIES, place, "gives capabilities to who runs it");
            }
        }
    }

    private void checkKind(TarEntry entry, Place place) {
        boolean character = entry.kind() == Kind.CHARACTER_DEVICE;
        if (character && entry.major() == 0 && entry.minor() == 0) {
            findings.error(LintRule.OVERLAY_WHITEOUT, place, "a character device 0:0, overlayfs' own whiteout");
        } else if (character || entry.kind() == Kind.BLOCK_DEVICE) {
            findings.info(
                    LintRule.DEVICE,
                    place,
                    "a " + (character ? "character" : "block") + " device " + entry.major() + ":" + entry.minor());
        }
        int mode = entry.attributes().mode();
        if (entry.kind() == Kind.FILE && (mode & (SETUID | SETGID)) != 0) {
            findings.info(
                    LintRule.SET_ID,
                    place,
                    String.format(
                            "mode %04o: runs as its %s",
                            mode,
                            (mode & SETUID) != 0 ? ((mode & SETGID) != 0 ? "owner and group" : "owner") : "group"));
        }
        if (entry.extents() != null) {
            findings.warning(
                    LintRule.SPARSE_FILE,
                    place,
                    "a sparse file: " + entry.storedSize() + " of " + entry.size() + " bytes are stored");
        }
    }
}
