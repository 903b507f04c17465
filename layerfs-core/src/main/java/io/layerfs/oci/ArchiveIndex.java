package io.layerfs.oci;

import io.layerfs.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The {@code index.json} of an archive: an entry for each name of each image, one without a name where it has none;
 * and one for the signatures of each that has some.
 */
public final class ArchiveIndex {

    private ArchiveIndex() {}

    /** That of these images alone; with the names that containerd wants, where {@code docker}. */
    public static byte[] of(List<OutgoingImage> images, boolean docker) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schemaVersion", 2L);
        json.put("mediaType", MediaTypes.INDEX);
        json.put(
                "manifests",
                entries(images, docker).stream().map(Descriptor::toJson).toList());
        return Json.write(json);
    }

    /**
     * The index that was there, and these images. A name goes over to the new image; whatever else the index said, it says
     * still.
     *
     * @param document what the index is, for messages
     */
    public static byte[] plus(String document, InputStream index, List<OutgoingImage> images) throws IOException {
        LayoutIndex known = LayoutIndex.read(document, index);
        List<Descriptor> added = entries(images, false);
        Set<Digest> digests = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (Descriptor entry : added) {
            digests.add(entry.digest());
            names.add(entry.name());
        }
        List<LayoutIndex.Entry> entries = new ArrayList<>(known.entries());
        entries.removeIf(old -> {
            Descriptor descriptor = old.descriptor();
            String name = descriptor == null ? null : descriptor.name();
            return descriptor != null && (name == null ? digests.contains(descriptor.digest()) : names.contains(name));
        });
        added.forEach(entry -> entries.add(LayoutIndex.Entry.of(entry)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        known.with(entries).write(out);
        return out.toByteArray();
    }

    private static List<Descriptor> entries(List<OutgoingImage> images, boolean docker) throws IOException {
        List<Descriptor> entries = new ArrayList<>();
        for (OutgoingImage image : images) {
            Descriptor manifest = image.manifest().descriptor();
            Descriptor plain = new Descriptor(
                    manifest.mediaType(), manifest.digest(), manifest.size(), manifest.platform(), Map.of());
            if (image.names().isEmpty()) {
                entries.add(plain);
            }
            for (String name : image.names()) {
                Map<String, String> annotations = new LinkedHashMap<>();
                if (docker) {
                    annotations.put(
                            Descriptor.CONTAINERD_NAME, DockerName.parse(name).full());
                }
                annotations.put(Descriptor.REF_NAME, name);
                entries.add(
                        new Descriptor(plain.mediaType(), plain.digest(), plain.size(), plain.platform(), annotations));
            }
            List<ImageSource.Document> signatures = image.signatureDocuments();
            if (!signatures.isEmpty()) {
                entries.add(
                        signatures.get(signatures.size() - 1).descriptor().named(Signatures.tag(manifest.digest())));
            }
        }
        return entries;
    }
}
