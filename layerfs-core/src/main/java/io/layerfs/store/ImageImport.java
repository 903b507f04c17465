package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.DigestMismatchException;
import io.layerfs.ImportOptions;
import io.layerfs.MalformedLayerException;
import io.layerfs.blob.Blob;
import io.layerfs.blob.NamedFiles;
import io.layerfs.memory.Allowance;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.ImageFiles;
import io.layerfs.oci.ImageName;
import io.layerfs.oci.ImageSource;
import io.layerfs.oci.Manifest;
import io.layerfs.oci.MediaTypes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One import of an image: everything is read, verified and indexed in temporary files; only then is any of it published,
 * the image's name last. What fails before leaves the store as it was.
 */
final class ImageImport {

    /** More than any tool makes: containerd stacks 500 at the most, Docker 127. */
    private static final int MAX_LAYERS = 8192;

    /** Each layer that is another one takes files, threads and syncs, some milliseconds, however small it is. */
    private static final int MAX_DISTINCT = 1024;

    private static final long BYTES_FOR_ONE_MORE = 4L << 20;

    private final StorePaths paths;
    private final StoreLocks locks;
    private final ImportOptions options;
    private final Budget budget;
    private final ImageSource source;
    private final TempArea temp;
    private final int atOnce;
    private final Hold hold;

    /** The layers that were read, by diff id. */
    private final Map<Digest, StagedLayer> staged = new LinkedHashMap<>();

    /** The same, once for each blob. */
    private final List<StagedLayer> blobs = new ArrayList<>();

    private ImageImport(
            StorePaths paths,
            StoreLocks locks,
            ImportOptions options,
            Budget budget,
            ImageSource source,
            TempArea temp,
            int atOnce,
            Hold hold) {
        this.paths = paths;
        this.locks = locks;
        this.options = options;
        this.budget = budget;
        this.source = source;
        this.temp = temp;
        this.atOnce = atOnce;
        this.hold = hold;
    }

    /** Finds what is to be imported. */
    interface Opening {
        ImageSource open(Sources sources) throws IOException;
    }

    /**
     * Imports; answers the manifest's descriptor as it now stands among the references.
     *
     * @param hold open until what was imported is used: it is given what the image needs, before that is looked for
     */
    static Descriptor run(
            StorePaths paths,
            StoreLocks locks,
            References references,
            Opening opening,
            ImportOptions options,
            Hold hold)
            throws IOException {
        locks.requireWritable();
        try (TempArea temp = TempArea.create(paths.temporary(), locks)) {
            Budget budget = new Budget(options);
            Sources sources = new Sources(paths.root(), options, budget, temp);
            ImageImport running =
                    new ImageImport(paths, locks, options, budget, opening.open(sources), temp, Work.PROCESSORS, hold);
            sources.staged().forEach(layer -> running.staged.put(layer.diffId(), layer));
            return running.run(references, true);
        }
    }

    /** Makes an image of what {@code source} says, {@code atOnce} layers at the same time. */
    static Descriptor run(
            StorePaths paths,
            StoreLocks locks,
            References references,
            ImageSource source,
            ImportOptions options,
            int atOnce,
            Hold hold)
            throws IOException {
        locks.requireWritable();
        try (TempArea temp = TempArea.create(paths.temporary(), locks)) {
            return new ImageImport(paths, locks, options, new Budget(options), source, temp, atOnce, hold)
                    .run(references, true);
        }
    }

    /**
     * The same of layers that are here, or were {@code staged} in {@code temp}, without a merged index: that is built when it
     * is needed.
     */
    static Descriptor derive(
            StorePaths paths,
            StoreLocks locks,
            References references,
            ImageSource source,
            List<StagedLayer> staged,
            ImportOptions options,
            TempArea temp,
            Hold hold)
            throws IOException {
        ImageImport running =
                new ImageImport(paths, locks, options, new Budget(options), source, temp, Work.PROCESSORS, hold);
        staged.forEach(layer -> running.staged.put(layer.diffId(), layer));
        return running.run(references, false);
    }

    private Descriptor run(References references, boolean merged) throws IOException {
        if (source.layers().size() > MAX_LAYERS) {
            throw new MalformedLayerException(
                    "config " + source.config().descriptor().digest() + ": an image of "
                            + source.layers().size() + " layers; " + MAX_LAYERS + " are allowed");
        }
        Set<String> names = new LinkedHashSet<>();
        source.parsed().diffIds().forEach(id -> names.add(id.toString()));
        if (names.size() > MAX_DISTINCT) {
            throw new MalformedLayerException(
                    "config " + source.config().descriptor().digest() + ": an image of " + names.size()
                            + " different layers; " + MAX_DISTINCT + " are allowed");
        }
        StoredSignatures signatures = new StoredSignatures(paths, locks, references);
        ImageName name = name();
        try (StoreLocks.Held held = locks.lockAll(names)) {
            ImageSource.Document document = stage(signatures, name);
            Publication publication = publication(document, merged ? stageChain() : null);
            if (merged) {
                temp.syncs().await(); // of much data, before others wait for the references
            }
            Descriptor manifest = document.descriptor().bare();
            signatures.add(manifest, source.signatures());
            Descriptor named = name == null ? manifest : manifest.named(name.text());
            references.put(named, publication);
            return named;
        }
    }

