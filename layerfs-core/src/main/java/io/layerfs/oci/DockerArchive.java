package io.layerfs.oci;

import io.layerfs.Digest;
import io.layerfs.MalformedLayerException;
import io.layerfs.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code docker save} writes: {@code manifest.json} names each image's config and layers. So it did before Docker 25,
 * and so it does since, when the same tar became an OCI layout, too; an image that is for several platforms has an entry for each.
 *
 * <p>Its names are found whatever their case, and null is an empty list, as Docker reads it (encoding/json of Go): jib writes them
 * in lower case.
 */
final class DockerArchive {

    private static final String NAME = "manifest.json";
    private static final Pattern KEY_OF_CONFIG = Pattern.compile("(?i)\"config\"\\s*:");
    private static final Pattern KEY_OF_LAYERS = Pattern.compile("(?i)\"layers\"\\s*:");

    private final String archive;
    private final DocumentReader files;
    private final List<Json> entries;
    private final @Nullable Platform wanted;

    /** Of these {@link #entries}. */
    DockerArchive(String archive, DocumentReader files, List<Json> entries, @Nullable Platform wanted) {
        this.archive = archive;
        this.files = files;
        this.entries = entries;
        this.wanted = wanted;
    }

    /**
     * The images of a {@code manifest.json} that is Docker's: an array of objects that name a config and layers, some of which
     * are there. None where it is something else, such as a file of a root file system.
     *
     * @param isLayout whether the files are a layout, so that they need not be Docker's, too
     */
    static List<Json> entries(DocumentReader files, boolean isLayout) throws IOException {
        ImageFiles.ImageFile file = files.find(NAME);
        if (file == null || file.size() > Json.MAX_BYTES) {
            return List.of();
        }
        byte[] bytes = files.read(file);
        List<Json> entries = new ArrayList<>();
        try {
            boolean found = false;
            for (Json item : Json.parseArray(file.what(), bytes)) {
                Json entry = item.folded();
                boolean isImage = entry.members().get("config") instanceof String
                        && (!entry.has("layers") || entry.members().get("layers") instanceof List);
                if (!isImage) {
                    return List.of();
                }
                found |= hasFile(files, entry);
                entries.add(entry);
            }
            return found ? entries : List.of();
        } catch (MalformedLayerException e) {
            if (!isLayout && isMeant(bytes)) {
                throw e;
            }
            return List.of();
        }
    }

    private static boolean hasFile(DocumentReader files, Json entry) throws IOException {
        boolean found = files.find(entry.requireString("Config")) != null;
        for (String layer : entry.strings("Layers")) {
            found |= files.find(layer) != null;
        }
        return found;
    }

    /** Whether a text that cannot be read was to be Docker's document. */
    private static boolean isMeant(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1).strip();
        return text.startsWith("[")
                && KEY_OF_CONFIG.matcher(text).find()
                && KEY_OF_LAYERS.matcher(text).find();
    }

    /** The image that {@code reference} names, or the only one, or the best of one name for the platform. */
    ImageSource require(@Nullable String reference) throws IOException {
        ImageSource image = find(reference);
        if (image == null) {
            throw new MalformedLayerException(archive + ": holds no image named '" + reference + "', only " + names());
        }
        return image;
    }

    /** The same; null where none is called so. */
    @Nullable
    ImageSource find(@Nullable String reference) throws IOException {
        List<Json> meant = new ArrayList<>();
        for (Json entry : entries) {
            if (reference == null || isMeant(entry, reference)) {
                meant.add(entry);
            }
        }
        if (meant.size() <= 1) {
            return meant.isEmpty() ? null : image(meant.get(0));
        }
        if (reference == null && !haveOneName(meant)) {
            throw new MalformedLayerException(
                    archive + ": holds " + meant.size() + " images; choose one of " + names());
        }
        return best(meant);
    }

    private ImageSource best(List<Json> meant) throws IOException {
        List<Platform> bestFirst = (wanted == null ? Platform.host() : wanted).preferences();
        List<ImageSource> images = new ArrayList<>();
        for (Json entry : meant) {
            images.add(image(entry));
        }
        for (Platform platform : bestFirst) {
            for (ImageSource image : images) {
                if (image.parsed().platform().normalized().equals(platform)) {
                    return image;
                }
            }
        }
        throw new MalformedLayerException(archive + ": nothing for " + bestFirst.get(0) + " among "
                + Few.of(images.stream().map(image -> image.parsed().platform()).toList()));
    }

    private static boolean haveOneName(List<Json> images) throws MalformedLayerException {
        Set<String> common = new LinkedHashSet<>(images.get(0).strings("RepoTags"));
        for (Json image : images) {
            common.retainAll(image.strings("RepoTags"));
        }
        return !common.isEmpty();
    }

    private static boolean isMeant(Json entry, String reference) throws MalformedLayerException {
        String config = entry.requireString("Config");
        if (ImageName.readsAsDigest(reference)) {
            return isId(reference, config);
        }
        List<String> tags = entry.strings("RepoTags");
        return tags.isEmpty()
                ? reference.equals(config)
                : tags.stream().anyMatch(tag -> DockerName.same(tag, reference));
    }

    /** Whether a digest is the image's id, which is that of its config: the file is called so, which is checked when it is read. */
    private static boolean isId(String reference, String config) {
        String hex = reference.startsWith("sha256:") ? reference.substring("sha256:".length()) : reference;
        return config.equals(hex + ".json") || config.equals("blobs/sha256/" + hex) || config.equals("sha256:" + hex);
    }

    private ImageSource image(Json entry) throws IOException {
        ImageFiles.ImageFile config = require(entry.requireString("Config"), entry);
        byte[] bytes = files.read(config);
        Digest id = Digest.sha256(bytes);
        if (config.what().matches("(?s).*[/ :][0-9a-f]{64}(\\.json)?")
                && !config.what().contains(id.encoded())) {
            throw new MalformedLayerException(config.what() + ": its digest is " + id + ", not that of its name");
        }
        ImageConfig parsed = ImageConfig.parse(config.what(), bytes);
        List<ImageFiles.ImageFile> layers = new ArrayList<>();
        for (String layer : entry.strings("Layers")) {
            layers.add(require(layer, entry));
        }
        Descriptor descriptor = new Descriptor(MediaTypes.CONFIG, id, bytes.length, null, Map.of());
        return new ImageSource(
                null,
                new ImageSource.Document(descriptor, bytes),
                parsed,
                ImageSource.pair(entry.where(), parsed, layers, null),
                entry.strings("RepoTags"));
    }

    private ImageFiles.ImageFile require(String name, Json entry) throws IOException {
        ImageFiles.ImageFile file = files.find(name);
        if (file == null) {
            throw new MalformedLayerException(entry.where() + ": names '" + name + "', which is not in " + archive);
        }
        return file;
    }

    private String names() throws MalformedLayerException {
        Map<String, Json> named = new LinkedHashMap<>();
        for (Json entry : entries) {
            List<String> tags = entry.strings("RepoTags");
            (tags.isEmpty() ? List.of(entry.requireString("Config")) : tags).forEach(tag -> named.put(tag, entry));
        }
        return Few.of(named.keySet().stream().map(ImageName::shown).toList());
    }
}
