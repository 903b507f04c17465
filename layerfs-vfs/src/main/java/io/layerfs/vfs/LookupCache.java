package io.layerfs.vfs;

import io.layerfs.View;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What paths were found to mean lately, whatever was asked: a hash table of sets of {@value #WAYS}, in which what is new takes
 * a place of what is old. Small at first, it grows while it is too small for what is asked.
 *
 * <p>An entry holds for the one view that it was found in, and a view never changes its names; so nothing need be forgotten.
 * Threads read without a lock, and one at a time writes: what another has found meanwhile is not kept, which costs nothing but
 * its being looked for again. A path is never in two places, where it would drive others out.
 */
final class LookupCache {

    private static final int WAYS = 4;
    private static final int SMALLEST = 1 << 8;
    private static final int LARGEST = 1 << 15;

    private final AtomicBoolean writing = new AtomicBoolean();
    private volatile Table table = new Table(SMALLEST);

    /**
     * A view as long as somebody else has it: of one that is written each operation makes another, and what was deleted since
     * is not to be kept for what is known of an old one.
     */
    private volatile WeakReference<View> passing = new WeakReference<>(null);

    /**
     * What a path means in a view, which is kept where it is the only one, and weakly referred to where it passes.
     *
     * <p>Attributes are known of views that are never written: the size of a file may change in the others.
     */
    private record Known(
            @Nullable View lasting,
            @Nullable WeakReference<View> passing,
            NioPath path,
            boolean follow,
            long inode,
            @Nullable StatAttributes attributes) {

        @SuppressWarnings("ReferenceEquality") // the same object needs no comparison
        boolean isOf(View wantedView, NioPath wanted, boolean wantedFollow) {
            return isOf(wantedView) && follow == wantedFollow && (path == wanted || path.equals(wanted));
        }

        @SuppressWarnings("ReferenceEquality")
        boolean isOf(View wanted) {
            return lasting == wanted || (passing != null && passing.refersTo(wanted));
        }
    }

    /** The places, with the hashes beside them, so that what does not match need not be looked at. */
    private static final class Table {
        final int[] hashes;
        final @Nullable Known[] known;
        final int shift;
        int replaced;

        Table(int size) {
            hashes = new int[size];
            known = new Known[size];
            shift = Integer.numberOfLeadingZeros(size / WAYS) + 1;
        }

        /** The first place of a hash' set; the hash is well mixed. */
        int set(int hash) {
            return (hash >>> shift) * WAYS;
        }

        @Nullable
        Known find(int hash, View view, NioPath path, boolean follow) {
            int set = set(hash);
            for (int place = set; place < set + WAYS; place++) {
                Known found = hashes[place] == hash ? known[place] : null;
                if (found != null && found.isOf(view, path, follow)) {
                    return found;
                }
            }
            return null;
        }

        /** Puts it where nothing is, or what no longer holds; else in the place of some other. By one thread at a time. */
        void put(int hash, Known made) {
            int set = set(hash);
            int place = set;
            while (place < set + WAYS && isOfSameView(known[place], made)) {
                place++;
            }
            if (place == set + WAYS) {
                place = set + (hash & (WAYS - 1));
                replaced++;
            }
            hashes[place] = hash;
            known[place] = made;
        }

        @SuppressWarnings("ReferenceEquality")
        private static boolean isOfSameView(@Nullable Known old, Known made) {
            return old != null && old.lasting == made.lasting && old.passing == made.passing;
        }
    }

    private static int hash(NioPath path) {
        return path.hashCode() * 0x9e3779b9;
    }

    private Known known(LayerFileSystem fileSystem, View view, NioPath path, boolean follow) throws IOException {
        int hash = hash(path);
        Known found = table.find(hash, view, path, follow);
        return found == null ? look(fileSystem, view, path, follow) : found;
    }

    private Known look(LayerFileSystem fileSystem, View view, NioPath path, boolean follow) throws IOException {
        long inode = new PathWalk(view).find(path, follow);
        Known made = fileSystem.isWritable()
                ? new Known(null, passing(view), path, follow, inode, null)
                : new Known(view, null, path, follow, inode, attributes(fileSystem, view, inode));
        if (writing.compareAndSet(false, true)) {
            try {
                keep(made, view);
            } finally {
                writing.set(false);
            }
        }
        return made;
    }

    private WeakReference<View> passing(View view) {
        WeakReference<View> last = passing;
        if (!last.refersTo(view)) {
            last = new WeakReference<>(view);
            passing = last;
        }
        return last;
    }

    private static @Nullable StatAttributes attributes(LayerFileSystem fileSystem, View view, long inode)
            throws IOException {
        return inode == View.ABSENT ? null : new StatAttributes(view.stat(inode), fileSystem);
    }

    private void keep(Known made, View view) {
        Table current = table;
        int hash = hash(made.path);
        if (current.find(hash, view, made.path, made.follow) == null) {
            current.put(hash, made);
        }
        if (current.replaced > current.known.length / 4 && current.known.length < LARGEST) {
            table = grown(current);
        }
    }

    private static Table grown(Table old) {
        Table larger = new Table(old.known.length * 4);
        for (Known known : old.known) {
            if (known != null) {
                larger.put(hash(known.path), known);
            }
        }
        larger.replaced = 0;
        return larger;
    }

    /** Whether a path means anything. */
    boolean exists(LayerFileSystem fileSystem, NioPath path, boolean follow) throws IOException {
        return known(fileSystem, fileSystem.view(), path, follow).inode != View.ABSENT;
    }

    /** What a path means; its inode is {@link View#ABSENT} where it means nothing. */
    Found find(LayerFileSystem fileSystem, NioPath path, boolean follow) throws IOException {
        View view = fileSystem.view();
        return new Found(view, known(fileSystem, view, path, follow).inode);
    }

    /** The attributes of what a path means; null where it means nothing. */
    @Nullable
    StatAttributes attributes(LayerFileSystem fileSystem, NioPath path, boolean follow) throws IOException {
        View view = fileSystem.view();
        Known known = known(fileSystem, view, path, follow);
        if (known.inode == View.ABSENT || known.attributes != null) {
            return known.attributes;
        }
        return new StatAttributes(view.stat(known.inode), fileSystem);
    }
}
