package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.MalformedLayerException;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.ImageConfig;
import io.layerfs.oci.Json;
import io.layerfs.oci.MediaTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What something needs of a store: by digest, so that nothing is looked for.
 *
 * @param blobs documents, tars, and blobs as they came
 * @param diffIds of layers, which have indexes, and directories where they are unpacked
 * @param chains the names of stacks of layers, which have merged indexes: those of an image, and each of its lower parts,
 *     since that is the base of what a view shows
 * @param documents those of the blobs that were read to find out
 */
record Needs(Set<Digest> blobs, Set<Digest> diffIds, Set<Digest> chains, Set<Digest> documents) {

    static Needs none() {
        return new Needs(new HashSet<>(), new HashSet<>(), new HashSet<>(), new HashSet<>());
    }

    /** Layers, each by itself. */
    static Needs ofBlobs(Collection<Digest> blobs) {
        Needs needs = none();
        needs.blobs.addAll(blobs);
        needs.diffIds.addAll(blobs);
        return needs;
    }

    /** Adds a stack of layers, base first. */
    void addStack(List<Digest> layers) {
        blobs.addAll(layers);
        diffIds.addAll(layers);
        Digest chain = StorePaths.chainId(List.of());
        chains.add(chain);
        for (int i = 0; i < layers.size(); i++) {
            chain = i == 0 ? layers.get(0) : Digest.chainId(chain, layers.get(i));
            chains.add(chain);
        }
    }

    /**
     * Adds a manifest, of an image or of anything else, or an index, and all that it refers to, its subject too.
     *
     * @throws NoSuchFileException where the document is not there
     * @throws MalformedLayerException where it, or a config, is not what its digest says: then what is needed is not known
     */
    void addDocument(StorePaths paths, Digest digest) throws IOException {
        blobs.add(digest);
        if (!documents.add(digest)) {
            return;
        }
        Json document = read(paths, digest);
        for (String list : List.of("manifests", "layers", "blobs")) {
            for (Json item : document.objects(list)) {
                Digest named = item.requireDigest("digest");
                if (!list.equals("manifests") || !Files.isRegularFile(paths.blob(named))) {
                    blobs.add(named); // an index may name what was never fetched
                } else {
                    addDocument(paths, named);
                }
            }
        }
        Digest subject = subject(document);
        if (subject != null && Files.isRegularFile(paths.blob(subject))) {
            addDocument(paths, subject);
        }
        addConfig(paths, document.object("config"));
    }

    private void addConfig(StorePaths paths, @Nullable Json config) throws IOException {
        if (config == null) {
            return;
        }
        Digest digest = config.requireDigest("digest");
        blobs.add(digest);
        documents.add(digest);
        String mediaType = config.string("mediaType");
        if (mediaType == null || MediaTypes.isConfig(mediaType)) {
            addLayers(paths, digest, mediaType == null || MediaTypes.isUnsaid(mediaType));
        }
    }

    private void addLayers(StorePaths paths, Digest config, boolean unsaid) throws IOException {
        try {
            addStack(ImageConfig.diffIds(read(paths, config)));
        } catch (MalformedLayerException e) {
            if (!unsaid) {
                throw e;
            }
            // it is what it is called, and no image's config: nothing but the blob is needed
        }
    }

    /** What a manifest says that it is about; null where it does not. */
    static @Nullable Digest subject(StorePaths paths, Digest manifest) throws IOException {
        return subject(read(paths, manifest));
    }

    private static @Nullable Digest subject(Json document) throws MalformedLayerException {
        Json subject = document.object("subject");
        return subject == null ? null : subject.requireDigest("digest");
    }

    private static Json read(StorePaths paths, Digest digest) throws IOException {
        Path file = paths.blob(digest);
        long size = Files.size(file);
        if (size > Json.MAX_BYTES) {
            throw new MalformedLayerException(digest + ": " + size + " bytes; a document may have " + Json.MAX_BYTES);
        }
        byte[] bytes = Files.readAllBytes(file);
        new Descriptor("", digest, bytes.length, null, java.util.Map.of()).check(file.toString(), bytes);
        return Json.parse(digest.toString(), bytes);
    }

    void addAll(Needs other) {
        blobs.addAll(other.blobs);
        diffIds.addAll(other.diffIds);
        chains.addAll(other.chains);
        documents.addAll(other.documents);
    }

    /** Whether a file of the store is among what is needed, or derived of it. */
    boolean include(StoredFile file) {
        return switch (file.kind()) {
            case BLOB, NOTE -> blobs.contains(file.digest());
            case LAYER_INDEX -> diffIds.contains(file.digest());
            case MERGED_INDEX -> chains.contains(file.digest());
            case UNPACKED -> diffIds.contains(file.digest()) || chains.contains(file.digest());
        };
    }
}
