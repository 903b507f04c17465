package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.MalformedLayerException;
import io.layerfs.blob.NamedFiles;
import io.layerfs.host.Durable;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.Index;
import io.layerfs.oci.Json;
import io.layerfs.oci.MediaTypes;
import io.layerfs.oci.Signatures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The store's {@code index.json}: which images there are, and their names. Read afresh each time, since other processes and
 * other tools write it, too; replaced whole.
 */
final class References {

    /** The form of a reference's name (image-spec, annotations.md). */
    private static final Pattern NAME = Pattern.compile(
            "[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*(?:/[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*)*");

    /** What a registry calls an image (distribution's reference grammar), which is wider: {@code host/a__b:1._-}. */
    private static final Pattern REGISTRY_NAME = Pattern.compile(
            "[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]+)?/[a-z0-9]+(?:(?:[._]|__|-+|/)[a-z0-9]+)*"
                    + "(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(?:@[a-z0-9]+(?:[+._-][a-z0-9]+)*:[A-Za-z0-9=_-]+)?");

    private static final String LOCK_NAME = "index.json";
    private static final byte[] MARKER = "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.US_ASCII);

    private final StorePaths paths;
    private final StoreLocks locks;

    References(StorePaths paths, StoreLocks locks) {
        this.paths = paths;
        this.locks = locks;
    }

    /** Makes the directory an image layout, where it is none yet. */
    void initialize() throws IOException {
        try (StoreLocks.Held held = locks.lock(LOCK_NAME)) {
            if (!NamedFiles.exists(paths.marker())) {
                Durable.createDirectories(paths.blobs());
                if (!NamedFiles.exists(paths.references())) {
                    write(List.of());
                }
                replace(MARKER, paths.marker());
            }
        }
    }

