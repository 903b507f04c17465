package io.layerfs.overlay;

import io.layerfs.BackendUnavailableException;
import io.layerfs.Changeset;
import io.layerfs.Digest;
import io.layerfs.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The layers of an image as directories that overlayfs stacks: each is unpacked once, and kept in the store. */
final class UnpackedLayers {

    /** What the kernel stacks at most. */
    static final int MAX = 500;

    private UnpackedLayers() {}

    /** Those of a stack of layers, base first; answers the directories, top first. */
    static List<Path> of(Store store, List<Digest> diffIds, OverlayForm form, Ownership ownership) throws IOException {
        if (diffIds.size() > MAX) {
            throw new BackendUnavailableException(
                    diffIds.size() + " layers, and the kernel stacks " + MAX + " directories");
        }
        List<Path> directories = new ArrayList<>();
        for (int i = 0; i < diffIds.size(); i++) {
            directories.add(0, top(store, diffIds.subList(0, i + 1), form, ownership));
        }
        return directories;
    }

    /** The top one of a stack, which is unpacked where it is not there yet. */
    private static Path top(Store store, List<Digest> stack, OverlayForm form, Ownership ownership) throws IOException {
        Digest diffId = stack.get(stack.size() - 1);
        Changeset layer = store.trees().changeset(diffId);
        Digest name = Unpacker.dependsOnBase(layer) ? Digest.chainId(stack) : diffId;
        Path directory = store.unpacked(name, form.name().toLowerCase(java.util.Locale.ROOT));
        if (!Files.isDirectory(directory)) {
            Changeset below = store.trees().merged(stack.subList(0, stack.size() - 1));
            Changeset merged = store.trees().merged(stack);
            store.publishDirectory(directory, aside -> Unpacker.unpack(layer, below, merged, aside, form, ownership));
        }
        return directory;
    }
}
