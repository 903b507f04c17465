package io.layerfs.oci;

import io.layerfs.Digest;
import io.layerfs.MalformedLayerException;
import io.layerfs.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An OCI image layout (image-spec, image-layout.md): {@code oci-layout}, {@code index.json}, {@code blobs/}. */
final class OciLayout {

    private final String archive;
    private final DocumentReader files;
    private final Platform platform;
    private final ImageResolver resolver;

    private OciLayout(String archive, DocumentReader files, Platform platform) {
        this.archive = archive;
        this.files = files;
        this.platform = platform;
        this.resolver = new ImageResolver(archive, new InLayout(), platform);
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
    }

    static ImageSource read(String archive, DocumentReader files, Platform platform, @Nullable String reference)
            throws IOException {
        OciLayout layout = new OciLayout(archive, files, platform);
        Descriptor chosen = layout.choose(layout.images(), reference);
        return layout.resolver.resolve(chosen, chosen.archiveNames());
    }

    /**
     * The image with the manifest that the layout has for its config and layers, if it has one that names the same config and
     * the very same files. One that names others is passed over, so that what is imported is what both descriptions mean:
     * Docker 25.0.0 wrote manifests without layers, or with layers in another order (moby#47065, moby#47150).
     */
    static ImageSource withManifest(String archive, DocumentReader files, ImageSource image) throws IOException {
        OciLayout layout = new OciLayout(archive, files, image.parsed().platform());
        Set<Digest> seen = new HashSet<>();
        for (Descriptor candidate : layout.images()) {
            if (MediaTypes.isManifest(candidate.mediaType())
                    && seen.add(candidate.digest())
                    && layout.files.find(candidate.digest()) != null) {
                ImageSource.Document document = layout.resolver.document(candidate);
                Manifest manifest = layout.resolver.parse(document);
                boolean same = manifest.config()
                                .digest()
                                .equals(image.config().descriptor().digest())
                        && manifest.layers().size() == image.layers().size();
                if (same) {
                    ImageSource found = layout.resolver.image(document, image.references());
                    if (files(found).equals(files(image))) {
                        return found;
                    }
                }
            }
        }
        return image;
    }

    private static List<?> files(ImageSource image) {
        return image.layers().stream().map(ImageSource.Layer::blob).toList();
    }

    private List<Descriptor> images() throws IOException {
        Json marker = Json.parse(archive + ": oci-layout", files.read(require("oci-layout")));
        if (!marker.requireString("imageLayoutVersion").startsWith("1.")) {
            throw new MalformedLayerException(archive + ": an image layout of version "
                    + marker.requireString("imageLayoutVersion") + "; 1.x can be read");
        }
        ImageFiles.ImageFile index = require("index.json");
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
        List<Descriptor> fitting = found.size() == 1 ? found : resolver.fitting(found);
        if (fitting.isEmpty()) {
            throw new MalformedLayerException(
                    archive + ": no image " + (reference == null ? "for " + platform : "named '" + reference + "'")
                            + " among " + Few.of(names));
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
                : image.archiveNames().contains(reference);
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
