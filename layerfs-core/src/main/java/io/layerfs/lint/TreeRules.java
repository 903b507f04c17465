package io.layerfs.lint;

import io.layerfs.Changeset;
import io.layerfs.Entry;
import io.layerfs.LayerLint.Place;
import io.layerfs.LayerLint.Severity;
import io.layerfs.LayerPath;
import io.layerfs.LintRule;
import io.layerfs.MalformedLayerException;
import io.layerfs.Name;
import io.layerfs.lint.PathTable.Kind;
import io.layerfs.memory.NameTree;
import io.layerfs.tar.TarEntry;
import io.layerfs.tar.Whiteouts;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What entries have to do with each other, and with what lies below: twice, removed, through links. */
final class TreeRules {

    private final Findings findings;
    private final PathTable paths = new PathTable();
    private final NameRules names;
    private final CollisionRules collisions;
    private final WhiteoutRules whiteouts;
    private final @Nullable Changeset below;
    /** Of directories that entries go through, which lower layers show as something else, or not: each is looked up once. */
    private final Map<Integer, Lower> lower = new HashMap<>();

    /** What lower layers show where the layer implies a directory. */
    private enum Lower {
        NOTHING_ELSE,
        SYMLINK,
        FILE
    }

    TreeRules(Findings findings, @Nullable Changeset below) {
        this.findings = findings;
        this.below = below;
        this.names = new NameRules(findings);
        this.collisions = new CollisionRules(findings, paths, below);
        this.whiteouts = new WhiteoutRules(findings, paths, this::below, below != null);
    }

    void check(TarEntry entry) throws IOException {
        Place place = Findings.place(entry);
        names.checkSpelling(entry.path(), "a path", place);
        LayerPath path = path(entry.path(), "the path", place);
        if (path == null) {
            return;
        }
        if (path.depth() == 0) {
            return; // the root, which may be listed; another kind of root is malformed
        }
        if (Whiteouts.isHidden(path)) {
            findings.info(LintRule.AUFS_LEFTOVER, place, "what AUFS kept for itself");
            return;
        }
        int parent = enter(path.parent(), entry, place);
        Name name = path.lastName();
        if (name.equals(Whiteouts.OPAQUE)) {
            whiteouts.checkOpaque(parent, entry, place);
            put(parent, name, Kind.OPAQUE, entry, place);
        } else if (Whiteouts.isWhiteout(name)) {
            whiteouts.checkWhiteout(parent, name, entry, place);
            put(parent, name, Kind.WHITEOUT, entry, place);
        } else {
            int number = put(parent, name, kind(entry, path, place), entry, place);
            whiteouts.checkEntry(number, place);
            paths.fill(parent);
        }
    }

    private @Nullable LayerPath path(byte[] bytes, String what, Place place) {
        try {
            return LayerPath.of(bytes);
        } catch (IllegalArgumentException e) {
            findings.error(LintRule.DOT_DOT, place, "'..' in " + what + " " + Findings.quote(bytes));
            return null;
        }
    }

    /** Goes down to the directory of an entry, and looks at what its parents are; answers the directory's number. */
    private int enter(LayerPath parents, TarEntry entry, Place place) throws IOException {
        int at = NameTree.ROOT;
        LayerPath path = LayerPath.ROOT;
        boolean told = false;
        for (Name name : parents.names()) {
            path = path.resolve(name);
            byte[] bytes = name.toBytes();
            int next = paths.find(at, bytes);
            if (next < 0) {
                next = paths.add(at, bytes, Kind.IMPLIED, entry.offset());
                added(at, next, bytes, place);
            }
            told = told || checkParent(next, path, place);
            at = next;
        }
        return at;
    }

    /** Answers whether something was said of it. */
    private boolean checkParent(int number, LayerPath path, Place place) throws IOException {
        Kind kind = paths.kind(number);
        if (kind == Kind.DIRECTORY) {
            return false;
        }
        if (kind != Kind.IMPLIED) {
            boolean link = kind == Kind.SYMLINK || (kind == Kind.LOWER_LINK && isLink(path));
            through(link, path, place, paths.place(number));
            return true;
        }
        Lower found = paths.whiteout(number) == null ? lower(number, path) : Lower.NOTHING_ELSE;
        if (found != Lower.NOTHING_ELSE) {
            through(found == Lower.SYMLINK, path, place, new Place(path.toString(), -1));
            return true;
        }
        return false;
    }

    private Lower lower(int number, LayerPath path) throws IOException {
        Lower known = below == null ? Lower.NOTHING_ELSE : lower.get(number);
        if (known == null) {
            Entry entry = below(path);
            boolean other = entry != null && !(entry instanceof Entry.Directory);
            known = !other ? Lower.NOTHING_ELSE : entry instanceof Entry.Symlink ? Lower.SYMLINK : Lower.FILE;
            lower.put(number, known);
        }
        return known;
    }

    private boolean isLink(LayerPath path) throws IOException {
        return below(path) instanceof Entry.Symlink;
    }

