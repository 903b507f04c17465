package io.layerfs.vfs;

import io.layerfs.FileType;
import io.layerfs.Stat;
import io.layerfs.View;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/**
 * A file that was found, with the view that it was found in: there it stays, while others may replace or remove it.
 *
 * @param inode {@link View#ABSENT} where nothing was found
 */
record Found(View view, long inode) {

    /** Looks for something; fails where it is absent. */
    interface Search<T> {
        T run() throws IOException;
    }

    /** Changes what was found. */
    interface Action<T, R> {
        R apply(T found) throws IOException;
    }

    /**
     * Does something to what {@code search} finds, and again to what it finds then where that was replaced in between: a
     * name that is never free is never found absent.
     */
    static <T, R> R change(Search<T> search, Action<T, R> action) throws IOException {
        T found = search.run();
        while (true) {
            try {
                return action.apply(found);
            } catch (NoSuchFileException e) {
                T now = search.run();
                if (now.equals(found)) {
                    throw e;
                }
                found = now;
            }
        }
    }

    boolean isAbsent() {
        return inode == View.ABSENT;
    }

    FileType type() throws IOException {
        return view.type(inode);
    }

    Stat stat() throws IOException {
        return view.stat(inode);
    }
}
