package io.layerfs.bench;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A tree of files that every place is filled with alike; where there are layers, its files are dealt out to them in turn, in
 * the order of their paths.
 *
 * @param name of the store that keeps it as an image; the same name is the same tree
 * @param layers how many
 * @param contents by path
 */
record Sample(String name, int layers, Map<String, byte[]> contents) {

    private static final Attributes PLAIN = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
    private static final String TAG = "sample";

    /** Sorts the paths. */
    Sample {
        contents = new TreeMap<>(contents);
    }

    /** A path among {@link #tree many small files}. */
    static String path(int directories, int i) {
        return "d" + i % directories + "/f" + i / directories;
    }

    /** So many small files in so many directories. */
    static Map<String, byte[]> tree(int directories, int files) {
        Map<String, byte[]> contents = new TreeMap<>();
        byte[] content = "content".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < files; i++) {
            contents.put(path(directories, i), content);
        }
        return contents;
    }

    /** The paths that the layer {@code number} adds, from 0 for the base. */
    List<String> inLayer(int number) {
        List<String> paths = new ArrayList<>();
        int next = 0;
        for (String path : contents.keySet()) {
            if (next++ % layers == number) {
                paths.add(path);
            }
        }
        return paths;
    }

    /** The store that keeps it; the caller closes it. */
    LayerStore store() throws IOException {
        Path directory = Workplace.directory().resolve("image-" + name + "-" + layers);
        LayerStore store = LayerStore.open(directory);
        try {
            image(store);
        } catch (NoSuchFileException e) {
            make(store);
        }
        return store;
    }

    static Image image(LayerStore store) throws IOException {
        return store.image(TAG);
    }

    private void make(LayerStore store) throws IOException {
        List<ChangesetBuilder> changes = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            changes.add(new ChangesetBuilder());
        }
        int next = 0;
        for (Map.Entry<String, byte[]> file : contents.entrySet()) {
            changes.get(next++ % layers).file(file.getKey(), PLAIN, file.getValue());
        }
        List<Layer> stack = new ArrayList<>();
        for (ChangesetBuilder layer : changes) {
            stack.add(store.add(layer.build()));
        }
        store.tag(store.createImage(stack, Platform.host()), TAG);
    }
}
