package io.layerfs.vfs;

import io.layerfs.View;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What paths were found to mean lately, whatever was asked: a place in a table for each hash, the last one keeps it. An entry
 * holds for the one view that it was found in, and a view never changes its names; so nothing need be forgotten, and threads
 * that race for a place lose nothing but a little time.
 */
final class LookupCache {

    private static final int SIZE = 1 << 14;

    private final @Nullable Known[] table = new @Nullable Known[SIZE];

    /** Attributes are known of views that are never written: the size of a file may change in the others. */
    private record Known(
            View view,
            NioPath path,
            boolean follow,
            long inode,
            @Nullable StatAttributes attributes) {

        @SuppressWarnings("ReferenceEquality") // the same object needs no comparison
        boolean isOf(View wantedView, NioPath wanted, boolean wantedFollow) {
            return view == wantedView && follow == wantedFollow && (path == wanted || path.equals(wanted));
        }
    }

    private static int place(NioPath path) {
        int hash = path.hashCode();
        return (hash ^ (hash >>> 14)) & (SIZE - 1);
    }

    private Known known(LayerFileSystem fileSystem, NioPath path, boolean follow) throws IOException {
        View view = fileSystem.view();
        int place = place(path);
        Known found = table[place];
        if (found != null && found.isOf(view, path, follow)) {
            return found;
        }
        long inode = new PathWalk(view).find(path, follow);
        boolean lasting = inode != View.ABSENT && !fileSystem.isWritable();
        Known made =
                new Known(view, path, follow, inode, lasting ? new StatAttributes(view.stat(inode), fileSystem) : null);
        table[place] = made;
        return made;
    }

    /** What a path means; its inode is {@link View#ABSENT} where it means nothing. */
    Found find(LayerFileSystem fileSystem, NioPath path, boolean follow) throws IOException {
        Known known = known(fileSystem, path, follow);
        return new Found(known.view, known.inode);
    }

    /** The attributes of what a path means; null where it means nothing. */
    @Nullable
    StatAttributes attributes(LayerFileSystem fileSystem, NioPath path, boolean follow) throws IOException {
        Known known = known(fileSystem, path, follow);
        if (known.inode == View.ABSENT || known.attributes != null) {
            return known.attributes;
        }
        return new StatAttributes(known.view.stat(known.inode), fileSystem);
    }
}
