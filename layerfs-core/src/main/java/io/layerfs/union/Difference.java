package io.layerfs.union;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.Content;
import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.LayerPath;
import io.layerfs.Name;
import io.layerfs.Stat;
import io.layerfs.View;
import io.layerfs.memory.MemoryDirectory;
import java.io.IOException;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The inverse of the union: what must be said on top of one view to make it another.
 *
 * <p>It depends on the two trees alone, not on how one became the other: whatever made a tree, it gives the same changeset.
 * It is the smallest one: a name is in it only where its type, attributes, links or bytes differ, and then
 *
 * <ul>
 *   <li>a directory that is there in both is listed only where its attributes differ, else implied by what is in it;
 *   <li>a name that is gone is a whiteout (layer.md: explicit whiteouts SHOULD be used); where nothing of what a directory had
 *       is left, and that was more than {@value #FEW} names, the directory is opaque instead. The root never is: overlayfs
 *       merges the roots of its layers whatever they say, so that other engines would show what was removed;
 *   <li>of a file with several names all are said as soon as one is, so that a layer's links are within the layer.
 * </ul>
 *
 * <p>Law: {@code union(base, between(base, top)) = top}.
 */
public final class Difference {

    private static final int FEW = 64;

    /** What is known of where the top can differ, if it was made from the base. */
    public interface Scope {

        /** The names, in order, that can differ in a directory that has the same number in both views. */
        Set<Name> touched(long directory);

        /** Whether a file of this number has the same bytes in both views. */
        boolean sameData(long inode);
    }

    private final View base;
    private final View top;
    private final @Nullable Scope scope;
    private final LinkedFiles links;
    private final MemoryDirectory root;

    private Difference(View base, View top, @Nullable Scope scope) throws IOException {
        this.base = base;
        this.top = top;
        this.scope = scope;
        this.links = new LinkedFiles(base, top, scope != null);
        this.root = directory(base.root(), top.root());
    }

    /** What must be said on top of {@code base} to see {@code top}. All names of both are compared. */
    public static Changeset between(View base, View top) throws IOException {
        return new Difference(base, top, null).compare();
    }

    /** The same where {@code scope} knows what to compare: the cost is that of what was touched. */
    public static Changeset between(View base, View top, Scope scope) throws IOException {
        return new Difference(base, top, scope).compare();
    }

    private Changeset compare() throws IOException {
        compareNames(base.root(), top.root(), LayerPath.ROOT, root);
        links.complete((path, inode) -> root.put(path, file(inode)));
        return root.toChangeset();
    }

    /** A directory without names yet: implied where both are alike. */
    private MemoryDirectory directory(long below, long above) throws IOException {
        boolean alike = below != View.ABSENT && sameAttributes(below, above);
        return alike ? MemoryDirectory.ofImplicit() : MemoryDirectory.of(attributes(above));
    }

    private Attributes attributes(long inode) throws IOException {
        Stat stat = top.stat(inode);
        return new Attributes(stat.mode(), stat.uid(), stat.gid(), stat.mtime(), top.xattrs(inode));
    }

    private boolean sameAttributes(long below, long above) throws IOException {
        Stat a = base.stat(below);
        Stat b = top.stat(above);
        return a.mode() == b.mode()
                && a.uid() == b.uid()
                && a.gid() == b.gid()
                && a.mtimeSeconds() == b.mtimeSeconds()
                && a.mtimeNanos() == b.mtimeNanos()
                && base.xattrs(below).equals(top.xattrs(above));
    }

    /** Says in {@code out} what differs in a directory; {@code below} is absent where the base has none there. */
    private void compareNames(long below, long above, LayerPath path, MemoryDirectory out) throws IOException {
        TreeSet<Name> whiteouts = new TreeSet<>();
        boolean survivors = false;
        Scope known = below == above ? scope : null;
        Set<Name> names = known != null ? known.touched(above) : names(below, above);
        for (Name name : names) {
            long bottom = below == View.ABSENT ? View.ABSENT : base.lookup(below, name);
            long shown = top.lookup(above, name);
            if (shown == View.ABSENT) {
                if (bottom != View.ABSENT) {
                    whiteouts.add(name);
                }
                continue;
            }
            Entry entry = entry(bottom, shown, path.resolve(name));
            if (entry != null) {
                out.put(name, entry);
            }
            survivors |= bottom != View.ABSENT && (entry == null || isMerged(bottom, entry));
        }
        if (whiteouts.size() > FEW && path.depth() > 0 && !survivors && !(known != null && hasOthers(below, names))) {
            out.setOpaque(true);
        } else {
            whiteouts.forEach(name -> out.put(name, Entry.Whiteout.INSTANCE));
        }
    }

    private boolean isMerged(long below, Entry entry) throws IOException {
        return entry instanceof Entry.Directory && base.type(below) == FileType.DIRECTORY;
    }

    /** Whether the base has a name in a directory beside those that were compared: one that is as it was. */
    private boolean hasOthers(long below, Set<Name> compared) throws IOException {
        for (Iterator<View.Dirent> i = base.list(below); i.hasNext(); ) {
            if (!compared.contains(i.next().name())) {
                return true;
            }
        }
        return false;
    }

    private Set<Name> names(long below, long above) throws IOException {
        TreeSet<Name> names = new TreeSet<>();
        if (below != View.ABSENT) {
            base.list(below).forEachRemaining(entry -> names.add(entry.name()));
        }
        top.list(above).forEachRemaining(entry -> names.add(entry.name()));
        return names;
    }

    /** What must be said of a name; null for nothing. */
    private @Nullable Entry entry(long below, long above, LayerPath path) throws IOException {
        if (top.type(above) == FileType.DIRECTORY) {
            boolean merges = below != View.ABSENT && base.type(below) == FileType.DIRECTORY;
            long bottom = merges ? below : View.ABSENT;
            MemoryDirectory directory = directory(bottom, above);
            compareNames(bottom, above, path, directory);
            boolean silent = directory.implicit() && directory.size() == 0 && !directory.opaque();
            return silent ? null : directory;
        }
        boolean said = !(sameFile(below, above) && links.sameLinks(below, above));
        links.visit(above, path, said);
        return said ? file(above) : null;
    }

    private boolean sameFile(long below, long above) throws IOException {
        if (below == View.ABSENT || base.type(below) != top.type(above) || !sameAttributes(below, above)) {
            return false;
        }
        Stat a = base.stat(below);
        Stat b = top.stat(above);
        return switch (b.type()) {
            case SYMLINK -> base.readSymlink(below).equals(top.readSymlink(above));
            case REGULAR -> a.size() == b.size() && sameBytes(below, above);
            default -> a.major() == b.major() && a.minor() == b.minor();
        };
    }

    private boolean sameBytes(long below, long above) throws IOException {
        if (scope != null && below == above && scope.sameData(above)) {
            return true;
        }
        return Content.mismatch(base.content(below), top.content(above)) < 0;
    }

    private Entry file(long inode) throws IOException {
        Attributes attributes = attributes(inode);
        Stat stat = top.stat(inode);
        return switch (stat.type()) {
            case REGULAR -> new Entry.RegularFile(attributes, inode, top.content(inode));
            case SYMLINK -> new Entry.Symlink(attributes, inode, top.readSymlink(inode));
            default -> new Entry.Special(attributes, inode, stat.type(), stat.major(), stat.minor());
        };
    }
}
