package io.layerfs.oci;

import io.layerfs.Digest;
import io.layerfs.MalformedLayerException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code docker save} writes: {@code manifest.json} names each image's config and layers. So it did before Docker 25,
 * and so it does since, when the same tar became an OCI layout, too.
 */
final class DockerArchive {

    private DockerArchive() {}

    static ImageSource read(
            String archive, DocumentReader files, ImageFiles.ImageFile manifest, @Nullable String reference)
            throws IOException {
        Json image = choose(archive, Json.parseArray(manifest.what(), files.read(manifest)), reference);
        ImageFiles.ImageFile config = require(files, archive, image.requireString("Config"));
        byte[] bytes = files.read(config);
        Digest id = Digest.sha256(bytes);
        if (config.what().matches("(?s).*[/ ][0-9a-f]{64}(\\.json)?")
                && !config.what().contains(id.encoded())) {
            throw new MalformedLayerException(config.what() + ": its digest is " + id + ", not that of its name");
        }
        ImageConfig parsed = ImageConfig.parse(config.what(), bytes);
        List<ImageFiles.ImageFile> layers = new ArrayList<>();
        for (String layer : image.strings("Layers")) {
            layers.add(require(files, archive, layer));
        }
        Descriptor descriptor = new Descriptor(MediaTypes.CONFIG, id, bytes.length, null, Map.of());
        return new ImageSource(
                null,
                new ImageSource.Document(descriptor, bytes),
                parsed,
                ImageSource.pair(manifest.what(), parsed, layers, null),
                image.strings("RepoTags"));
    }

    private static ImageFiles.ImageFile require(DocumentReader files, String archive, String name) throws IOException {
        ImageFiles.ImageFile file = files.find(name);
        if (file == null) {
            throw new MalformedLayerException(archive + ": manifest.json names '" + name + "', which is not in it");
        }
        return file;
    }

    private static Json choose(String archive, List<Json> images, @Nullable String reference) throws IOException {
        Map<String, Json> named = new LinkedHashMap<>();
        Json chosen = reference == null && images.size() == 1 ? images.get(0) : null;
        for (Json image : images) {
            String config = image.requireString("Config");
            List<String> tags = image.strings("RepoTags");
            (tags.isEmpty() ? List.of(config) : tags).forEach(tag -> named.put(tag, image));
            if (reference != null && ImageName.readsAsDigest(reference) && isId(reference, config)) {
                chosen = image;
            }
        }
        if (reference != null && !ImageName.readsAsDigest(reference)) {
            chosen = named.get(reference);
        }
        if (chosen == null) {
            throw new MalformedLayerException(archive + ": "
                    + (reference == null
                            ? "holds " + images.size() + " images; choose one of "
                            : "holds no image named '" + reference + "', only ")
                    + Few.of(named.keySet().stream().map(ImageName::shown).toList()));
        }
        return chosen;
    }

    /** Whether a digest is the image's id, which is that of its config: the file is called so, which is checked when it is read. */
    private static boolean isId(String reference, String config) {
        String hex = reference.startsWith("sha256:") ? reference.substring("sha256:".length()) : reference;
        return config.equals(hex + ".json") || config.equals("blobs/sha256/" + hex);
    }
}
