package io.layerfs.registry;

import io.layerfs.Digest;
import io.layerfs.DigestMismatchException;
import io.layerfs.Image;
import io.layerfs.ImageSignature;
import io.layerfs.ProgressListener;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.Signatures;
import io.layerfs.store.Documents;
import io.layerfs.store.Store;
import io.layerfs.store.Work;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
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
                sources.add(Reference.parse(tag).repository());
            }
        }
        sources.remove(target.repository());
        return List.copyOf(sources);
    }

    /** Pushes it as it is in the store, byte for byte. */
    void run(Image image) throws IOException {
        Documents documents = store.catalog().documents(image.digest());
        Map<Digest, Descriptor> blobs = new TreeMap<>();
        documents.parsed().layers().forEach(layer -> blobs.put(layer.digest(), layer));
        Descriptor config = documents.parsed().config();
        blobs.put(config.digest(), config);
        List<Work.Task> tasks = new ArrayList<>();
        for (Descriptor blob : blobs.values()) {
            tasks.add(() -> upload(blob));
        }
        Work.inParallel(tasks, repository.session().options().concurrency());
        Descriptor manifest = documents.manifest();
        byte[] bytes = Files.readAllBytes(file(manifest.digest()));
        manifest.check(repository.what("manifest", manifest.digest()), bytes);
        String tag = repository.reference().tag();
        String identifier = tag == null ? manifest.digest().toString() : tag;
        repository.putManifest(identifier, manifest.mediaType(), bytes);
        if (options.signatures()) {
            pushSignatures(manifest);
        }
    }

    /** Those that name the manifest: others are of an index that is not pushed. */
    private void pushSignatures(Descriptor manifest) throws IOException {
        String name = manifest.digest().toString();
        List<ImageSignature> own = store.signatures().of(manifest.digest()).all().stream()
                .filter(s -> new String(s.payload(), StandardCharsets.ISO_8859_1).contains(name))
                .toList();
        if (!own.isEmpty()) {
            Signatures added = new Signatures(own, List.of());
            new RemoteSignatures(repository).change(manifest, known -> known.and(added));
        }
    }

    private Path file(Digest digest) throws IOException {
        Path file = store.tar(digest);
        if (file == null) {
            throw new NoSuchFileException(digest.toString(), null, "no blob of this digest in the store");
        }
        return file;
    }

    private void upload(Descriptor descriptor) throws IOException {
        Path file = file(descriptor.digest());
        String name = descriptor.digest().toString();
        FileBody body = new FileBody(file, descriptor.size(), name, options.listener());
        try {
            new BlobUpload(repository, descriptor.digest(), body, mountFrom).run();
        } catch (RegistryException e) {
            throw e.status() == 400 ? explained(e, file, descriptor) : e;
        }
        options.listener().progress(name, descriptor.size(), descriptor.size());
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
