package io.layerfs.vfs;

import io.layerfs.View;
import java.io.IOException;

/** Views that a test says, for tests of other packages. */
public final class MemoryViews {

    private MemoryViews() {}

    /** A root with a file {@code a} and a directory {@code d}, which has a file {@code a}, too. */
    public static View ofTwoDirectories(byte[] bytes) {
        try {
            MemoryView view = new MemoryView();
            view.file("a", bytes).mode = 0755;
            view.directory("d").links = 2;
            view.file("d/a", bytes).mode = 0755;
            view.node(view.root()).links = 3;
            return view;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
