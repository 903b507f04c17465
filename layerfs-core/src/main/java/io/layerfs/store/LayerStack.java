package io.layerfs.store;

import io.layerfs.Changeset;
import io.layerfs.Digest;
import io.layerfs.MalformedLayerException;
import io.layerfs.blob.Blob;
import io.layerfs.erofs.ErofsImage;
import io.layerfs.erofs.ErofsWriter;
import io.layerfs.memory.Allowance;
import io.layerfs.union.Union;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Layers on their way into one merged index. Each is opened once, however often it is in the stack. */
final class LayerStack {

    /** Bytes of the layers' indexes, each as often as it is in the stack: some twenty million files. Merging takes time for them. */
    private static final long MAX_SIZE = 1L << 30;

    /** Opens the index of a layer. */
    interface Opening {
        ErofsImage open(Digest diffId) throws IOException;
    }

    private final Opening opening;
    private final Allowance memory;
    private final Map<Digest, ErofsImage> open = new HashMap<>();

    /** Merging takes from {@code memory}. */
    LayerStack(Opening opening, Allowance memory) {
        this.opening = opening;
        this.memory = memory;
    }

    /** Writes the merged index of these, base first, to a new file; answers the tars that it points into. */
    List<Blob> merge(List<Digest> diffIds, Path index) throws IOException {
        List<Changeset> changesets = new ArrayList<>();
        List<Blob> devices = new ArrayList<>();
        long size = 0;
        for (Digest diffId : diffIds) {
            ErofsImage layer = open.get(diffId);
            if (layer == null) {
                layer = opening.open(diffId);
                open.put(diffId, layer);
            }
            size += layer.size();
            if (size > MAX_SIZE) {
                throw new MalformedLayerException("layer " + diffId + ": with it the indexes of the layers have " + size
                        + " bytes, each as often as the layer is listed; " + MAX_SIZE + " can be merged");
            }
            changesets.add(layer.changeset());
            devices.addAll(layer.devices());
        }
        ErofsWriter.writeMerged(Union.merge(changesets), devices, memory, index);
        return devices;
    }
}
