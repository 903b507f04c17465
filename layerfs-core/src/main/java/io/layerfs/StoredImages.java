package io.layerfs;

import io.layerfs.oci.Descriptor;
import io.layerfs.store.Documents;
import io.layerfs.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The images and layers of a store as its users are given them; what is given is held by every open lease on all. */
final class StoredImages {

    private final Store store;
    private final List<Lease> leases = new CopyOnWriteArrayList<>();

    StoredImages(Store store) {
        this.store = store;
    }

    /** Holds all that is given from now on. */
    Lease lease() {
        Lease lease = new Lease(store.hold(), leases::remove);
        leases.add(lease);
        return lease;
    }

    Layer layer(Digest diffId) throws IOException {
        hold(List.of(), List.of(diffId));
        return present(diffId);
    }

    /** By every lease; another thread may end one meanwhile. */
    private void hold(List<Digest> images, List<Digest> blobs) throws IOException {
        for (Lease lease : leases) {
            lease.hold().addUnlessClosed(images, blobs);
        }
    }

    private Layer present(Digest diffId) throws IOException {
        Path tar = store.tar(diffId);
        if (tar == null) {
            throw new NoSuchFileException(diffId.toString(), null, "no layer of this diff id in the store");
        }
        return new Layer(diffId, tar, Files.size(tar), store.trees()::changeset);
    }

    /** The image that {@code reference} means. */
    Image find(String reference) throws IOException {
        while (true) {
            Image image = unlessRemoved(store.catalog().find(reference));
            if (image != null) {
                return image;
            }
        }
    }

    /** The image; null where it was collected while it was read. */
    private @Nullable Image unlessRemoved(Descriptor descriptor) throws IOException {
        try {
            return image(descriptor);
        } catch (NoSuchFileException e) {
            if (store.catalog().isListed(descriptor.digest())) {
                throw e;
            }
            return null;
        }
    }

    /** All images that can be read, in the order in which they came; {@code damaged} is told of the others. */
    List<Image> all(Consumer<DamagedImage> damaged) throws IOException {
        List<Image> images = new ArrayList<>();
        for (Map.Entry<Descriptor, List<String>> listed :
                store.catalog().named().entrySet()) {
            Descriptor image = listed.getKey();
            try {
                images.add(image(image, listed.getValue()));
            } catch (NoSuchFileException | MalformedLayerException | DigestMismatchException e) {
                if (store.catalog().isListed(image.digest())) {
                    damaged.accept(new DamagedImage(image.digest(), listed.getValue(), e));
                } // else it was collected while it was read
            }
        }
        return images;
    }

    Image image(Descriptor descriptor) throws IOException {
        return image(descriptor, store.catalog().names(descriptor.digest()));
    }

    private Image image(Descriptor descriptor, List<String> names) throws IOException {
        hold(List.of(descriptor.digest()), List.of());
        Documents documents = store.catalog().documents(descriptor);
        List<Layer> layers = new ArrayList<>();
        for (Digest diffId : documents.parsedConfig().diffIds()) {
            layers.add(present(diffId));
        }
        return new Image(
                descriptor.digest(),
                documents.parsed().config().digest(),
                documents.config(),
                documents.parsedConfig().platform(),
                layers,
                names);
    }
}
