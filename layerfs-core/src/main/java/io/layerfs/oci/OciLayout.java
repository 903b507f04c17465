package io.layerfs.oci;

import io.layerfs.Digest;
import io.layerfs.MalformedLayerException;
import io.layerfs.Platform;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An OCI image layout (image-spec, image-layout.md): {@code oci-layout}, {@code index.json}, {@code blobs/}. */
final class OciLayout {

    private static final String MARKER = "oci-layout";
    private static final String INDEX = "index.json";
    private static final String VERSION = "imageLayoutVersion";

    /** How many bytes the indexes of a layout may have in which a manifest is looked for. */
    private static final long MAX_INDEXES = 16 << 20;

    private final String archive;
    private final DocumentReader files;
    private final Platform platform;
    private final ImageResolver resolver;

    /** The layout that these files are. */
    OciLayout(String archive, DocumentReader files, @Nullable Platform wanted) {
        this.archive = archive;
        this.files = files;
        this.platform = wanted == null ? Platform.host() : wanted;
        this.resolver = new ImageResolver(archive, new InLayout(), platform, wanted == null);
    }

    /**
     * Whether the files are a layout: a marker with its index, or with blobs. A marker alone may be any file of that name, unless it
     * says what it is.
     */
    static boolean isOne(DocumentReader files) throws IOException {
        ImageFiles.ImageFile marker = files.find(MARKER);
        if (marker == null || files.find(INDEX) != null || marker.size() > Json.MAX_BYTES) {
            return marker != null && files.find(INDEX) != null;
        }
        try {
            return Json.parse(marker.what(), files.read(marker)).has(VERSION);
        } catch (MalformedLayerException e) {
            return false;
        }
    }

    /** The blobs of the layout; its documents by the one who counts them. */
    private final class InLayout implements ImageResolver.Blobs {
        @Override
        public BlobSource find(Descriptor descriptor) throws IOException {
            return require(descriptor.digest());
        }

        @Override
        public byte[] document(Descriptor descriptor, BlobSource blob) throws IOException {
            byte[] bytes = files.read(descriptor);
            return bytes == null ? ImageResolver.Blobs.super.document(descriptor, blob) : bytes;
        }

        @Override
        public boolean has(Descriptor descriptor) throws IOException {
            return files.find(descriptor.digest()) != null;
        }
    }

    /** The image of that name, or the only one; the best for the platform, where there is a choice. */
    ImageSource read(@Nullable String reference) throws IOException {
        Descriptor chosen = choose(images(), reference);
        return resolver.resolve(chosen, chosen.archiveNames());
    }

    /**
     * The image with the manifest that the layout has for its config and layers, if it has one that names the same config and
     * the very same files. One that names others is passed over, so that what is imported is what both descriptions mean:
     * Docker 25.0.0 wrote manifests without layers, or with layers in another order (moby#47065, moby#47150). Containerd, and
     * Docker with its store, list an index that names it.
     */
    ImageSource withManifest(ImageSource image) throws IOException {
        Digest config = image.config().descriptor().digest();
        Deque<Descriptor> next = new ArrayDeque<>(images());
        Set<Digest> seen = new HashSet<>();
        long indexes = 0;
        while (!next.isEmpty()) {
            Descriptor candidate = next.pop();
            boolean isIndex = MediaTypes.isIndex(candidate.mediaType());
            boolean isDocument = isIndex || MediaTypes.isManifest(candidate.mediaType());
            if (!isDocument || !seen.add(candidate.digest()) || files.find(candidate.digest()) == null) {
                continue;
            }
            ImageSource.Document document = resolver.document(candidate);
            String what = archive + ": " + candidate.digest();
            if (isIndex) {
                indexes += document.bytes().length;
                if (indexes > MAX_INDEXES) {
                    throw new MalformedLayerException(what + ": with it, the indexes of the layout have " + indexes
                            + " bytes; at most " + MAX_INDEXES + " are read");
                }
                next.addAll(Index.parse(what, document.bytes(), candidate.mediaType())
                        .manifests());
            } else if (config.equals(configOf(Json.parse(what, document.bytes())))) {
                ImageSource found = same(image, document);
                if (found != null) {
                    return found;
                }
            }
        }
        return image;
    }