    /** Has all layers here; answers the manifest of an image that is admitted. */
    private ImageSource.Document stage(StoredSignatures signatures, @Nullable ImageName name) throws IOException {
        ImageSource.Document document = source.manifest();
        if (document != null) {
            admit(document, signatures, name);
        }
        holdAll();
        stageLayers();
        if (document == null) {
            document = newManifest();
            admit(document, signatures, name);
        }
        return document;
    }

    private void admit(ImageSource.Document manifest, StoredSignatures signatures, @Nullable ImageName name)
            throws IOException {
        requireTrue(name, manifest.descriptor().digest());
        signatures.check(
                options.policy(),
                name == null ? List.of() : List.of(name.text()),
                manifest.descriptor().digest(),
                source.signatures());
    }

    /** From here on a blob that is found to be there stays there. */
    private void holdAll() throws IOException {
        Set<Digest> blobs = new LinkedHashSet<>();
        blobs.add(source.config().descriptor().digest());
        for (ImageSource.Layer layer : source.layers()) {
            blobs.add(layer.diffId());
            if (layer.descriptor() != null) {
                blobs.add(layer.descriptor().digest());
            }
        }
        hold.addBlobs(blobs);
        if (source.manifest() != null) {
            hold.addImage(source.manifest().descriptor().digest());
        }
    }

    /** What the image is to be called: what is asked for, else what it is called where it comes from; null for nothing. */
    private @Nullable ImageName name() throws MalformedLayerException {
        if (options.tag() != null) {
            return new ImageName(options.tag());
        }
        if (source.references().isEmpty()) {
            return null;
        }
        String text = source.references().get(0);
        String reason = ImageName.refusal(text);
        if (reason != null) {
            throw misnamed(text, reason);
        }
        return new ImageName(text);
    }

    private static MalformedLayerException misnamed(String text, @Nullable String reason) {
        return new MalformedLayerException("the image is called '" + ImageName.shown(text)
                + "' where it comes from, which no name in a store can be (" + reason + "); import it by another name");
    }

    /** Refuses a name that says another digest than the image has, or an index that leads to it. */
    private void requireTrue(@Nullable ImageName name, Digest manifest) throws IOException {
        try {
            if (name != null && name.digest() != null) {
                name.requireTrue(source.signatures().digests(manifest));
            }
        } catch (IllegalArgumentException e) {
            if (options.tag() == null) {
                throw misnamed(String.valueOf(name), e.getMessage());
            }
            throw e;
        }
    }

    /** Every blob once: two may hold the same tar, each compressed in its own way. */
    private void stageLayers() throws IOException {
        List<ImageSource.Layer> wanted = new ArrayList<>();
        Set<List<Object>> seen = new HashSet<>();
        for (ImageSource.Layer layer : source.layers()) {
            Descriptor descriptor = layer.descriptor();
            Object blob = descriptor == null ? layer.blob() : descriptor.digest();
            boolean isHere = descriptor == null && staged.containsKey(layer.diffId());
            if (!isHere && seen.add(List.of(blob, layer.diffId()))) {
                if (isStored(layer)) {
                    count(layer.diffId());
                } else {
                    wanted.add(layer);
                }
            }
        }
        List<Work.Task> tasks = new ArrayList<>();
        // the largest first, so that none is left to be read alone at the end
        wanted.stream()
                .sorted(Comparator.comparingLong(layer -> -layer.blob().size()))
                .forEach(layer -> tasks.add(() -> stage(layer)));
        Work.inParallel(tasks, Math.min(atOnce, parallel(wanted)));
    }

    /** How many layers are read at once at the most: each takes some MiB of buffers, which few bytes shall not take. */
    private static int parallel(Collection<ImageSource.Layer> layers) {
        long bytes = layers.stream().mapToLong(layer -> layer.blob().size()).sum();
        return (int) Math.min(2 + Math.max(bytes, 0) / BYTES_FOR_ONE_MORE, Integer.MAX_VALUE);
    }

    private void count(Digest stored) throws IOException {
        try {
            budget.add(Files.size(paths.blob(stored)));
        } catch (MalformedLayerException e) {
            throw new MalformedLayerException("layer " + stored + ": " + e.getMessage(), e);
        }
    }

