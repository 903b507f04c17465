package io.layerfs.oci;

import io.layerfs.Digest;
import io.layerfs.DigestMismatchException;
import io.layerfs.ImageSignature;
import io.layerfs.MalformedLayerException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The signatures of one image, and the indexes that lead to it: those may be what was signed. They are kept as one image manifest
 * named {@link #tag} (cosign, SIGNATURE_SPEC.md), whose layers are the payloads; the indexes are further layers of it.
 *
 * @param indexes documents, none of which is trusted to lead anywhere
 */
public record Signatures(List<ImageSignature> all, List<ImageSource.Document> indexes) {

    /** No signatures. */
    public static final Signatures NONE = new Signatures(List.of(), List.of());

    /** The type by which registries list signatures among what refers to an image. */
    public static final String ARTIFACT_TYPE = "application/vnd.dev.cosign.artifact.sig.v1+json";

    /** How many bytes of payloads and indexes are read of one manifest; most payloads have some hundred. */
    private static final long MAX_READ = 16 << 20;

    /** How many bytes the signatures that are kept may have, with what the manifest says of each: some four thousand. */
    private static final long MAX_KEPT = 3 << 20;

    private static final int MAX_INDEXES = 64;
    private static final int MAX_NESTING = 8;
    private static final Pattern TAG =
            Pattern.compile("(?:.*[:/])?([a-z0-9]+)-([0-9a-f]{32,128})\\.(?:sig|att|sbom)", Pattern.CASE_INSENSITIVE);

    /** What such names end in: looked at first, since all names are asked. */
    private static final List<String> ENDS = List.of(".sig", ".att", ".sbom");

    /** Copies the lists. */
    public Signatures {
        all = List.copyOf(all);
        indexes = List.copyOf(indexes);
    }

    /** Where documents are had from. */
    @FunctionalInterface
    public interface Documents {
        /** The bytes that {@code descriptor} names, checked; null where they are not there. */
        byte @Nullable [] read(Descriptor descriptor) throws IOException;
    }

    /** The name under which the signatures of an image or an index are kept. */
    public static String tag(Digest signed) {
        return signed.algorithm() + "-" + signed.encoded() + ".sig";
    }

    /** Whether this names what is said of an image, as signatures are, and no image: no image can have such a name. */
    public static boolean isTag(String name) {
        return name.length() <= ImageName.MAX_BYTES
                && ENDS.stream().anyMatch(end -> hasEnd(name, end))
                && TAG.matcher(name).matches();
    }

    private static boolean hasEnd(String name, String end) {
        return name.regionMatches(true, name.length() - end.length(), end, 0, end.length());
    }

    /** The digest of which something is said under this name, perhaps behind a repository, as cosign has it; null for none. */
    public static @Nullable Digest signed(String name) {
        Matcher tag = TAG.matcher(name);
        try {
            return isTag(name) && tag.matches() ? new Digest(tag.group(1), tag.group(2)) : null;
        } catch (IllegalArgumentException e) {
            return null; // digits that no digest of that kind has
        }
    }

    /** Reads what lies in a manifest of signatures; what is none stands there with the reason. */
    public static Signatures read(Descriptor manifest, Documents documents) throws IOException {
        byte[] bytes;
        List<Descriptor> layers;
        try {
            bytes = documents.read(manifest);
            if (bytes == null) {
                return defective(manifest.digest(), "the manifest of the signatures is not there");
            }
            layers = layers("signatures " + manifest.digest(), bytes);
        } catch (MalformedLayerException | DigestMismatchException e) {
            return defective(manifest.digest(), String.valueOf(e.getMessage()));
        }
        return readLayers(layers, documents);
    }

    /** The small ones first, so that none is kept from being read by what is not like a signature; each blob once. */
    private static Signatures readLayers(List<Descriptor> layers, Documents documents) throws IOException {
        Map<Digest, byte[]> read = new HashMap<>();
        Documents once = named -> {
            byte[] known = read.get(named.digest());
            byte[] bytes = known != null && known.length == named.size() ? known : documents.read(named);
            if (bytes != null) {
                read.put(named.digest(), bytes);
            }
            return bytes;
        };
        IdentityHashMap<Descriptor, Signatures> found = new IdentityHashMap<>();
        long bytes = 0;
        for (Descriptor layer : layers.stream()
                .sorted(Comparator.comparingLong(Descriptor::size))
                .toList()) {
            bytes += read.containsKey(layer.digest()) ? 0 : layer.size();
            found.put(
                    layer,
                    bytes > MAX_READ
                            ? defective(
                                    layer.digest(), "with it, there are more than " + MAX_READ + " bytes of signatures")
                            : readLayer(layer, once));
        }
        List<ImageSignature> all = new ArrayList<>();
        List<ImageSource.Document> indexes = new ArrayList<>();
        for (Descriptor layer : layers) {
            Signatures some = found.getOrDefault(layer, NONE);
            all.addAll(some.all);
            indexes.addAll(some.indexes);
        }
        return NONE.and(new Signatures(all, indexes));
    }

    private static Signatures readLayer(Descriptor layer, Documents documents) throws IOException {
        boolean index = MediaTypes.isIndex(layer.mediaType());
        try {
            if (!index && !layer.mediaType().equals(ImageSignature.MEDIA_TYPE)) {
                return defective(
                        layer.digest(),
                        "its media type is " + layer.mediaType() + ", not " + ImageSignature.MEDIA_TYPE);
            }
            if (!index && layer.size() > ImageSignature.MAX_PAYLOAD) {
                return defective(
                        layer.digest(), layer.size() + " bytes; a payload may have " + ImageSignature.MAX_PAYLOAD);
            }
            byte[] bytes = documents.read(layer);
            if (bytes == null) {
                return defective(layer.digest(), "the blob is not there");
            }
            if (index) {
                Index.parse("index " + layer.digest(), bytes, layer.mediaType());
                return new Signatures(List.of(), List.of(new ImageSource.Document(layer, bytes)));
            }
            return new Signatures(
                    List.of(new ImageSignature(layer.digest(), bytes, layer.annotations(), null)), List.of());
        } catch (MalformedLayerException | DigestMismatchException e) {
            return defective(layer.digest(), String.valueOf(e.getMessage()));
        }
    }

    private static Signatures defective(Digest digest, String defect) {
        return new Signatures(List.of(ImageSignature.defective(digest, defect)), List.of());
    }

    private static List<Descriptor> layers(String document, byte[] bytes) throws IOException {
        Json json = Json.parse(document, bytes);
        Manifest.check(json, null);
        if (json.has("manifests")) {
            throw new MalformedLayerException(document + ": a manifest that has 'manifests', as an index would");
        }
        return Descriptor.parseAll(json.objects("layers"));
    }

    /** Those, and what {@code more} has beside them. */
    public Signatures and(Signatures more) {
        Map<List<Object>, ImageSignature> signatures = new LinkedHashMap<>();
        Map<Digest, ImageSource.Document> documents = new LinkedHashMap<>();
        for (Signatures some : List.of(this, more)) {
            some.all.forEach(s -> signatures.putIfAbsent(key(s), s));
            some.indexes.forEach(i -> documents.putIfAbsent(i.descriptor().digest(), i));
        }
        return new Signatures(List.copyOf(signatures.values()), List.copyOf(documents.values()));
    }

    /**
     * Those, and {@code more}, to be kept: where there is no room for all, each side has at least half of it, so that no number of one
     * keeps the other out. Those that came first stay.
     */
    public Signatures plus(Signatures more) {
        Signatures both = and(more);
        return both.first(MAX_KEPT).all.size() == both.all.size()
                ? both
                : first(MAX_KEPT / 2).and(more.first(MAX_KEPT / 2));
    }

    private Signatures first(long room) {
        List<ImageSignature> kept = new ArrayList<>();
        long left = room;
        for (ImageSignature signature : all) {
            long size = signature.defect() != null
                    ? 0
                    : signature.payload().length
                            + (long) Json.write(descriptor(signature).toJson()).length;
            if (size <= left) {
                kept.add(signature);
                left -= size;
            }
        }
        return new Signatures(kept, indexes.subList(0, Math.min(MAX_INDEXES, indexes.size())));
    }

    private static Descriptor descriptor(ImageSignature signature) {
        return new Descriptor(
                ImageSignature.MEDIA_TYPE,
                signature.digest(),
                signature.payload().length,
                null,
                sorted(signature.annotations()));
    }

    /** Those of which {@code left} is not true. */
    public Signatures without(Predicate<ImageSignature> left) {
        return new Signatures(all.stream().filter(left.negate()).toList(), indexes);
    }

    private static List<Object> key(ImageSignature signature) {
        return List.of(
                signature.digest(),
                signature.annotations().getOrDefault(ImageSignature.SIGNATURE, ""),
                signature.defect() == null);
    }

    /** The digest of the image's manifest, and those of the indexes that lead to it. */
    public List<Digest> digests(Digest image) throws IOException {
        Set<Digest> leading = new LinkedHashSet<>(List.of(image));
        boolean grown = true;
        for (int depth = 0; grown && depth < MAX_NESTING; depth++) {
            grown = false;
            for (ImageSource.Document index : indexes) {
                Descriptor descriptor = index.descriptor();
                String what = "index " + descriptor.digest();
                for (Descriptor listed :
                        Index.parse(what, index.bytes(), descriptor.mediaType()).manifests()) {
                    grown |= leading.contains(listed.digest()) && leading.add(descriptor.digest());
                }
            }
        }
        return List.copyOf(leading);
    }

    /** The documents to be kept, what refers to others last; the same signatures give the same bytes. */
    public List<ImageSource.Document> documents(Descriptor image) {
        return first(MAX_KEPT).kept(image);
    }

    private List<ImageSource.Document> kept(Descriptor image) {
        List<ImageSource.Document> documents = new ArrayList<>();
        for (ImageSignature signature : all) {
            if (signature.defect() == null) {
                documents.add(new ImageSource.Document(descriptor(signature), signature.payload()));
            }
        }
        indexes.forEach(i -> documents.add(new ImageSource.Document(bare(i.descriptor()), i.bytes())));
        List<Descriptor> layers =
                documents.stream().map(ImageSource.Document::descriptor).toList();
        byte[] config = config(layers);
        Descriptor configIs = new Descriptor(MediaTypes.CONFIG, Digest.sha256(config), config.length, null, Map.of());
        documents.add(new ImageSource.Document(configIs, config));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schemaVersion", 2L);
        json.put("mediaType", MediaTypes.MANIFEST);
        json.put("artifactType", ARTIFACT_TYPE);
        json.put("config", configIs.toJson());
        json.put("layers", layers.stream().map(Descriptor::toJson).toList());
        json.put("subject", bare(image).toJson());
        byte[] bytes = Json.write(json);
        documents.add(new ImageSource.Document(
                new Descriptor(MediaTypes.MANIFEST, Digest.sha256(bytes), bytes.length, null, Map.of()), bytes));
        return documents;
    }

    /** As cosign has it: the config of an image of no platform, with the payloads as its layers. */
    private static byte[] config(List<Descriptor> layers) {
        Map<String, Object> rootfs = new LinkedHashMap<>();
        rootfs.put("type", "layers");
        rootfs.put("diff_ids", layers.stream().map(l -> l.digest().toString()).toList());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("architecture", "");
        json.put("os", "");
        json.put("rootfs", rootfs);
        return Json.write(json);
    }

    private static Map<String, String> sorted(Map<String, String> annotations) {
        return new TreeMap<>(annotations);
    }

    private static Descriptor bare(Descriptor descriptor) {
        return new Descriptor(descriptor.mediaType(), descriptor.digest(), descriptor.size(), null, Map.of());
    }
}
