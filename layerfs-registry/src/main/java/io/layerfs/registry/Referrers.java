package io.layerfs.registry;

import io.layerfs.Digest;
import io.layerfs.MalformedLayerException;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.Index;
import io.layerfs.oci.Json;
import io.layerfs.oci.MediaTypes;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The manifests that refer to one (distribution-spec, listing referrers): by the registry's own list, or, where it has none, by
 * an index under the tag {@code sha256-...}, which whoever pushes a referrer keeps up.
 */
final class Referrers {

    private final Repository repository;

    Referrers(Repository repository) {
        this.repository = repository;
    }

    private static String tag(Digest subject) {
        return subject.algorithm() + "-"
                + subject.encoded().substring(0, Math.min(64, subject.encoded().length()));
    }

    /** Those of {@code subject}; {@code artifactType} null for all. */
    List<Referrer> list(Digest subject, @Nullable String artifactType) throws IOException {
        List<Referrer> found = listed(subject, artifactType);
        if (found == null) {
            found = new ArrayList<>();
            add(taggedOrNone(subject), artifactType, found);
        }
        return found;
    }

    private static void add(List<Json> listed, @Nullable String artifactType, List<Referrer> found) throws IOException {
        for (Json json : listed) {
            Referrer referrer = referrer(json);
            if (artifactType == null || artifactType.equals(referrer.artifactType())) {
                found.add(referrer);
            }
        }
    }

    /**
     * What the registry lists; null where it has no list. Those that know nothing of it answer in many ways: with statuses, with a
     * page for people, with a document that is none.
     */
    private @Nullable List<Referrer> listed(Digest subject, @Nullable String artifactType) throws IOException {
        String what = repository.what("referrers of", subject);
        List<Referrer> found = new ArrayList<>();
        try {
            repository.pages(what, "referrers/" + subject, page -> {
                Index.parse(what, page, null);
                add(Json.parse(what, page).objects("manifests"), artifactType, found);
            });
            return found;
        } catch (NoSuchFileException | AccessDeniedException | MalformedLayerException e) {
            return null;
        } catch (RegistryException e) {
            if ((e.status() / 100 == 4 && !e.isTransient()) || e.status() == 501) {
                return null;
            }
            throw e;
        }
    }

    /** What the index under the tag has; nothing where there is none, or something else. */
    private List<Json> taggedOrNone(Digest subject) throws IOException {
        try {
            return tagged(subject);
        } catch (MalformedLayerException e) {
            return List.of();
        }
    }

    /** Puts a manifest under a tag or digest, and notes what it refers to where the registry does not. */
    void put(String identifier, RemoteManifest manifest) throws IOException {
        Json json = Json.parse(repository.what("manifest", manifest.digest()), manifest.bytes());
        boolean noted = repository.putManifest(identifier, manifest.mediaType(), manifest.bytes());
        Json subject = json.object("subject");
        if (subject != null && !noted) {
            note(manifest, subject.requireDigest("digest"));
        }
    }

    /** What the index under the tag has; nothing where there is none. */
    private List<Json> tagged(Digest subject) throws IOException {
        try {
            RemoteManifest index = repository.manifest(tag(subject));
            String what = repository.what("referrers of", subject);
            Index.parse(what, index.bytes(), index.mediaType());
            return Json.parse(what, index.bytes()).objects("manifests");
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private static Referrer referrer(Json json) throws IOException {
        Descriptor descriptor = Descriptor.parse(json);
        String artifactType = json.string("artifactType");
        return new Referrer(
                descriptor.digest(),
                descriptor.mediaType(),
                descriptor.size(),
                artifactType == null ? "" : artifactType,
                descriptor.annotations());
    }

    /** Notes a manifest with a subject under the tag, as is asked of clients of registries that have no list. */
    private void note(RemoteManifest manifest, Digest subject) throws IOException {
        List<Object> all = new ArrayList<>();
        for (Json json : tagged(subject)) {
            if (json.requireDigest("digest").equals(manifest.digest())) {
                return;
            }
            all.add(json.members());
        }
        Json json = Json.parse("manifest " + manifest.digest(), manifest.bytes());
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("mediaType", manifest.mediaType());
        entry.put("digest", manifest.digest().toString());
        entry.put("size", (long) manifest.bytes().length);
        String artifactType = json.string("artifactType");
        Json config = json.object("config");
        if (artifactType == null && config != null) {
            artifactType = config.string("mediaType");
        }
        if (artifactType != null) {
            entry.put("artifactType", artifactType);
        }
        Json annotations = json.object("annotations");
        if (annotations != null) {
            entry.put("annotations", annotations.members());
        }
        all.add(entry);
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("schemaVersion", 2L);
        index.put("mediaType", MediaTypes.INDEX);
        index.put("manifests", all);
        repository.putManifest(tag(subject), MediaTypes.INDEX, Json.write(index));
    }
}