    /** Whether the layer is here, and was found here to be what the blob that is described holds. */
    private boolean isStored(ImageSource.Layer layer) throws IOException {
        if (layer.blob() instanceof ImageFiles.ImageFile own && own.file().equals(paths.blob(layer.diffId()))) {
            return Files.exists(own.file()); // it is the store's own; an index is made when it is needed
        }
        if (!Files.exists(paths.blob(layer.diffId())) || !Files.exists(paths.layerIndex(layer.diffId()))) {
            return false;
        }
        Descriptor descriptor = layer.descriptor();
        if (descriptor == null || descriptor.digest().equals(layer.diffId())) {
            return Files.size(paths.blob(layer.diffId())) == layer.blob().size();
        }
        Path blob = paths.blob(descriptor.digest());
        Path note = paths.content(descriptor.digest());
        return Files.exists(blob)
                && Files.size(blob) == descriptor.size()
                && Files.exists(note)
                && Arrays.equals(Files.readAllBytes(note), noteOf(layer.diffId()));
    }

    private static byte[] noteOf(Digest diffId) {
        return diffId.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private void stage(ImageSource.Layer layer) throws IOException {
        Descriptor descriptor = layer.descriptor();
        String what = "layer " + (descriptor == null ? layer.diffId() : descriptor.digest()) + " ("
                + layer.blob().what() + ")";
        boolean isFile = layer.blob() instanceof ImageFiles.ImageFile;
        if (isFile) {
            budget.came(layer.blob().size());
        }
        StagedLayer found = StagedLayer.read(
                what,
                () -> new ProgressInputStream(
                        isFile
                                ? layer.blob().open()
                                : budget.counted(layer.blob().open()),
                        (descriptor == null ? layer.diffId() : descriptor.digest()).toString(),
                        layer.blob().size(),
                        options.listener()),
                descriptor,
                layer.blob().size(),
                budget,
                temp);
        if (!found.diffId().equals(layer.diffId())) {
            throw new DigestMismatchException(what + ": the digest of its tar is " + found.diffId()
                    + "; the config's diff id is " + layer.diffId());
        }
        synchronized (staged) {
            staged.putIfAbsent(found.diffId(), found);
            blobs.add(found);
        }
    }

    /** Merges the layers, whether new or here before; null where the merged index is here. */
    private @Nullable Path stageChain() throws IOException {
        List<Digest> diffIds = source.parsed().diffIds();
        if (Files.exists(paths.chainIndex(diffIds))) {
            return null;
        }
        Indexes indexes = new Indexes(paths, locks);
        Path index = temp.newPath(".erofs");
        long tars = 0;
        try (Allowance memory = budget.memory()) {
            LayerStack stack = new LayerStack(
                    diffId -> {
                        StagedLayer layer = staged.get(diffId);
                        return layer == null ? indexes.layer(diffId) : layer.open();
                    },
                    memory);
            for (Blob device : stack.merge(diffIds, index)) {
                tars += device.size();
            }
        }
        budget.growByIndex(Files.size(index), tars);
        temp.syncs().add(index);
        return index;
    }

    private Publication publication(ImageSource.Document manifest, @Nullable Path chain) throws IOException {
        Publication publication = new Publication(temp);
        for (StagedLayer layer : staged.values()) {
            publication.move(layer.tar(), paths.blob(layer.diffId()));
            publication.moveDerived(layer.index(), paths.layerIndex(layer.diffId()));
        }
        for (StagedLayer layer : blobs) {
            Path original = layer.original();
            if (original != null) {
                publication.move(original, paths.blob(layer.source()));
                Path note = temp.newPath(".note"); // believed where it is whole
                NamedFiles.write(note, noteOf(layer.diffId()));
                publication.moveDerived(note, paths.content(layer.source()));
            }
        }
        if (chain != null) {
            publication.moveDerived(chain, paths.chainIndex(source.parsed().diffIds()));
        }
        publication.write(
                source.config().bytes(), paths.blob(source.config().descriptor().digest()));
        hold.addImage(manifest.descriptor().digest());
        publication.write(manifest.bytes(), paths.blob(manifest.descriptor().digest()));
        return publication;
    }

    /** The manifest of an image that came without, once its layers are here. */
    private ImageSource.Document newManifest() throws IOException {
        List<Descriptor> layers = new ArrayList<>();
        for (Digest diffId : source.parsed().diffIds()) {
            StagedLayer layer = staged.get(diffId);
            Path tar = layer == null ? paths.blob(diffId) : layer.tar();
            layers.add(new Descriptor(MediaTypes.LAYER, diffId, Files.size(tar), null, Map.of()));
        }
        byte[] bytes = new Manifest(source.config().descriptor(), layers).toBytes();
        return new ImageSource.Document(
                new Descriptor(MediaTypes.MANIFEST, Digest.sha256(bytes), bytes.length, null, Map.of()), bytes);
    }
}
