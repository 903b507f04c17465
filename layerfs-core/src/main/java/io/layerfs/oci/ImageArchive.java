package io.layerfs.oci;

import io.layerfs.Digest;
import io.layerfs.SaveOptions.Format;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an archive of images holds, before it is written: its files by name. The same images give the same files.
 *
 * <p>An OCI layout has blobs by their digests (image-spec, image-layout.md). What Docker reads has {@code manifest.json}, which
 * names the files of each image: in an archive that is both, those same blobs; in one that is only Docker's, layers by their
 * diff ids and configs by their digests. Layers may be compressed in either: {@code docker load}, podman and skopeo look at the
 * first bytes of a layer, not at its name.
 */
public final class ImageArchive {

    private static final byte[] MARKER =
            "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private final List<OutgoingImage> images;
    private final Format format;
    private final SortedMap<String, ArchiveFile> files = new TreeMap<>();

    /**
     * That of {@code images}.
     *
     * @throws IllegalArgumentException where Docker is to read it, and an image's name is none for Docker, or two have the same
     */
    public ImageArchive(List<OutgoingImage> images, Format format) throws IOException {
        this.images = List.copyOf(images);
        this.format = format;
        if (format != Format.DOCKER) {
            for (OutgoingImage image : images) {
                addBlobs(image);
            }
        }
        if (format == Format.OCI || format == Format.BOTH) {
            files.put("oci-layout", ArchiveFile.of(MARKER));
            files.put("index.json", ArchiveFile.of(ArchiveIndex.of(images, format == Format.BOTH)));
        }
        if (format == Format.DOCKER || format == Format.BOTH) {
            addManifest();
        }
    }

    /** What {@code oci-layout} says. */
    public static byte[] marker() {
        return MARKER.clone();
    }

    /** The files, sorted by their names; of a layout that is a directory, its blobs alone. */
    public SortedMap<String, ArchiveFile> files() {
        return Collections.unmodifiableSortedMap(files);
    }

    private void addBlobs(OutgoingImage image) throws IOException {
        for (OutgoingImage.Layer layer : image.layers()) {
            files.put(blob(layer.descriptor().digest()), ArchiveFile.of(layer));
        }
        List<ImageSource.Document> documents = new ArrayList<>(List.of(image.config(), image.manifest()));
        documents.addAll(image.signatureDocuments());
        for (ImageSource.Document document : documents) {
            files.put(blob(document.descriptor().digest()), ArchiveFile.of(document.bytes()));
        }
    }

    private static String blob(Digest digest) {
        return "blobs/" + digest.algorithm() + "/" + digest.encoded();
    }

    private void addManifest() {
        Set<String> used = new HashSet<>();
        List<Object> entries = new ArrayList<>();
        for (OutgoingImage image : images) {
            List<String> tags = new ArrayList<>();
            for (String name : image.names()) {
                String tag = DockerName.parse(name).toString();
                if (!used.add(tag)) {
                    throw new IllegalArgumentException("two names would both be '" + tag + "' for Docker");
                }
                tags.add(tag);
            }
            List<String> layers = new ArrayList<>();
            for (OutgoingImage.Layer layer : image.layers()) {
                String name = dockerLayer(layer);
                files.put(name, ArchiveFile.of(layer));
                layers.add(name);
            }
            String config = dockerConfig(image);
            files.put(config, ArchiveFile.of(image.config().bytes()));
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("Config", config);
            entry.put("RepoTags", tags);
            entry.put("Layers", layers);
            entries.add(entry);
        }
        files.put("manifest.json", ArchiveFile.of(Json.write(entries)));
    }

    private String dockerConfig(OutgoingImage image) {
        Digest digest = image.config().descriptor().digest();
        return format == Format.BOTH ? blob(digest) : digest.encoded() + ".json";
    }

    private String dockerLayer(OutgoingImage.Layer layer) {
        return format == Format.BOTH
                ? blob(layer.descriptor().digest())
                : layer.diffId().encoded() + ".tar";
    }

    /**
     * Reads the tar that was written, as an import does, and checks that it holds these images: where it is both, that
     * {@code manifest.json} and {@code index.json} name the same files for each.
     */
    public void check(Path tar) throws IOException {
        TarFiles found = TarFiles.of(tar);
        for (OutgoingImage image : images) {
            ImageSource read = ImageSource.find(tar.toString(), found, Long.MAX_VALUE, null, reference(image));
            if (read == null) {
                throw new IOException(tar + ": is read back as no archive of images");
            }
            ImageSource.Document manifest = read.manifest();
            boolean same = read.config()
                            .descriptor()
                            .digest()
                            .equals(image.config().descriptor().digest())
                    && (format == Format.DOCKER
                            || (manifest != null
                                    && manifest.descriptor()
                                            .digest()
                                            .equals(image.manifest()
                                                    .descriptor()
                                                    .digest())));
            if (!same) {
                throw new IOException(tar + ": image "
                        + image.manifest().descriptor().digest()
                        + " is read back as another one: manifest "
                        + (manifest == null ? "none" : manifest.descriptor().digest()) + ", config "
                        + read.config().descriptor().digest());
            }
        }
    }

    private String reference(OutgoingImage image) {
        if (format == Format.OCI) {
            return image.manifest().descriptor().digest().toString();
        }
        return image.names().isEmpty()
                ? dockerConfig(image)
                : DockerName.parse(image.names().get(0)).toString();
    }
}