    private void through(boolean link, LayerPath path, Place place, Place related) {
        findings.add(
                link ? LintRule.PARENT_IS_SYMLINK : LintRule.PARENT_IS_FILE,
                Severity.WARNING,
                place,
                "the path goes through '" + path + "', which is " + (link ? "a symbolic link" : "no directory")
                        + (related.offset() < 0 ? " in a lower layer" : ""),
                related);
    }

    private int put(int parent, Name name, Kind kind, TarEntry entry, Place place) {
        byte[] bytes = name.toBytes();
        int number = paths.find(parent, bytes);
        if (number < 0) {
            number = paths.add(parent, bytes, kind, entry.offset());
            if (kind != Kind.WHITEOUT && kind != Kind.OPAQUE) {
                added(parent, number, bytes, place);
            }
            return number;
        }
        Kind before = paths.kind(number);
        if (before != Kind.IMPLIED) {
            boolean harmless = before == Kind.DIRECTORY && kind == Kind.DIRECTORY;
            findings.add(
                    LintRule.DUPLICATE_ENTRY,
                    harmless ? Severity.INFO : Severity.WARNING,
                    place,
                    "a second entry for this path: a " + spelled(kind) + ", first a " + spelled(before),
                    paths.place(number));
        } else if (kind != Kind.DIRECTORY && paths.isFilled(number)) {
            findings.add(
                    LintRule.PARENT_IS_FILE,
                    Severity.WARNING,
                    place,
                    "a " + spelled(kind) + " where earlier entries have a directory",
                    paths.place(number));
        }
        paths.set(number, kind, entry.offset());
        return number;
    }

    private static String spelled(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private void added(int parent, int number, byte[] name, Place place) {
        names.checkName(name, place);
        collisions.check(parent, number, name, place);
    }

    private Kind kind(TarEntry entry, LayerPath path, Place place) throws IOException {
        return switch (entry.kind()) {
            case DIRECTORY -> Kind.DIRECTORY;
            case SYMLINK -> Kind.SYMLINK;
            case HARD_LINK -> linked(entry, path, place);
            default -> Kind.FILE;
        };
    }

    /** Looks at a hard link's target; answers what the link is. */
    private Kind linked(TarEntry entry, LayerPath path, Place place) throws IOException {
        names.checkSpelling(entry.linkTarget(), "a hard link's target", place);
        LayerPath target = path(entry.linkTarget(), "a hard link's target", place);
        if (target == null) {
            return Kind.LOWER_LINK;
        }
        String to = "a hard link to " + Findings.quote(entry.linkTarget());
        if (target.equals(path)) {
            findings.error(LintRule.HARD_LINK_TARGET, place, to + ": to itself");
            return Kind.LOWER_LINK;
        }
        if (target.depth() > 0 && Whiteouts.isHidden(target)) {
            return Kind.FILE; // to what AUFS kept: the reader knows it
        }
        int number = paths.find(target);
        Kind kind = number < 0 ? Kind.IMPLIED : paths.kind(number);
        switch (kind) {
            case FILE -> {}
            case SYMLINK ->
                findings.add(
                        LintRule.HARD_LINK_TO_SYMLINK,
                        Severity.INFO,
                        place,
                        to + ", a symbolic link",
                        paths.place(number));
            case DIRECTORY -> findings.error(LintRule.HARD_LINK_TARGET, place, to + ", a directory");
            default -> lowerLink(target, to, place);
        }
        return kind == Kind.SYMLINK || kind == Kind.FILE ? kind : Kind.LOWER_LINK;
    }

    private void lowerLink(LayerPath target, String to, Place place) throws IOException {
        Entry lower = below(target);
        if (below != null && !(lower instanceof Entry.File)) {
            findings.error(
                    LintRule.HARD_LINK_TARGET,
                    place,
                    to + ", which is " + (lower == null ? "neither before it nor" : "a directory")
                            + " in lower layers");
        } else {
            findings.warning(
                    LintRule.HARD_LINK_TARGET,
                    place,
                    to + ", which is not before it in this layer" + (below == null ? "" : ", but in a lower one"));
        }
    }

    /** What the layers below show; null for nothing, and where it is not known what they are. */
    private @Nullable Entry below(LayerPath path) throws IOException {
        try {
            return below == null ? null : below.find(path);
        } catch (MalformedLayerException e) {
            return null; // a hard link, of a lower layer, to nothing: that one's finding
        }
    }

    /** Looks at what can only be said at the end. */
    void finish() throws IOException {
        for (int number = 1; number < paths.count(); number++) {
            switch (paths.kind(number)) {
                case IMPLIED -> {
                    if (paths.isFilled(number) && !(below(paths.path(number)) instanceof Entry.Directory)) {
                        Place place = paths.place(number);
                        findings.info(
                                LintRule.MISSING_PARENT,
                                place,
                                "a directory that no entry lists, needed by the entry here");
                    }
                    collisions.checkBelow(number);
                }
                case DIRECTORY -> collisions.checkBelow(number);
                case WHITEOUT -> whiteouts.finishWhiteout(number);
                case OPAQUE -> whiteouts.finishOpaque(number);
                default -> {}
            }
        }
        collisions.checkBelow(NameTree.ROOT);
    }
}
