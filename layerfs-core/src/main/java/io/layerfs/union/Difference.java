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
import java.util.ArrayDeque;
import java.util.Deque;
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
        compareAll();
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

    /** A directory that is being compared. */
    private static final class Open {
        final long below;
        final long above;
        final LayerPath path;
        final MemoryDirectory out;
        final Set<Name> names;
        final boolean isScoped;
        final Iterator<Name> next;
        final TreeSet<Name> whiteouts = new TreeSet<>();
        boolean survivors;

        Open(long below, long above, LayerPath path, MemoryDirectory out, Set<Name> names, boolean isScoped) {
            this.below = below;
            this.above = above;
            this.path = path;
            this.out = out;
            this.names = names;
            this.isScoped = isScoped;
            this.next = names.iterator();
        }
    }

    /** Says what differs. A directory is put where it is when all in it is compared: then it is known whether it says anything. */
    private void compareAll() throws IOException {
        Deque<Open> open = new ArrayDeque<>();
        open.push(open(base.root(), top.root(), LayerPath.ROOT, root));
        while (!open.isEmpty()) {
            Open current = open.element();
            if (current.next.hasNext()) {
                Open below = compare(current, current.next.next());
                if (below != null) {
                    open.push(below);
                }
            } else {
                finish(open.pop());
                if (!open.isEmpty()) {
                    boolean silent = current.out.implicit() && current.out.size() == 0 && !current.out.opaque();
                    said(open.element(), current.path.lastName(), silent ? null : current.out);
                }
            }
        }
    }

    /** {@code below} is absent where the base has no directory there. */
    private Open open(long below, long above, LayerPath path, MemoryDirectory out) throws IOException {
        Scope known = below == above ? scope : null;
        Set<Name> names = known != null ? known.touched(above) : names(below, above);
        return new Open(below, above, path, out, names, known != null);
    }

    /** Compares one name; answers the directory that is to be compared next where it is one. */
    private @Nullable Open compare(Open in, Name name) throws IOException {
        long bottom = in.below == View.ABSENT ? View.ABSENT : base.lookup(in.below, name);
        long shown = top.lookup(in.above, name);
        if (shown == View.ABSENT) {
            if (bottom != View.ABSENT) {
                in.whiteouts.add(name);
            }
            return null;
        }
        if (top.type(shown) == FileType.DIRECTORY) {
            boolean merges = bottom != View.ABSENT && base.type(bottom) == FileType.DIRECTORY;
            long merged = merges ? bottom : View.ABSENT;
            return open(merged, shown, in.path.resolve(name), directory(merged, shown));
        }
        said(in, name, file(bottom, shown, in.path.resolve(name)));
        return null;
    }

    /** Puts what is said of a name, null for nothing. */
    private void said(Open in, Name name, @Nullable Entry entry) throws IOException {
        if (entry != null) {
            in.out.put(name, entry);
        }
        long bottom = in.below == View.ABSENT ? View.ABSENT : base.lookup(in.below, name);
        in.survivors |= bottom != View.ABSENT && (entry == null || isMerged(bottom, entry));
    }

    private void finish(Open done) throws IOException {
        boolean many = done.whiteouts.size() > FEW && done.path.depth() > 0 && !done.survivors;
        if (many && !(done.isScoped && hasOthers(done.below, done.names))) {
            done.out.setOpaque(true);
        } else {
            done.whiteouts.forEach(name -> done.out.put(name, Entry.Whiteout.INSTANCE));
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

    /** What must be said of a name of a file; null for nothing. */
    private @Nullable Entry file(long below, long above, LayerPath path) throws IOException {
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
