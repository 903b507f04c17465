package io.layerfs.registry;

import io.layerfs.Digest;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.ImageSource;
import io.layerfs.oci.Json;
import io.layerfs.oci.MediaTypes;
import io.layerfs.oci.Signatures;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The signatures of what lies in a repository: those under the tag {@code sha256-....sig} (cosign, SIGNATURE_SPEC.md), and those that
 * refer to it (distribution-spec, listing referrers).
 */
final class RemoteSignatures {

    /** How many are read of what refers to an image, the small ones first: whoever may push can add more that are of nobody. */
    private static final int MAX_REFERRERS = 512;

    /** Bytes of all documents of the signatures of one image, each read once. */
    private static final long MAX_SIZE = 16 << 20;

    private final Repository repository;
    private final Map<Digest, byte[]> read = new HashMap<>();
    private long size;

    RemoteSignatures(Repository repository) {
        this.repository = repository;
    }

    /** Those of an image, and of the indexes among {@code indexes} that lead to it. */
    Signatures find(Digest image, Signatures indexes) throws IOException {
        Signatures found = indexes;
        Referrers referrers = new Referrers(repository);
        for (Digest signed : indexes.digests(image)) {
            found = found.and(tagged(signed));
            List<Referrer> referring = referrers.list(signed, Signatures.ARTIFACT_TYPE).stream()
                    .sorted(Comparator.comparingLong(Referrer::size))
                    .limit(MAX_REFERRERS)
                    .toList();
            for (Referrer referrer : referring) {
                found = found.and(Signatures.read(
                        new Descriptor(referrer.mediaType(), referrer.digest(), referrer.size(), null, Map.of()),
                        this::manifestOrBlob));
            }
        }
        return found;
    }

    private Signatures tagged(Digest signed) throws IOException {
        try {
            RemoteManifest manifest = repository.manifest(Signatures.tag(signed));
            return Signatures.read(
                    descriptor(manifest),
                    wanted -> wanted.digest().equals(manifest.digest()) ? manifest.bytes() : manifestOrBlob(wanted));
        } catch (NoSuchFileException e) {
            return Signatures.NONE;
        }
    }

    static Descriptor descriptor(RemoteManifest manifest) {
        return new Descriptor(manifest.mediaType(), manifest.digest(), manifest.bytes().length, null, Map.of());
    }

    private byte @Nullable [] manifestOrBlob(Descriptor wanted) throws IOException {
        byte[] known = read.get(wanted.digest());
        if (known != null && known.length == wanted.size()) {
            return known;
        }
        try {
            byte[] bytes = MediaTypes.isManifest(wanted.mediaType())
                    ? repository.manifest(wanted.digest().toString()).bytes()
                    : repository.smallBlob(wanted.digest(), (int) Math.min(Json.MAX_BYTES, wanted.size()));
            String what = repository.what("blob", wanted.digest());
            wanted.check(what, bytes);
            size += bytes.length;
            if (size > MAX_SIZE) {
                throw new RegistryException(what + ": with it, the signatures of one image have " + size + " bytes; "
                        + MAX_SIZE + " are allowed");
            }
            read.put(wanted.digest(), bytes);
            return bytes;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Puts others in the place of those under the tag; two clients that do so at the same moment can spoil it. */
    void change(Descriptor image, UnaryOperator<Signatures> change) throws IOException {
        Signatures known = tagged(image.digest());
        List<ImageSource.Document> documents = change.apply(known).documents(image);
        int last = documents.size() - 1;
        for (ImageSource.Document document : documents.subList(0, last)) {
            Tokens.Bytes body = new Tokens.Bytes(document.bytes());
            new BlobUpload(repository, document.descriptor().digest(), body, List.of()).run();
        }
        Descriptor manifest = documents.get(last).descriptor();
        new Referrers(repository)
                .put(
                        Signatures.tag(image.digest()),
                        new RemoteManifest(
                                manifest.mediaType(),
                                manifest.digest(),
                                documents.get(last).bytes()));
    }
}
