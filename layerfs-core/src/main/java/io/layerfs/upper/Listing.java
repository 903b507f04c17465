package io.layerfs.upper;

import io.layerfs.View;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** What a changed directory holds: the names below and the changed ones, merged in order, whiteouts left out. */
final class Listing implements Iterator<View.Dirent> {

    private final Tree tree;
    private final Iterator<View.Dirent> lower;
    private final Iterator<NameMap.Entry> upper;
    private View.@Nullable Dirent nextLower;
    private NameMap.@Nullable Entry nextUpper;
    private View.@Nullable Dirent next;

    Listing(Tree tree, long number, Node.Directory directory) throws IOException {
        this.tree = tree;
        this.lower = directory.merged() ? tree.lower().list(number) : Collections.emptyIterator();
        this.upper = directory.names().entries();
        nextLower = lower.hasNext() ? lower.next() : null;
        nextUpper = upper.hasNext() ? upper.next() : null;
        advance();
    }

    private void advance() {
        next = null;
        while (next == null && (nextLower != null || nextUpper != null)) {
            next = step();
        }
    }

    /** The next name of both; null where it is a whiteout. */
    private View.@Nullable Dirent step() {
        View.Dirent below = nextLower;
        NameMap.Entry above = nextUpper;
        int order = below == null ? 1 : above == null ? -1 : below.name().compareTo(above.name());
        if (order <= 0) {
            nextLower = lower.hasNext() ? lower.next() : null;
        }
        if (order >= 0) {
            nextUpper = upper.hasNext() ? upper.next() : null;
        }
        return above == null || order < 0 ? below : shown(above);
    }

    private View.@Nullable Dirent shown(NameMap.Entry entry) {
        if (entry.value() == View.ABSENT) {
            return null;
        }
        try {
            return new View.Dirent(entry.name(), entry.value(), tree.type(entry.value()));
        } catch (IOException e) {
            // a directory stream knows no other way to fail
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public View.Dirent next() {
        View.Dirent shown = next;
        if (shown == null) {
            throw new NoSuchElementException();
        }
        advance();
        return shown;
    }
}
