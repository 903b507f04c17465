package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.History;
import io.layerfs.ImportOptions;
import io.layerfs.oci.DerivedImage;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.ImageConfig;
import io.layerfs.oci.ImageFiles;
import io.layerfs.oci.ImageName;
import io.layerfs.oci.ImageSource;
import io.layerfs.oci.MediaTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes images of others: with a further layer, with other ones. No layer is read or copied, and no merged index is built, so
 * that the cost is that of the documents.
 */
public final class DerivedImages {

    private final StorePaths paths;
    private final StoreLocks locks;
    private final References references;
    private final Hold hold;
    private final Settling settling;

    /** Is told which layers are in an image now. */
    interface Settling {
        void settled(List<Digest> diffIds) throws IOException;
    }

    /** {@code hold} is open until what was made is used, and has what it is made of. */
    DerivedImages(StorePaths paths, StoreLocks locks, References references, Hold hold, Settling settling) {
        this.paths = paths;
        this.locks = locks;
        this.references = references;
        this.hold = hold;
        this.settling = settling;
    }

    /**
     * An image like {@code like}, with these layers.
     *
     * @param base the image whose first {@code kept} layers, and what is said of them, are the first of the new one
     * @param added the other layers, and what is to be said of them
     * @param tag its name; null for none
     */
    public Descriptor make(Documents like, Documents base, int kept, List<Added> added, @Nullable String tag)
            throws IOException {
        ImageName.check(tag);
        try (TempArea temp = TempArea.create(paths.temporary(), locks)) {
            return make(like, base, kept, added, tag, List.of(), temp);
        }
    }

    /**
     * An image like {@code base} with one more layer, which is yet to be written: all that is new is synced and published
     * together, in about half of the time that a layer and then an image take.
     */
    public Descriptor commit(Documents base, AddedLayers.TarWriter writer, History history, @Nullable String tag)
            throws IOException {
        ImageName.check(tag);
        try (TempArea temp = TempArea.create(paths.temporary(), locks)) {
            StagedLayer layer = AddedLayers.stage(writer, temp);
            List<Added> added = List.of(added(layer.diffId(), layer.size(), history));
            int kept = base.parsedConfig().diffIds().size();
            return make(base, base, kept, added, tag, List.of(layer), temp);
        }
    }

    private Descriptor make(
            Documents like,
            Documents base,
            int kept,
            List<Added> added,
            @Nullable String tag,
            List<StagedLayer> staged,
            TempArea temp)
            throws IOException {
        String what = "config " + base.parsed().config().digest();
        List<Object> history = new ArrayList<>(DerivedImage.history(what, base.config(), kept));
        List<Descriptor> layers = new ArrayList<>(base.parsed().layers().subList(0, kept));
        List<Digest> diffIds = new ArrayList<>(base.parsedConfig().diffIds().subList(0, kept));
        Instant created = null;
        for (Added layer : added) {
            history.add(layer.history());
            layers.add(layer.descriptor());
            diffIds.add(layer.diffId());
            created = layer.created() == null ? created : layer.created();
        }
        byte[] config = DerivedImage.config(what, like.config(), diffIds, history, created);
        ImageSource source = source(config, DerivedImage.manifest(config, layers), diffIds, staged);
        ImportOptions options =
                ImportOptions.DEFAULT.withMaxLayerSize(Long.MAX_VALUE).withMaxImageSize(Long.MAX_VALUE);
        Descriptor made = ImageImport.derive(
                paths, locks, references, source, staged, tag == null ? options : options.withTag(tag), temp, hold);
        settling.settled(diffIds);
        return made;
    }

    /**
     * A layer of a new image.
     *
     * @param history what is said of it, as JSON
     */
    public record Added(
            Digest diffId,
            Descriptor descriptor,
            Object history,
            @Nullable Instant created) {}

    /** A layer that only the new image has. */
    public Added added(Digest diffId, History history) throws IOException {
        Path tar = paths.blob(diffId);
        if (!Files.isRegularFile(tar)) {
            throw new NoSuchFileException(diffId.toString(), null, "no layer of this diff id in the store");
        }
        return added(diffId, Files.size(tar), history);
    }

    private static Added added(Digest diffId, long size, History history) {
        Descriptor descriptor = new Descriptor(MediaTypes.LAYER, diffId, size, null, Map.of());
        return new Added(diffId, descriptor, DerivedImage.entry(history), history.created());
    }

    /** The layers of an image from the {@code first} on, with what it says of them. */
    public List<Added> own(Documents image, int first) throws IOException {
        List<Digest> diffIds = image.parsedConfig().diffIds();
        String what = "config " + image.parsed().config().digest();
        List<Object> all = DerivedImage.history(what, image.config(), diffIds.size());
        int inherited = DerivedImage.history(what, image.config(), first).size();
        List<Object> entries = new ArrayList<>(all.subList(inherited, all.size()));
        entries.removeIf(entry -> entry instanceof Map<?, ?> json && Boolean.TRUE.equals(json.get("empty_layer")));
        List<Added> own = new ArrayList<>();
        for (int i = first; i < diffIds.size(); i++) {
            own.add(new Added(diffIds.get(i), image.parsed().layers().get(i), entries.get(i - first), null));
        }
        return own;
    }

    private ImageSource source(byte[] config, byte[] manifest, List<Digest> diffIds, List<StagedLayer> staged)
            throws IOException {
        Map<Digest, Path> elsewhere = new HashMap<>();
        staged.forEach(layer -> elsewhere.put(layer.diffId(), layer.tar()));
        Descriptor configIs = new Descriptor(MediaTypes.CONFIG, Digest.sha256(config), config.length, null, Map.of());
        Descriptor manifestIs =
                new Descriptor(MediaTypes.MANIFEST, Digest.sha256(manifest), manifest.length, null, Map.of());
        List<ImageSource.Layer> layers = new ArrayList<>();
        for (Digest diffId : diffIds) {
            Path tar = elsewhere.getOrDefault(diffId, paths.blob(diffId));
            ImageFiles.ImageFile file = new ImageFiles.ImageFile(diffId.toString(), tar, 0, Files.size(tar));
            layers.add(new ImageSource.Layer(file, null, diffId));
        }
        return new ImageSource(
                new ImageSource.Document(manifestIs, manifest),
                new ImageSource.Document(configIs, config),
                ImageConfig.parse("config " + configIs.digest(), config),
                layers,
                List.of());
    }
}