    static void check(String name) {
        if (!NAME.matcher(name).matches() && !REGISTRY_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "not a name that an image can have (letters and digits with one of -._:@+/ between): '" + name
                            + "'");
        }
    }

    /** The images, in the order in which they came. */
    List<Descriptor> list() throws IOException {
        return Index.parse(paths.references().toString(), bytes(), null).manifests();
    }

    private byte[] bytes() throws IOException {
        if (Files.size(paths.references()) > Json.MAX_BYTES) {
            throw new MalformedLayerException(paths.references() + ": larger than " + Json.MAX_BYTES + " bytes");
        }
        return Files.readAllBytes(paths.references());
    }

    /** Adds an image, and takes its name, if it has one, from the image that had it; that one stays. */
    void put(Descriptor image) throws IOException {
        try (TempArea temp = TempArea.create(paths.temporary(), locks)) {
            put(image, new Publication(temp));
        }
    }

    /** The same when {@code publication}, of what it refers to, is finished; to sync them together takes less time. */
    void put(Descriptor image, Publication publication) throws IOException {
        try (StoreLocks.Held held = locks.lock(LOCK_NAME)) {
            List<Descriptor> changed = with(image);
            Path file = changed == null ? null : publication.write(json(changed));
            publication.finish();
            if (file != null) {
                Durable.rename(file, paths.references());
            }
        }
    }

    /** All with one more; null where it is among them already. */
    private @Nullable List<Descriptor> with(Descriptor image) throws IOException {
        String name = image.annotations().get(Descriptor.REF_NAME);
        List<Descriptor> kept = new ArrayList<>();
        List<Descriptor> renamed = new ArrayList<>();
        for (Descriptor known : list()) {
            String knownName = known.annotations().get(Descriptor.REF_NAME);
            boolean same = known.digest().equals(image.digest());
            if (same && (name == null || name.equals(knownName))) {
                return null;
            }
            if (name != null && name.equals(knownName)) {
                renamed.add(known);
            } else if (!same || knownName != null) {
                kept.add(known);
            }
        }
        kept.add(image);
        renamed.forEach(old -> addUnnamed(kept, old));
        return kept;
    }

    /** Whether this is what is said of an image, as signatures are, and no image. */
    static boolean isSaying(Descriptor entry) {
        String name = entry.annotations().get(Descriptor.REF_NAME);
        return name != null && Signatures.isTag(name);
    }

    /** What {@code name} names, as {@link #change} wants it. */
    interface Change {
        @Nullable
        Descriptor apply(@Nullable Descriptor known) throws IOException;
    }

    /** Puts another entry in the place of that of a name, with nobody else changing it meanwhile; null stands for none. */
    void change(String name, Change change) throws IOException {
        try (StoreLocks.Held held = locks.lock(LOCK_NAME)) {
            List<Descriptor> kept = new ArrayList<>();
            Descriptor known = null;
            for (Descriptor entry : list()) {
                if (name.equals(entry.annotations().get(Descriptor.REF_NAME))) {
                    known = entry;
                } else {
                    kept.add(entry);
                }
            }
            Descriptor made = change.apply(known);
            if (made != null) {
                kept.add(made.named(name));
            }
            write(kept);
        }
    }

    /** Removes a name; the image stays, without one, if it has no other. Answers whether there was such a name. */
    boolean remove(String name) throws IOException {
        try (StoreLocks.Held held = locks.lock(LOCK_NAME)) {
            Descriptor removed = null;
            List<Descriptor> kept = new ArrayList<>();
            for (Descriptor image : list()) {
                if (name.equals(image.annotations().get(Descriptor.REF_NAME))) {
                    removed = image;
                } else {
                    kept.add(image);
                }
            }
            if (removed == null) {
                return false;
            }
            addUnnamed(kept, removed);
            write(kept);
            return true;
        }
    }

    /** Removes images with all their names; answers whether there was one of them. */
    boolean removeImages(Set<Digest> digests) throws IOException {
        try (StoreLocks.Held held = locks.lock(LOCK_NAME)) {
            List<Descriptor> kept = new ArrayList<>(list());
            boolean known = kept.removeIf(image -> digests.contains(image.digest()));
            if (known) {
                write(kept);
            }
            return known;
        }
    }

    /**
     * Removes what {@code reference} means: by a name of several, that name; else the image with all its names. Answers
     * whether there was such an image.
     */
    boolean removeReference(String reference) throws IOException {
        try (StoreLocks.Held held = locks.lock(LOCK_NAME)) {
            Descriptor found = find(reference);
            if (found == null) {
                return false;
            }
            List<Descriptor> kept = new ArrayList<>(list());
            boolean byName = reference.equals(found.annotations().get(Descriptor.REF_NAME));
            kept.remove(found);
            if (!byName || kept.stream().noneMatch(other -> isNameOf(other, found))) {
                kept.removeIf(other -> other.digest().equals(found.digest()));
            }
            write(kept);
            return true;
        }
    }

    private static boolean isNameOf(Descriptor other, Descriptor image) {
        return other.digest().equals(image.digest()) && other.annotations().containsKey(Descriptor.REF_NAME);
    }

    private static void addUnnamed(List<Descriptor> kept, Descriptor image) {
        if (kept.stream().noneMatch(other -> other.digest().equals(image.digest()))) {
            kept.add(new Descriptor(image.mediaType(), image.digest(), image.size(), image.platform(), Map.of()));
        }
    }

    private void write(List<Descriptor> images) throws IOException {
        replace(json(images), paths.references());
    }

    private static byte[] json(List<Descriptor> images) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schemaVersion", 2L);
        json.put("mediaType", MediaTypes.INDEX);
        json.put("manifests", images.stream().map(Descriptor::toJson).toList());
        return Json.write(json);
    }

    private void replace(byte[] bytes, Path target) throws IOException {
        try (TempArea temp = TempArea.create(paths.temporary(), locks)) {
            Path file = temp.newPath(".json");
            NamedFiles.write(file, bytes);
            Durable.publish(file, target);
        }
    }

    /** The one image that {@code reference} means: a name, a digest, or the start of a digest's hex; null for none. */
    @Nullable
    Descriptor find(String reference) throws IOException {
        List<Descriptor> images = list().stream().filter(i -> !isSaying(i)).toList();
        for (Descriptor image : images) {
            if (reference.equals(image.annotations().get(Descriptor.REF_NAME))
                    || reference.equals(image.digest().toString())) {
                return image;
            }
        }
        String hex = reference.startsWith("sha256:") ? reference.substring(7) : reference;
        List<Descriptor> starting = images.stream()
                .filter(i -> hex.length() >= 4 && i.digest().encoded().startsWith(hex))
                .toList();
        if (starting.stream().map(Descriptor::digest).distinct().count() > 1) {
            throw new IOException("'" + reference + "' is the start of several images' digests");
        }
        return starting.isEmpty() ? null : starting.get(0);
    }
}
