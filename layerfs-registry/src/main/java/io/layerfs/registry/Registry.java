package io.layerfs.registry;

import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.ImagePolicy;
import io.layerfs.ImageSignature;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import io.layerfs.Lease;
import io.layerfs.Platform;
import io.layerfs.oci.BlobSource;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.ImageResolver;
import io.layerfs.oci.ImageSource;
import io.layerfs.oci.MediaTypes;
import io.layerfs.oci.Signatures;
import io.layerfs.store.Hold;
import io.layerfs.store.Store;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A client of registries (OCI distribution-spec 1.1): images are pulled into a store and pushed from it; manifests, small blobs
 * and referrers are read and written one by one.
 *
 * <p>Whatever a registry sends is compared with the digest and the size that name it, while it comes, and is not seen in a store
 * before; what differs fails with an {@code IOException} that names the reference and the blob. What breaks off is gone on with
 * where it broke, and what fails for a reason that may pass is tried again, as {@link RegistryOptions} says. Nothing waits for
 * ever. Credentials go to the registry that they are for, encrypted, and to the server that it names for tokens; addresses of
 * layers elsewhere, which a manifest may have ({@code urls}), are not used.
 *
 * <p>What is absent is a {@code NoSuchFileException}, what is not allowed an {@code AccessDeniedException}, any other answer that
 * is an error a {@link RegistryException}; bytes that are not what they should be a {@code DigestMismatchException} or a {@code
 * MalformedLayerException}.
 *
 * <p>Safe for many threads. Remembers how it is to show who it is, and has threads: close it.
 */
public final class Registry implements AutoCloseable {

    private final Session session;

    private Registry(RegistryOptions options) {
        this.session = new Session(options);
    }

    /** A client; nothing is sent yet. */
    public static Registry open(RegistryOptions options) {
        return new Registry(options);
    }

    private Repository repository(Reference reference) {
        return new Repository(session, reference);
    }

    /**
     * Pulls an image, from the wire into the store in one pass. Layers that the store has are not asked for. The image gets
     * the reference in full as its name, unless {@code options} has another one.
     *
     * <p>Where the options have a policy, it is asked before any layer is: about the reference, and the name in the store.
     *
     * @throws io.layerfs.UntrustedImageException where the policy refuses the image
     * @throws IllegalArgumentException where the tag of {@code options} is no name that an image can have
     */
    public Image pull(LayerStore layers, Reference reference, PullOptions options) throws IOException {
        Mirrors.Found place = new Mirrors(session).find(reference);
        Repository repository = place.repository();
        RemoteManifest found = place.manifest();
        requireNotOld(reference, found);
        if (!MediaTypes.isManifest(found.mediaType()) && !MediaTypes.isIndex(found.mediaType())) {
            throw new RegistryException(reference + ": not an image, but " + found.mediaType());
        }
        Descriptor named = new Descriptor(found.mediaType(), found.digest(), found.bytes().length, null, Map.of());
        Platform asked = options.image().platform();
        Platform platform = asked == null ? Platform.host() : asked;
        ImageResolver.Blobs blobs = wanted -> find(repository, found, wanted);
        ImageSource source = new ImageResolver(reference.toString(), blobs, platform)
                .resolve(named, List.of())
                .require(reference.toString(), asked);
        ImageSource.Document manifest = source.manifest();
        if (manifest != null && (options.signatures() || options.image().policy() != ImagePolicy.ANY)) {
            source = source.with(
                    new RemoteSignatures(repository).find(manifest.descriptor().digest(), source.signatures()));
        }
        try (Store store = Store.open(layers.directory());
                Hold hold = store.hold()) {
            Descriptor image = store.importImage(
                    source,
                    importOptions(reference, options.image()),
                    session.options().concurrency(),
                    hold);
            return layers.image(image.digest());
        } catch (IOException e) {
            throw answered(e);
        }
    }

    /** Says what a manifest of Docker before 1.10 is, which a registry may still send whatever it was asked for. */
    private static void requireNotOld(Reference reference, RemoteManifest found) throws RegistryException {
        if (found.mediaType().startsWith("application/vnd.docker.distribution.manifest.v1+")) {
            throw new RegistryException(reference + ": not an image, but " + found.mediaType()
                    + ": schema version 1 of Docker before 1.10, which has no config; push it anew with a tool"
                    + " of today");
        }
    }

