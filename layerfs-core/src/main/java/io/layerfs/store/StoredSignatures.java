package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.ImagePolicy;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.ImageSource;
import io.layerfs.oci.Signatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The signatures that a store has of its images: one manifest for each image, in {@code index.json} by its tag. */
public final class StoredSignatures {

    private final StorePaths paths;
    private final StoreLocks locks;
    private final References references;

    StoredSignatures(StorePaths paths, StoreLocks locks, References references) {
        this.paths = paths;
        this.locks = locks;
        this.references = references;
    }

    /** Those of the image that has this manifest. */
    public Signatures of(Digest image) throws IOException {
        String tag = Signatures.tag(image);
        return read(references.list().stream()
                .filter(entry -> tag.equals(entry.name()))
                .toList());
    }

    /** Those in manifests of signatures: others may have written several of one name. */
    Signatures read(List<Descriptor> manifests) throws IOException {
        Signatures found = Signatures.NONE;
        for (Descriptor manifest : manifests) {
            found = found.and(Signatures.read(manifest, this::bytes));
        }
        return found;
    }

    private byte @Nullable [] bytes(Descriptor descriptor) throws IOException {
        Path file = paths.blob(descriptor.digest());
        return Files.isRegularFile(file) ? Documents.read(file, descriptor) : null;
    }

    /** Adds to those of an image. */
    public void add(Descriptor image, Signatures more) throws IOException {
        if (!more.all().isEmpty()) {
            change(image, known -> known.plus(more));
        }
    }

    /** Puts others in the place of those of an image. What is none, for whatever reason, is not kept. */
    public void change(Descriptor image, UnaryOperator<Signatures> change) throws IOException {
        // no collection may take what is published before it is referred to
        try (StoreLocks.Held held = locks.lock(Hold.COLLECTION)) {
            references.change(Signatures.tag(image.digest()), known -> {
                Signatures wanted = change.apply(read(known));
                boolean none = wanted.all().stream().allMatch(s -> s.defect() != null);
                return none ? null : publish(wanted.documents(image));
            });
        }
    }

    private Descriptor publish(List<ImageSource.Document> documents) throws IOException {
        try (TempArea temp = TempArea.create(paths.temporary(), locks)) {
            Publication publication = new Publication(temp);
            for (ImageSource.Document document : documents) {
                Path file = paths.blob(document.descriptor().digest());
                if (!Files.exists(file)
                        || Files.size(file) != document.bytes().length
                        || !Arrays.equals(Files.readAllBytes(file), document.bytes())) {
                    publication.write(document.bytes(), file);
                }
            }
            publication.finish();
            return documents.get(documents.size() - 1).descriptor();
        }
    }

    /** Asks a policy whether an image is admitted, which has {@code more} signatures than those that are here. */
    public void check(ImagePolicy policy, List<String> names, Digest image, Signatures more) throws IOException {
        if (policy != ImagePolicy.ANY) {
            Signatures all = of(image).and(more);
            policy.check(new ImagePolicy.Candidate(names, all.digests(image), all.all()));
        }
    }
}
