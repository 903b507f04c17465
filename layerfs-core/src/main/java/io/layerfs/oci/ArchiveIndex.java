package io.layerfs.oci;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    public static byte[] plus(String document, byte[] index, List<OutgoingImage> images) throws IOException {
        Index known = Index.parse(document, index, null);
        Json json = Json.parse(document, index);
        List<Json> items = json.objects("manifests");
        List<Descriptor> added = entries(images, false);
        List<Object> entries = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            Descriptor old = known.manifests().get(i);
            if (added.stream().noneMatch(entry -> replaces(entry, old))) {
                entries.add(items.get(i).members());
            }
        }
        added.forEach(entry -> entries.add(entry.toJson()));
        Map<String, Object> members = new LinkedHashMap<>(json.members());
        members.put("manifests", entries);
        return Json.write(members);
    }

    private static boolean replaces(Descriptor entry, Descriptor old) {
        String name = old.annotations().get(Descriptor.REF_NAME);
        return name == null
                ? old.digest().equals(entry.digest())
                : name.equals(entry.annotations().get(Descriptor.REF_NAME));
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
