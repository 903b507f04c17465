package io.layerfs.examples.command;

import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.ViewInfo;
import io.layerfs.registry.Reference;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What images and layers are called on the command line. */
final class References {

    private static final int SHORT = 12;

    /** The length of {@code sha256:} and 64 digits. */
    private static final int FULL = 71;

    private References() {}

    /** The image of that tag or digest, or the pulled one that is called so for short. */
    static Image find(LayerStore store, String reference) throws IOException, Failure {
        try {
            return store.image(reference);
        } catch (NoSuchFileException e) {
            return findPulled(store, reference);
        }
    }

    private static Image findPulled(LayerStore store, String reference) throws IOException, Failure {
        try {
            return store.image(Reference.parse(reference).toString());
        } catch (IllegalArgumentException | NoSuchFileException e) {
            List<String> names = new ArrayList<>();
            store.images().forEach(image -> names.addAll(image.tags()));
            throw Failure.notFound(
                    "no image '" + reference + "'" + Suggestion.of(reference, names) + "; 'layerfs images' lists them");
        }
    }

    /** Whether a writable view has that name. */
    static boolean isView(LayerStore store, String name) throws IOException {
        return view(store, name) != null;
    }

    private static @Nullable ViewInfo view(LayerStore store, String name) throws IOException {
        return store.views().stream()
                .filter(view -> view.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** What is known of the writable view of that name. */
    static ViewInfo findView(LayerStore store, String name) throws IOException, Failure {
        ViewInfo found = view(store, name);
        if (found == null) {
            throw Failure.notFound(
                    isImage(store, name)
                            ? "'" + name + "' is an image, which does not change; 'layerfs new NAME " + name
                                    + "' makes a view of it that does"
                            : "no view '" + name + "'" + suggestion(store, name) + "; 'layerfs views' lists them");
        }
        return found;
    }

    private static String suggestion(LayerStore store, String name) throws IOException {
        return Suggestion.of(name, store.views().stream().map(ViewInfo::name).toList());
    }

    private static boolean isImage(LayerStore store, String name) throws IOException {
        try {
            find(store, name);
            return true;
        } catch (NoSuchFileException | Failure e) {
            return false;
        }
    }

    /** The layer that has this diff id, or the only one of all images whose diff id starts so. */
    static Layer findLayer(LayerStore store, String prefix) throws IOException, Failure {
        if (prefix.length() == FULL) {
            return store.layer(parse(prefix));
        }
        Map<Digest, Layer> fitting = new TreeMap<>();
        for (Image image : store.images()) {
            for (Layer layer : image.layers()) {
                Digest diffId = layer.diffId();
                if (diffId.toString().startsWith(prefix) || diffId.encoded().startsWith(prefix)) {
                    fitting.put(diffId, layer);
                }
            }
        }
        if (fitting.size() > 1) {
            throw Failure.failed("'" + prefix + "' fits " + fitting.size() + " layers: " + list(fitting.keySet()));
        }
        if (fitting.isEmpty()) {
            throw Failure.notFound("no layer '" + prefix + "'; 'layerfs layers IMAGE' lists those of an image");
        }
        return fitting.values().iterator().next();
    }

    private static Digest parse(String diffId) throws Failure {
        try {
            return Digest.parse(diffId);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
    }

    private static String list(Collection<Digest> digests) {
        return String.join(", ", digests.stream().map(Digest::toString).toList());
    }

    /** The start of a digest, enough to tell one from another. */
    static String abbreviate(Digest digest) {
        return digest.encoded().substring(0, Math.min(SHORT, digest.encoded().length()));
    }
}
