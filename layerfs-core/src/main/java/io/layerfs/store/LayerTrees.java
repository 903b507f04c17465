package io.layerfs.store;

import io.layerfs.Changeset;
import io.layerfs.Digest;
import io.layerfs.View;
import io.layerfs.erofs.DamagedIndexException;
import io.layerfs.union.Union;
import io.layerfs.upper.AppliedLayer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What layers say, and what is seen of stacks of them, by their indexes. Safe for many threads and processes. */
public final class LayerTrees {

    private final StorePaths paths;
    private final Indexes indexes;

    LayerTrees(StorePaths paths, Indexes indexes) {
        this.paths = paths;
        this.indexes = indexes;
    }

    /** What a layer says. */
    public Changeset changeset(Digest diffId) throws IOException {
        return indexes.layer(diffId).changeset();
    }

    /** What a stack of layers says in all, base first. */
    public Changeset merged(List<Digest> diffIds) throws IOException {
        List<Changeset> changesets = new ArrayList<>();
        for (Digest diffId : diffIds) {
            changesets.add(changeset(diffId));
        }
        return Union.merge(changesets);
    }

    /** What is seen of a stack of layers, base first: of a merged index, or of one with a few small layers on top. */
    public View view(List<Digest> diffIds) throws IOException {
        int merged = indexes.mergedPrefix(diffIds);
        if (merged == diffIds.size()) {
            return mergedView(diffIds);
        }
        try {
            View view = mergedView(diffIds.subList(0, merged));
            for (Digest diffId : diffIds.subList(merged, diffIds.size())) {
                view = AppliedLayer.on(view, changeset(diffId));
            }
            return view;
        } catch (DamagedIndexException e) {
            return mergedView(diffIds);
        }
    }

    /** The same of a merged index, so that inode numbers are those that every view of these layers has. */
    View mergedView(List<Digest> diffIds) throws IOException {
        return new HealingView(
                indexes.chain(diffIds).view(),
                () -> indexes.rebuildChain(diffIds).view());
    }

    /** The merged index of a stack of layers, base first, which is built where it is missing. */
    public MergedIndex mergedIndex(List<Digest> diffIds) throws IOException {
        View view = mergedView(diffIds);
        return new MergedIndex(
                view,
                paths.chainIndex(diffIds),
                diffIds.stream().map(paths::blob).toList());
    }
}
