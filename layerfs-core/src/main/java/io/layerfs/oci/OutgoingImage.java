package io.layerfs.oci;

import io.layerfs.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An image on its way out of a store, whether into an archive or to a registry: its documents, byte for byte, and where the
 * bytes of its layers lie.
 *
 * @param manifest names {@code config} and, in their order, {@code layers}
 * @param layers base first
 * @param names what it is to be called where it goes
 * @param signatures what signs {@code manifest}
 */
public record OutgoingImage(
        ImageSource.Document manifest,
        ImageSource.Document config,
        List<Layer> layers,
        List<String> names,
        Signatures signatures) {

    /** Copies the lists. */
    public OutgoingImage {
        layers = List.copyOf(layers);
        names = List.copyOf(names);
    }

    /** The same, with {@code more} beside its signatures. */
    public OutgoingImage with(Signatures more) {
        return new OutgoingImage(manifest, config, layers, names, signatures.plus(more));
    }

    /**
     * The same, with names that have no digest but its own, or that of an index that leads to it: compressed anew, it has another.
     *
     * @param leave whether others are left out, instead of refused
     */
    public OutgoingImage requireTrueNames(boolean leave) throws IOException {
        List<Digest> digests = signatures.digests(manifest.descriptor().digest());
        List<String> kept = new ArrayList<>();
        for (String name : names) {
            Digest said = new ImageName(name).digest();
            if (!leave || said == null || digests.contains(said)) {
                kept.add(new ImageName(name).requireTrue(digests).text());
            }
        }
        return new OutgoingImage(manifest, config, layers, kept, signatures);
    }

    /** The documents of its signatures, the manifest of them last; none where it has none. */
    List<ImageSource.Document> signatureDocuments() {
        boolean none = signatures.all().stream().allMatch(s -> s.defect() != null);
        return none ? List.of() : signatures.documents(manifest.descriptor());
    }

    /**
     * A layer that goes out.
     *
     * @param descriptor what the manifest says of it
     * @param diffId the digest of its tar
     * @param file holds the bytes that {@code descriptor} names, and nothing else; it is there as long as what gave it is open
     */
    public record Layer(Descriptor descriptor, Digest diffId, Path file) {

        /**
         * Opens it; the caller closes. The stream ends with a {@link io.layerfs.DigestMismatchException} instead of its end
         * where the bytes are not those that the descriptor names.
         */
        public InputStream open() throws IOException {
            return verified("layer " + descriptor.digest(), file, descriptor.digest(), descriptor.size());
        }
    }

    /** The bytes of a file, which are those of {@code digest}, or end in an exception; the caller closes. */
    public static InputStream verified(String what, Path file, Digest digest, long size) throws IOException {
        InputStream in = Files.newInputStream(file);
        try {
            return new VerifiedInputStream(what + " (" + file + ")", in, digest, size);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }
}
