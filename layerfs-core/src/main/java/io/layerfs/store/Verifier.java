package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.ImageSignature;
import io.layerfs.ProgressListener;
import io.layerfs.Verification;
import io.layerfs.Verification.Finding;
import io.layerfs.Verification.Kind;
import io.layerfs.blob.NamedFiles;
import io.layerfs.erofs.ErofsImage;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.ImageName;
import io.layerfs.oci.LayoutIndex;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks at all that a store holds: blobs against their names, images against their blobs, indexes against their tars. */
final class Verifier {

    private final StorePaths paths;
    private final StoreLocks locks;
    private final Store store;
    private final Indexes indexes;
    private final ProgressListener listener;
    private final List<Finding> findings = new ArrayList<>();
    private final Set<Digest> damaged = new HashSet<>();
    private long blobs;
    private long bytes;

    Verifier(StorePaths paths, StoreLocks locks, Store store, Indexes indexes, ProgressListener listener) {
        this.paths = paths;
        this.locks = locks;
        this.store = store;
        this.indexes = indexes;
        this.listener = listener;
    }

    /** Images are held while they are looked at: what is removed meanwhile is not missed. */
    Verification run() throws IOException {
        try (Hold hold = store.hold()) {
            Set<Digest> held = new HashSet<>();
            store.catalog().references().forEach(image -> held.add(image.digest()));
            hold(hold, held);
            return run(store.catalog().references().stream()
                    .filter(image -> held.contains(image.digest()))
                    .toList());
        }
    }

    /** Where the disk is full nothing can be held; what is removed meanwhile is missed then. */
    private static void hold(Hold hold, Set<Digest> images) {
        try {
            hold.addImages(images);
        } catch (IOException e) {
            return;
        }
    }

    private Verification run(List<Descriptor> images) throws IOException {
        checkWriters();
        checkIndex();
        for (Path parent : List.of(paths.temporary(), paths.holds())) {
            for (IOException left : ProcessArea.clean(parent, locks)) {
                findings.add(new Finding(
                        Kind.LEFT_OVER,
                        paths.root().relativize(parent).toString(),
                        "a process that died left it, and it cannot be deleted: " + left.getMessage()));
            }
        }
        hashBlobs();
        Set<Digest> layers = new LinkedHashSet<>();
        Set<List<Digest>> chains = new LinkedHashSet<>();
        for (Descriptor image : images) {
            if (image.isStatement()) {
                checkSignatures(image);
            } else {
                checkImage(image, layers, chains);
            }
        }
        store.views().documents().forEach(this::checkView);
        for (Digest layer : layers) {
            compare(paths.layerIndex(layer), () -> indexes.rebuildLayer(layer));
        }
        for (List<Digest> chain : chains) {
            compare(paths.chainIndex(chain), () -> indexes.rebuildChain(chain));
        }
        return new Verification(blobs, bytes, List.copyOf(findings));
    }

    private void checkWriters() throws IOException {
        String writers = StoreOwner.writers(paths.root());
        if (writers != null) {
            findings.add(new Finding(
                    Kind.EXPOSED,
                    paths.root().toString(),
                    "can be written by " + writers + ", not by its owner alone"));
        }
    }

    /** What others wrote into the list of images, and cannot be used. */
    private void checkIndex() throws IOException {
        Map<String, Digest> names = new HashMap<>();
        for (LayoutIndex.Entry entry : store.catalog().index().entries()) {
            if (entry.defect() != null) {
                bad(entry.defect());
            }
            Descriptor descriptor = entry.descriptor();
            String name = descriptor == null ? null : descriptor.name();
            if (descriptor != null && name != null) {
                checkName(name, descriptor, names);
            }
        }
    }

    private void checkName(String name, Descriptor entry, Map<String, Digest> names) {
        String refusal = entry.isStatement() ? null : ImageName.refusal(name);
        if (refusal != null) {
            bad("'" + ImageName.shown(name) + "', the name of " + entry.digest() + ": " + refusal);
        }
        Digest other = names.putIfAbsent(name, entry.digest());
        if (other != null && !other.equals(entry.digest())) {
            bad("'" + ImageName.shown(name) + "' is the name of " + other + ", and of " + entry.digest());
        }
    }

    private void bad(String message) {
        findings.add(new Finding(Kind.BAD_DOCUMENT, "index.json", message));
    }

    private void checkOwner(String name, Path file) throws IOException {
        String stranger = StoreOwner.stranger(paths.root(), file);
        if (stranger != null) {
            findings.add(new Finding(Kind.EXPOSED, name, "belongs to " + stranger + ", not to the owner of the store"));
        }
    }