    private static @Nullable Digest configOf(Json manifest) throws MalformedLayerException {
        Json config = manifest.object("config");
        return config == null ? null : config.requireDigest("digest");
    }

    private @Nullable ImageSource same(ImageSource image, ImageSource.Document manifest) throws IOException {
        if (resolver.parse(manifest).layers().size() != image.layers().size()) {
            return null;
        }
        ImageSource found = resolver.image(manifest, image.references());
        return files(found).equals(files(image)) ? found : null;
    }

    private static List<?> files(ImageSource image) {
        return image.layers().stream().map(ImageSource.Layer::blob).toList();
    }

    private List<Descriptor> images() throws IOException {
        ImageFiles.ImageFile file = require(MARKER);
        String version = Json.parse(file.what(), files.read(file)).requireString(VERSION);
        if (!version.startsWith("1.")) {
            throw new MalformedLayerException(
                    file.what() + ": an image layout of version " + ImageName.shown(version) + "; 1.x can be read");
        }
        ImageFiles.ImageFile index = require(INDEX);
        return Index.parse(index.what(), files.read(index), null).manifests();
    }

    private Descriptor choose(List<Descriptor> images, @Nullable String reference) throws IOException {
        List<Descriptor> found = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Descriptor image : images) {
            if (!image.isAttestation() && !image.isStatement()) {
                names.add(shown(image));
                if (reference == null || isMeant(image, reference)) {
                    found.add(image);
                }
            }
        }
        if (found.size() > 1) {
            Map<Digest, Boolean> statements = new HashMap<>();
            for (Descriptor entry : found) {
                if (!statements.containsKey(entry.digest())) {
                    statements.put(entry.digest(), hasSubject(entry));
                }
            }
            found.removeIf(entry -> statements.getOrDefault(entry.digest(), false));
        }
        boolean isOne = found.stream().map(Descriptor::digest).distinct().count() == 1;
        List<Descriptor> fitting = isOne ? found : resolver.fitting(found);
        if (fitting.isEmpty()) {
            throw new MalformedLayerException(archive + ": index.json has no image "
                    + (reference == null ? "for " + platform : "named '" + reference + "'") + " among "
                    + Few.of(names));
        }
        if (fitting.stream().map(Descriptor::digest).distinct().count() > 1
                && fitting.get(0).platform() == null) {
            throw new MalformedLayerException(archive + ": holds several images; choose one of " + Few.of(names));
        }
        return fitting.get(0);
    }

    private static String shown(Descriptor image) {
        List<String> names = image.archiveNames();
        return ImageName.shown(names.isEmpty() ? image.digest().toString() : names.get(0));
    }

    /** A digest is that of the image, whatever others are called. */
    private static boolean isMeant(Descriptor image, String reference) {
        return ImageName.readsAsDigest(reference)
                ? reference.equals(image.digest().toString())
                : image.archiveNames().stream().anyMatch(name -> DockerName.same(name, reference));
    }

    /** Whether it is a statement about an image, such as a signature: that has a subject. */
    private boolean hasSubject(Descriptor entry) throws IOException {
        ImageFiles.ImageFile file = MediaTypes.isManifest(entry.mediaType()) ? files.find(entry.digest()) : null;
        return file != null
                && Json.parse(file.what(), resolver.document(entry).bytes()).has("subject");
    }

    private ImageFiles.ImageFile require(Digest digest) throws IOException {
        ImageFiles.ImageFile file = files.find(digest);
        if (file == null) {
            throw new MalformedLayerException(archive + ": blob " + digest + " is not in it");
        }
        return file;
    }

    private ImageFiles.ImageFile require(String name) throws IOException {
        ImageFiles.ImageFile file = files.find(name);
        if (file == null) {
            throw new MalformedLayerException(archive + ": '" + name + "' is not in it");
        }
        return file;
    }
}