    /** What a registry answered while a layer was read, which names it, instead of the failure of the import. */
    private static IOException answered(IOException failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof RegistryException
                    || at instanceof AccessDeniedException
                    || at instanceof NoSuchFileException) {
                return (IOException) at;
            }
        }
        return failure;
    }

    private static ImportOptions importOptions(Reference reference, ImportOptions options) {
        ImagePolicy policy = options.policy();
        return options.withTag(options.tag() == null ? reference.toString() : options.tag())
                .withPolicy(
                        policy == ImagePolicy.ANY ? policy : image -> policy.check(image.named(reference.toString())));
    }

    /** Manifests and indexes are asked for as such, everything else as a blob; the first one is here. */
    private static BlobSource find(Repository repository, RemoteManifest first, Descriptor wanted) throws IOException {
        if (!MediaTypes.isManifest(wanted.mediaType()) && !MediaTypes.isIndex(wanted.mediaType())) {
            return repository.blob(wanted);
        }
        RemoteManifest found = wanted.digest().equals(first.digest())
                ? first
                : repository.manifest(wanted.digest().toString());
        return new Fetched(repository.what("manifest", wanted.digest()), found.bytes());
    }

    /** A document that is here. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    private record Fetched(String what, byte[] bytes) implements BlobSource {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public ByteArrayInputStream open() {
            return new ByteArrayInputStream(bytes);
        }
    }

    /**
     * Pushes an image. Byte for byte as it is in the store, with the manifest and the compressed layers that it came with, unless
     * the options compress them anew: then with a manifest that differs in its layers. Blobs that the registry has are not sent,
     * and those that another of its repositories has are taken over. No collection takes the image meanwhile.
     *
     * @param reference its tag, or where it has none its digest, is what the manifest is put under
     * @return the digest of the manifest
     * @throws IllegalArgumentException where the reference has a digest that is not that of the manifest
     */
    public Digest push(LayerStore layers, Image image, Reference reference, PushOptions options) throws IOException {
        try (Lease lease = layers.lease(image);
                Store store = Store.open(layers.directory())) {
            return new Push(repository(reference), store, image, options)
                    .run(image)
                    .digest();
        }
    }

    /**
     * The manifest or index of a reference, byte for byte. By a digest the bytes are verified; what they say is not looked at.
     */
    public RemoteManifest manifest(Reference reference) throws IOException {
        return repository(reference).manifest(reference.identifier());
    }

    /**
     * Puts a manifest or index under the reference's tag, or under its digest where it has no tag. Where it has a subject and
     * the registry keeps no list of referrers, the index that stands for that list is kept up, which two clients that do so at
     * the same moment can spoil.
     *
     * @return its digest
     */
    public Digest putManifest(Reference reference, String mediaType, byte[] bytes) throws IOException {
        Digest digest =
                reference.tag() == null && reference.digest() != null ? reference.digest() : Digest.sha256(bytes);
        String identifier = reference.tag() == null ? digest.toString() : reference.tag();
        new Referrers(repository(reference)).put(identifier, new RemoteManifest(mediaType, digest, bytes));
        return digest;
    }

    /**
     * A small blob, verified.
     *
     * @param reference of its repository
     * @param limit how many bytes it may have
     */
    public byte[] blob(Reference reference, Digest digest, int limit) throws IOException {
        return repository(reference).smallBlob(digest, limit);
    }

    /**
     * Puts a small blob, unless it is there.
     *
     * @param reference of its repository
     * @return its digest
     */
    public Digest putBlob(Reference reference, byte[] bytes) throws IOException {
        Digest digest = Digest.sha256(bytes);
        new BlobUpload(repository(reference), digest, new Tokens.Bytes(bytes), List.of()).run();
        return digest;
    }

    /**
     * The manifests that say they are about another one: by the registry's own list, else by the index under the tag {@code
     * sha256-...} (distribution-spec, listing referrers). None of them has been read, nor what they say been verified.
     *
     * @param reference of the repository
     * @param artifactType null for all
     */
    public List<Referrer> referrers(Reference reference, Digest subject, @Nullable String artifactType)
            throws IOException {
        return new Referrers(repository(reference)).list(subject, artifactType);
    }

    /**
     * What claims to sign the image or index of a reference: under its tag {@code sha256-....sig}, and among what refers to it.
     */
    public List<ImageSignature> signatures(Reference reference) throws IOException {
        Repository repository = repository(reference);
        Digest signed = repository.manifest(reference.identifier()).digest();
        return new RemoteSignatures(repository).find(signed, Signatures.NONE).all();
    }

    /**
     * Adds a signature to those under the tag {@code sha256-....sig} of the image or index of a reference, without the image being
     * pulled. Two clients that do so at the same moment can spoil it.
     *
     * @param replaced tells of each that is there whether the new one takes its place
     */
    public void addSignature(Reference reference, ImageSignature signature, Predicate<ImageSignature> replaced)
            throws IOException {
        Repository repository = repository(reference);
        Descriptor signed = RemoteSignatures.descriptor(repository.manifest(reference.identifier()));
        Signatures added = new Signatures(List.of(signature), List.of());
        new RemoteSignatures(repository)
                .change(signed, known -> known.without(replaced).plus(added));
    }

    /** The tags of the reference's repository, in the order of the registry. */
    public List<String> tags(Reference reference) throws IOException {
        return repository(reference).tags();
    }

    /** Ends its threads; idempotent. */
    @Override
    public void close() {
        session.close();
    }
}
