package io.layerfs.upper;

import io.layerfs.WritableView;
import java.util.ArrayList;
import java.util.List;

/** What a writable view keeps to itself, for tests of other packages. */
public final class ViewInsides {

    private ViewInsides() {}

    /** How many inodes are open. */
    public static int held(WritableView view) {
        return ((UpperView) view).held();
    }

    /** How much of its quota the files take that have a name. */
    public static long allocated(WritableView view) {
        return Replay.allocated((Tree) view.present());
    }

    /** The new inodes that no name leads to; an open file may be among them. */
    public static List<Long> nameless(WritableView view) {
        Tree tree = (Tree) view.present();
        List<Long> found = new ArrayList<>();
        tree.nodes().forEach((inode, node) -> {
            if (node.links() == 0 && tree.isNew(inode)) {
                found.add(inode);
            }
        });
        return found;
    }
}
