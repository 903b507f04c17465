package io.layerfs.registry;

import io.layerfs.Digest;
import io.layerfs.DigestMismatchException;
import io.layerfs.Image;
import io.layerfs.ImageSignature;
import io.layerfs.ProgressListener;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.OutgoingImage;
import io.layerfs.oci.Signatures;
import io.layerfs.store.Outgoing;
import io.layerfs.store.Store;
import io.layerfs.store.Work;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** One push: the layers and the config that are not there yet, side by side; then the manifest that names them. */
final class Push {

    private final Repository repository;
    private final Store store;
    private final PushOptions options;
    private final List<String> mountFrom;

    Push(Repository repository, Store store, Image image, PushOptions options) {
        this.repository = repository;
        this.store = store;
        this.options = options;
        this.mountFrom = sources(repository.reference(), image, options);
    }

    /** The repositories of the same registry that the image's names are in, or that were told. */
    private static List<String> sources(Reference target, Image image, PushOptions options) {
        Set<String> sources = new LinkedHashSet<>();
        for (String repository : options.mountFrom()) {
            sources.add(new Reference(target.registry(), repository, "latest", null).repository());
        }
        for (String tag : image.tags()) {
            // a name without a registry is a local one; with one it was pulled or pushed
            if (tag.startsWith(target.registry() + "/")) {
                addRepository(tag, sources);
            }
        }
        sources.remove(target.repository());
        return List.copyOf(sources);
    }

    private static void addRepository(String name, Set<String> sources) {
        try {
            sources.add(Reference.parse(name).repository());
        } catch (IllegalArgumentException e) {
            return; // a name that a layout may have, and no registry
        }
    }

    /** Pushes it with its layers as they are in the store, or compressed anew; answers what its manifest is then. */
    Descriptor run(Image image) throws IOException {
        Descriptor stored = store.catalog().find(image.digest());
        try (Outgoing outgoing =
                store.outgoing(options.compression(), Runtime.getRuntime().availableProcessors(), options.listener())) {
            OutgoingImage going = outgoing.image(stored, List.of());
            Descriptor manifest = going.manifest().descriptor();
            Digest asked = repository.reference().digest();
            if (asked != null && !asked.equals(manifest.digest())) {
                throw new IllegalArgumentException(repository.reference() + ": the image is " + manifest.digest());
            }
            uploadBlobs(going);
            String tag = repository.reference().tag();
            String identifier = tag == null ? manifest.digest().toString() : tag;
            repository.putManifest(
                    identifier, manifest.mediaType(), going.manifest().bytes());
            if (options.signatures()) {
                pushSignatures(manifest);
            }
            return manifest;
        }
    }

    private void uploadBlobs(OutgoingImage image) throws IOException {
        Map<Digest, Work.Task> tasks = new TreeMap<>();
        for (OutgoingImage.Layer layer : image.layers()) {
            tasks.put(layer.descriptor().digest(), () -> upload(layer.descriptor(), layer.file()));
        }
        Descriptor config = image.config().descriptor();
        tasks.put(
                config.digest(),
                () -> upload(config, new Tokens.Bytes(image.config().bytes())));
        Work.inParallel(
                List.copyOf(tasks.values()), repository.session().options().concurrency());
    }

    /** Those that name the manifest: others are of an index that is not pushed. */
    private void pushSignatures(Descriptor manifest) throws IOException {
        String name = manifest.digest().toString();
        List<ImageSignature> own = store.signatures().of(manifest.digest()).all().stream()
                .filter(s -> new String(s.payload(), StandardCharsets.ISO_8859_1).contains(name))
                .toList();
        if (!own.isEmpty()) {
            Signatures added = new Signatures(own, List.of());
            new RemoteSignatures(repository).change(manifest, known -> known.plus(added));
        }
    }

    private void upload(Descriptor descriptor, Path file) throws IOException {
        String name = descriptor.digest().toString();
        try {
            upload(descriptor, new FileBody(file, descriptor.size(), name, options.listener()));
        } catch (RegistryException e) {
            throw e.status() == 400 ? explained(e, file, descriptor) : e;
        }
    }

    private void upload(Descriptor descriptor, Request.Body body) throws IOException {
        new BlobUpload(repository, descriptor.digest(), body, mountFrom).run();
        options.listener().progress(descriptor.digest().toString(), descriptor.size(), descriptor.size());
    }

    /** A registry that refuses a blob may be right: the store's file may be damaged. */
    private IOException explained(RegistryException refused, Path file, Descriptor descriptor) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = descriptor.digest().newMessageDigest();
            in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            return descriptor.digest().matches(digest.digest())
                    ? refused
                    : new DigestMismatchException(repository.what("blob", descriptor.digest())
                            + ": damaged in the store: " + file + " has another digest");
        } catch (NoSuchAlgorithmException e) {
            return refused;
        }
    }

    /** A file that is sent, with its progress told. */
    private record FileBody(Path file, long size, String name, ProgressListener listener) implements Request.Body {

        @Override
        public InputStream open() throws IOException {
            return new Told(Files.newInputStream(file), this);
        }
    }

    /** Tells about every MiB how far a file was read. */
    private static final class Told extends FilterInputStream {
        private static final int STEP = 1 << 20;

        private final FileBody body;
        private long done;
        private long told;

        Told(InputStream in, FileBody body) {
            super(in);
            this.body = body;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = in.read(target, offset, length);
            moved(Math.max(n, 0));
            return n;
        }

        @Override
        public long skip(long count) throws IOException {
            long n = in.skip(count);
            moved(n);
            return n;
        }

        private void moved(long bytes) {
            done += bytes;
            if (done - told >= STEP) {
                told = done;
                body.listener().progress(body.name(), done, body.size());
            }
        }
    }
}