    private void hashBlobs() throws IOException {
        try (DirectoryStream<Path> algorithms = Files.newDirectoryStream(paths.blobs())) {
            for (Path algorithm : algorithms) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(algorithm)) {
                    for (Path file : files) {
                        try {
                            checkOwner(algorithm.getFileName() + ":" + file.getFileName(), file);
                            hashBlob(algorithm.getFileName() + ":" + file.getFileName(), file);
                        } catch (java.nio.file.NoSuchFileException e) {
                            // collected meanwhile; whether an image misses it is seen below
                        }
                    }
                }
            }
        }
    }

    private void hashBlob(String name, Path file) throws IOException {
        Digest digest;
        MessageDigest computation;
        try {
            digest = Digest.parse(name);
            computation = digest.newMessageDigest();
        } catch (IllegalArgumentException | NoSuchAlgorithmException e) {
            findings.add(new Finding(Kind.DAMAGED_BLOB, name, "cannot be verified: " + e.getMessage()));
            return;
        }
        byte[] buffer = new byte[1 << 20];
        long size = Files.size(file);
        long done = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                computation.update(buffer, 0, n);
                done += n;
                listener.progress(name, done, size);
            }
        }
        blobs++;
        bytes += done;
        byte[] hash = computation.digest();
        if (!digest.matches(hash)) {
            damaged.add(digest);
            findings.add(new Finding(
                    Kind.DAMAGED_BLOB,
                    name,
                    "the digest of its " + done + " bytes is "
                            + java.util.HexFormat.of().formatHex(hash)));
        }
    }

    private void checkImage(Descriptor image, Set<Digest> layers, Set<List<Digest>> chains) throws IOException {
        String subject = image.digest().toString();
        try {
            Documents documents = store.catalog().documents(image);
            List<Digest> diffIds = documents.parsedConfig().diffIds();
            boolean whole = true;
            for (Digest diffId : diffIds) {
                whole &= isSound(subject, diffId, layers);
            }
            for (Descriptor layer : documents.parsed().layers()) {
                if (!NamedFiles.exists(paths.blob(layer.digest()))) {
                    missing(subject, layer.digest());
                }
            }
            if (whole) {
                chains.add(diffIds);
            }
        } catch (java.nio.file.NoSuchFileException e) {
            findings.add(
                    new Finding(Kind.MISSING_BLOB, subject, "its manifest or config is not there: " + e.getFile()));
        } catch (IOException e) {
            findings.add(new Finding(Kind.BAD_DOCUMENT, subject, String.valueOf(e.getMessage())));
        }
    }

    private void checkSignatures(Descriptor manifest) throws IOException {
        for (ImageSignature signature :
                store.signatures().read(List.of(manifest)).all()) {
            String defect = signature.defect();
            if (defect != null) {
                findings.add(new Finding(
                        NamedFiles.exists(paths.blob(signature.digest())) ? Kind.BAD_DOCUMENT : Kind.MISSING_BLOB,
                        signature.digest().toString(),
                        manifest.name() + ": " + defect));
            }
        }
    }

    private boolean isSound(String image, Digest diffId, Set<Digest> layers) throws IOException {
        if (!NamedFiles.exists(paths.blob(diffId))) {
            missing(image, diffId);
            return false;
        }
        if (damaged.contains(diffId)) {
            return false;
        }
        layers.add(diffId);
        return true;
    }

    private void checkView(String name, ViewDocument view) {
        for (Digest diffId : view.diffIds()) {
            boolean dropped = !Files.exists(paths.views().resolve(name));
            if (!Files.exists(paths.blob(diffId)) && !dropped) {
                findings.add(new Finding(
                        Kind.MISSING_BLOB, diffId.toString(), "not there, but the view '" + name + "' needs it"));
            }
        }
    }

    private void missing(String image, Digest blob) {
        findings.add(new Finding(Kind.MISSING_BLOB, blob.toString(), "not there, but image " + image + " needs it"));
    }

    /** Builds an index anew, and tells if the one that was there was another; the same tars give the same bytes. */
    private void compare(Path index, Rebuild rebuild) throws IOException {
        String subject = paths.root().relativize(index).toString();
        byte[] before = Files.exists(index) ? hash(index) : new byte[0];
        try {
            if (rebuild.run() != null
                    && before.length > 0
                    && !MessageDigest.isEqual(before, hash(indexes.place(index)))) {
                String done = locks.isReadOnly()
                        ? "is damaged, and is built for each process"
                        : "was damaged, and is built anew";
                findings.add(new Finding(Kind.REBUILT_INDEX, subject, done));
            }
        } catch (io.layerfs.MalformedLayerException e) {
            findings.add(new Finding(Kind.BAD_DOCUMENT, subject, String.valueOf(e.getMessage())));
        } catch (IOException e) {
            findings.add(new Finding(Kind.UNCHECKED, subject, "cannot be built to be compared: " + e.getMessage()));
        }
    }

    private interface Rebuild {
        ErofsImage run() throws IOException;
    }

    private static byte[] hash(Path file) throws IOException {
        MessageDigest digest = Digest.newSha256();
        byte[] buffer = new byte[1 << 20];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return digest.digest();
    }
}
