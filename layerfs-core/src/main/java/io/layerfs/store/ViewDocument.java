package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.blob.NamedFiles;
import io.layerfs.host.Durable;
import io.layerfs.oci.Json;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a writable view was made of: its {@code view.json}.
 *
 * @param image the digest of the image's manifest
 * @param diffIds of its layers, base first
 * @param numbering how the inodes of the view below are numbered, to which the journal refers
 * @param backend the name of the one that keeps the changes
 */
record ViewDocument(Digest image, List<Digest> diffIds, Instant created, long quota, String numbering, String backend) {

    /** The backend of views that say nothing of it. */
    static final String VFS = "vfs";

    static final String FILE = "view.json";

    void write(Path directory) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schemaVersion", 1L);
        json.put("image", image.toString());
        json.put("diffIds", diffIds.stream().map(Digest::toString).toList());
        json.put("created", created.toString());
        json.put("quota", quota);
        json.put("numbering", numbering);
        json.put("backend", backend);
        Path aside = directory.resolve(FILE + ".new");
        NamedFiles.write(aside, Json.write(json));
        Durable.publish(aside, directory.resolve(FILE));
    }

    static ViewDocument read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        Json json = Json.parse(file.toString(), Files.readAllBytes(file));
        try {
            return new ViewDocument(
                    Digest.parse(json.requireString("image")),
                    json.requireDigests("diffIds"),
                    Instant.parse(json.requireString("created")),
                    json.requireLong("quota"),
                    json.requireString("numbering"),
                    json.has("backend") ? json.requireString("backend") : VFS);
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new FileSystemException(
                    file.toString(), null, "not the document of a writable view: " + e.getMessage());
        }
    }

    /** Refuses a view whose changes are in another backend's form. */
    void requireBackend(String name, String asked) throws IOException {
        if (!backend.equals(asked)) {
            throw new FileSystemException(
                    name, null, "the view was made by the backend '" + backend + "', and only that one opens it");
        }
    }

    /** Refuses a view that another version of layerfs made, if that numbered the inodes in another way. */
    void requireNumbering(String name, String known) throws IOException {
        if (!numbering.equals(known)) {
            throw new FileSystemException(
                    name,
                    null,
                    "the view's journal refers to inodes of an index of form " + numbering
                            + ", and this version of layerfs makes those of form " + known);
        }
    }
}
