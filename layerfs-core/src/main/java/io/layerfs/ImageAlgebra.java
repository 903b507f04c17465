package io.layerfs;

import io.layerfs.oci.Descriptor;
import io.layerfs.store.AddedLayers;
import io.layerfs.store.DerivedImages;
import io.layerfs.store.Documents;
import io.layerfs.store.Hold;
import io.layerfs.store.Store;
import io.layerfs.union.Difference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Images made of images. What an image shows is never made but of what its layers say: the store's bytes stay as they are. */
final class ImageAlgebra {

    private final LayerStore images;
    private final Store store;
    private final DerivedImages derived;

    /** {@code hold} has what the images are made of, and is open until what was made is read. */
    ImageAlgebra(LayerStore images, Store store, Hold hold) {
        this.images = images;
        this.store = store;
        this.derived = store.derivedImages(hold);
    }

    private Documents documents(Image image) throws IOException {
        return store.catalog().documents(image.digest());
    }

    Image plus(Image base, Layer layer, History history, @Nullable String tag) throws IOException {
        Documents documents = documents(base);
        List<DerivedImages.Added> added = List.of(derived.added(layer.diffId(), history));
        return make(documents, documents, base.layers().size(), added, tag);
    }

    Image commit(Image base, AddedLayers.TarWriter writer, History history, @Nullable String tag) throws IOException {
        return images.image(derived.commit(documents(base), writer, history, tag));
    }

    Image squash(Image image, int kept, History history, @Nullable String tag) throws IOException {
        List<Digest> diffIds = image.diffIds();
        View below = store.trees().view(diffIds.subList(0, kept));
        Layer layer = images.add(Difference.between(below, store.trees().view(diffIds)));
        Documents documents = documents(image);
        return make(documents, documents, kept, List.of(derived.added(layer.diffId(), history)), tag);
    }

    Image derive(@Nullable Image base, List<Layer> layers, List<History> said, byte[] config, @Nullable String tag)
            throws IOException {
        if (layers.size() != said.size()) {
            throw new IllegalArgumentException(layers.size() + " layers, and " + said.size() + " histories");
        }
        List<DerivedImages.Added> added = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            added.add(derived.added(layers.get(i).diffId(), said.get(i)));
        }
        Documents below = base == null ? Documents.ofNothing(config) : documents(base);
        int kept = below.parsedConfig().diffIds().size();
        if (kept + added.size() == 0) {
            throw new IllegalArgumentException("an image has at least one layer");
        }
        return make(below.withConfig(config), below, kept, added, tag);
    }

    Rebased rebase(Image image, Image oldBase, Image newBase, @Nullable String tag) throws IOException {
        int depth = oldBase.layers().size();
        if (depth > image.layers().size() || !image.layers().subList(0, depth).equals(oldBase.layers())) {
            throw new IllegalArgumentException("image " + image + " does not begin with the layers of " + oldBase);
        }
        Documents documents = documents(image);
        Documents base = documents(newBase);
        Image made = make(documents, base, newBase.layers().size(), derived.own(documents, depth), tag);
        Changeset moved = Difference.between(images.view(oldBase), images.view(newBase));
        List<LayerPath> conflicts = new ArrayList<>();
        Changeset own = Difference.between(images.view(oldBase), images.view(image));
        own.walk((path, entry) -> {
            if (says(entry) && conflicts(moved, path, entry)) {
                conflicts.add(path);
            }
        });
        return new Rebased(made, conflicts);
    }

    private static boolean says(Entry entry) {
        return !(entry instanceof Entry.Directory directory && directory.implicit() && !directory.opaque());
    }

    /** Whether the bases differ at a path itself, or in what a whole directory is gone or replaced with. */
    private static boolean conflicts(Changeset moved, LayerPath path, Entry own) throws IOException {
        Entry entry = moved.root();
        for (Name name : path.names()) {
            if (!(entry instanceof Entry.Directory directory)) {
                return true; // a parent is gone, or no directory any more
            }
            entry = directory.child(name);
            if (entry == null) {
                return directory.opaque();
            }
        }
        return says(entry) || !(own instanceof Entry.Directory);
    }

    private Image make(Documents like, Documents base, int kept, List<DerivedImages.Added> added, @Nullable String tag)
            throws IOException {
        Descriptor made = derived.make(like, base, kept, added, tag);
        return images.image(made);
    }
}
