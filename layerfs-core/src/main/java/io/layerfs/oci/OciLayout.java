package io.layerfs.oci;

import io.layerfs.Digest;
import io.layerfs.DigestMismatchException;
import io.layerfs.MalformedLayerException;
import io.layerfs.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An OCI image layout (image-spec, image-layout.md): {@code oci-layout}, {@code index.json}, {@code blobs/}. */
final class OciLayout {

    private static final int MAX_NESTING = 8;

    private final String archive;
    private final ImageFiles files;
    private final Platform platform;

    private OciLayout(String archive, ImageFiles files, Platform platform) {
        this.archive = archive;
        this.files = files;
        this.platform = platform;
    }

    static ImageSource read(String archive, ImageFiles files, Platform platform, @Nullable String reference)
            throws IOException {
        OciLayout layout = new OciLayout(archive, files, platform);
        Descriptor chosen = layout.choose(layout.images(), reference);
        ImageSource.Document manifest = layout.document(layout.resolve(chosen, 0));
        String name = chosen.annotations().get(Descriptor.REF_NAME);
        return layout.image(manifest, name == null ? List.of() : List.of(name));
    }

    /**
     * The image with the manifest that the layout has for its config and layers, if it has one that names the same config and
     * the very same files. One that names others is passed over, so that what is imported is what both descriptions mean:
     * Docker 25.0.0 wrote manifests without layers, or with layers in another order (moby#47065, moby#47150).
     */
    static ImageSource withManifest(String archive, ImageFiles files, ImageSource image) throws IOException {
        OciLayout layout = new OciLayout(archive, files, image.parsed().platform());
        for (Descriptor candidate : layout.images()) {
            if (MediaTypes.isManifest(candidate.mediaType()) && layout.find(candidate.digest()) != null) {
                ImageSource.Document document = layout.document(candidate);
                Manifest manifest = parse(document);
                boolean same = manifest.config()
                                .digest()
                                .equals(image.config().descriptor().digest())
                        && manifest.layers().size() == image.layers().size();
                if (same) {
                    ImageSource found = layout.image(document, image.references());
                    if (files(found).equals(files(image))) {
                        return found;
                    }
                }
            }
        }
        return image;
    }

    private static List<?> files(ImageSource image) {
        return image.layers().stream().map(ImageSource.Layer::file).toList();
    }

    private List<Descriptor> images() throws IOException {
        Json marker = Json.parse(archive + ": oci-layout", require("oci-layout").readDocument());
        if (!marker.requireString("imageLayoutVersion").startsWith("1.")) {
            throw new MalformedLayerException(archive + ": an image layout of version "
                    + marker.requireString("imageLayoutVersion") + "; 1.x can be read");
        }
        ImageFiles.ImageFile index = require("index.json");
        return Index.parse(index.what(), index.readDocument(), null).manifests();
    }

    private Descriptor choose(List<Descriptor> images, @Nullable String reference) throws IOException {
        List<Descriptor> found = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Descriptor image : images) {
            if (!image.isAttestation()) {
                String name = image.annotations()
                        .getOrDefault(Descriptor.REF_NAME, image.digest().toString());
                names.add(name);
                if (reference == null
                        || reference.equals(name)
                        || reference.equals(image.digest().toString())) {
                    found.add(image);
                }
            }
        }
        List<Descriptor> fitting = found.size() == 1 ? found : fitting(found);
        if (fitting.isEmpty()) {
            throw new MalformedLayerException(archive + ": no image "
                    + (reference == null ? "for " + platform : "named '" + reference + "'") + " among " + names);
        }
        if (fitting.stream().map(Descriptor::digest).distinct().count() > 1
                && fitting.get(0).platform() == null) {
            throw new MalformedLayerException(archive + ": holds several images; choose one of " + names);
        }
        return fitting.get(0);
    }

    private List<Descriptor> fitting(List<Descriptor> images) {
        return images.stream()
                .filter(i -> i.platform() == null || platform.accepts(i.platform()))
                .toList();
    }

    /** The manifest that this names, or the first that fits the platform in the index that it names. */
    private Descriptor resolve(Descriptor named, int depth) throws IOException {
        if (!MediaTypes.isIndex(named.mediaType())) {
            return named;
        }
        if (depth == MAX_NESTING) {
            throw new MalformedLayerException(archive + ": indexes nested more than " + MAX_NESTING + " deep");
        }
        ImageSource.Document document = document(named);
        String what = archive + ": index " + named.digest();
        List<Descriptor> all =
                Index.parse(what, document.bytes(), named.mediaType()).manifests();
        List<Descriptor> fitting =
                fitting(all.stream().filter(d -> !d.isAttestation()).toList());
        if (fitting.isEmpty()) {
            throw new MalformedLayerException(what + ": nothing for " + platform + " among "
                    + all.stream().map(Descriptor::platform).toList());
        }
        return resolve(fitting.get(0), depth + 1);
    }

    private ImageSource image(ImageSource.Document document, List<String> references) throws IOException {
        Manifest manifest = parse(document);
        ImageSource.Document config = document(manifest.config());
        ImageConfig parsed =
                ImageConfig.parse(archive + ": config " + config.descriptor().digest(), config.bytes());
        List<ImageFiles.ImageFile> blobs = new ArrayList<>();
        for (Descriptor layer : manifest.layers()) {
            ImageFiles.ImageFile file = require(layer.digest());
            checkSize(file, layer);
            blobs.add(file);
        }
        String what = archive + ": manifest " + document.descriptor().digest();
        return new ImageSource(
                document, config, parsed, ImageSource.pair(what, parsed, blobs, manifest.layers()), references);
    }

    private static Manifest parse(ImageSource.Document document) throws IOException {
        Descriptor descriptor = document.descriptor();
        return Manifest.parse("manifest " + descriptor.digest(), document.bytes(), descriptor.mediaType());
    }

    private ImageSource.Document document(Descriptor descriptor) throws IOException {
        ImageFiles.ImageFile file = require(descriptor.digest());
        checkSize(file, descriptor);
        byte[] bytes = file.readDocument();
        descriptor.check(file.what(), bytes);
        return new ImageSource.Document(descriptor, bytes);
    }

    private static void checkSize(ImageFiles.ImageFile file, Descriptor descriptor) throws IOException {
        if (file.size() != descriptor.size()) {
            throw new DigestMismatchException(file.what() + ": " + file.size() + " bytes; the descriptor of "
                    + descriptor.digest() + " says " + descriptor.size());
        }
    }

    private ImageFiles.@Nullable ImageFile find(Digest digest) throws IOException {
        return files.find("blobs/" + digest.algorithm() + "/" + digest.encoded());
    }

    private ImageFiles.ImageFile require(Digest digest) throws IOException {
        ImageFiles.ImageFile file = find(digest);
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
