package io.layerfs.registry;

import io.layerfs.Digest;
import io.layerfs.DigestMismatchException;
import io.layerfs.MalformedLayerException;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.Json;
import io.layerfs.oci.MediaTypes;
import java.io.IOException;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The requests of distribution-spec on one repository. Whatever comes back was compared with the digest that names it. */
final class Repository {

    private static final String ACCEPT = String.join(
            ", ",
            MediaTypes.MANIFEST,
            MediaTypes.INDEX,
            "application/vnd.docker.distribution.manifest.v2+json",
            "application/vnd.docker.distribution.manifest.list.v2+json");
    private static final Pattern NEXT = Pattern.compile("<([^>]*)>\\s*;\\s*rel=\"?next\"?.*");
    private static final int MAX_PAGES = 1000;
    /** Bytes of all pages of a list: half a million tags. */
    private static final long MAX_LIST = 16 << 20;

    private final Session session;
    private final Reference reference;
    private final RegistryOptions options;

    Repository(Session session, Reference reference) {
        this(session, reference, session.options());
    }

    /** With other retries than the session's. */
    Repository(Session session, Reference reference, RegistryOptions options) {
        this.session = session;
        this.reference = reference;
        this.options = options;
    }

    Session session() {
        return session;
    }

    Reference reference() {
        return reference;
    }

    /** What a blob or manifest is called in messages. */
    String what(String kind, Object name) {
        return reference + ": " + kind + " " + name;
    }

    URI uri(String path) {
        return session.base(reference).resolve(reference.repository() + "/" + path);
    }

    List<String> pull() {
        return List.of("repository:" + reference.repository() + ":pull");
    }

    List<String> push() {
        return List.of("repository:" + reference.repository() + ":pull,push");
    }

    /** Sends once. */
    Response send(Request request, List<String> scopes) throws IOException {
        return session.send(request, reference, scopes);
    }

    /** Does something until it succeeds, or fails for good. */
    <T> T retried(String what, Retries.Operation<T> operation) throws IOException {
        return Retries.run(what, options, operation);
    }

    /** The manifest or index of a tag or digest, with its digest checked; what it says is not looked at. */
    RemoteManifest manifest(String identifier) throws IOException {
        String what = what("manifest", identifier);
        return retried(what, () -> {
            Request request = Request.get(uri("manifests/" + identifier)).with("Accept", ACCEPT);
            try (Response response = send(request, pull()).require(what, 200)) {
                byte[] bytes = response.readDocument(what, Json.MAX_BYTES);
                Digest asked = identifier.contains(":") ? Digest.parse(identifier) : null;
                if (asked != null) {
                    check(what, asked, bytes, "as it was asked for");
                }
                Digest said = response.contentDigest();
                if (said != null && !said.equals(asked)) {
                    check(what, said, bytes, "as the registry says in Docker-Content-Digest");
                }
                return new RemoteManifest(
                        mediaType(what, response, bytes), asked == null ? Digest.sha256(bytes) : asked, bytes);
            }
        });
    }

    private static void check(String what, Digest digest, byte[] bytes, String why) throws DigestMismatchException {
        try {
            if (!digest.matches(digest.newMessageDigest().digest(bytes))) {
                throw new DigestMismatchException(
                        what + ": the digest of its bytes is " + Digest.sha256(bytes) + ", not " + digest + ", " + why);
            }
        } catch (NoSuchAlgorithmException e) {
            throw new DigestMismatchException(what + ": " + digest + " cannot be verified: " + e.getMessage());
        }
    }

    /** What the registry says that it is; where that is too general, what the document says. */
    private static String mediaType(String what, Response response, byte[] bytes) throws IOException {
        String header = response.header("Content-Type");
        String said = header == null ? "" : header.replaceFirst(";.*", "").strip();
        if (said.startsWith("application/vnd.")) {
            return said;
        }
        String own = Json.parse(what, bytes).string("mediaType");
        if (own == null) {
            throw new MalformedLayerException(
                    what + ": neither its 'mediaType' nor the registry says what it is, but '" + said + "'");
        }
        return own;
    }

    /** Whether the blob is there. */
    boolean hasBlob(Digest digest, long size, List<String> scopes) throws IOException {
        String what = what("blob", digest);
        return retried(what, () -> {
            try (Response response = send(Request.of("HEAD", uri("blobs/" + digest)), scopes)) {
                if (response.status() / 100 == 4 && response.status() != 429 && response.status() != 408) {
                    // absent, or no answer to HEAD here, or of a storage behind: who sends it will be told
                    return false;
                }
                long length = response.require(what, 200).contentLength();
                // of some, an answer to HEAD has always the length 0
                if (length > 0 && length != size) {
                    throw new DigestMismatchException(
                            what + ": the registry has " + length + " bytes of that name, not " + size);
                }
                return true;
            }
        });
    }

    /** A blob to be read, with whatever interruptions. */
    BlobDownload blob(Descriptor descriptor) {
        return new BlobDownload(this, descriptor.digest(), descriptor.size());
    }

    /** A small blob, with its digest checked. */
    byte[] smallBlob(Digest digest, int limit) throws IOException {
        String what = what("blob", digest);
        return retried(what, () -> {
            try (Response response =
                    send(Request.get(uri("blobs/" + digest)), pull()).require(what, 200)) {
                byte[] bytes = response.readAll(what, limit);
                check(what, digest, bytes, "as it was asked for");
                return bytes;
            }
        });
    }

    /** Puts a manifest; answers whether the registry said that it noted the subject. */
    boolean putManifest(String identifier, String mediaType, byte[] bytes) throws IOException {
        String what = what("manifest", identifier);
        return retried(what, () -> {
            Request request =
                    Request.of("PUT", uri("manifests/" + identifier)).with(new Tokens.Bytes(bytes), mediaType);
            try (Response response = send(request, push()).requireDone(what)) {
                Digest said = response.contentDigest();
                if (said != null) {
                    check(what, said, bytes, "as the registry says that it stored it");
                }
                return response.header("OCI-Subject") != null;
            }
        });
    }

    /** What becomes of a page of a list, which is not kept. */
    interface Page {
        void read(byte[] bytes) throws IOException;
    }

    /** Reads all pages of a list, which may have so many in number, and so many bytes in all. */
    void pages(String what, String path, Page reader) throws IOException {
        long size = 0;
        URI next = uri(path);
        for (int count = 0; next != null; count++) {
            if (count == MAX_PAGES) {
                throw new RegistryException(what + ": more than " + MAX_PAGES + " pages");
            }
            URI page = next;
            Map.Entry<byte[], String> read = retried(what, () -> {
                try (Response response = send(Request.get(page).with("Accept", MediaTypes.INDEX), pull())) {
                    byte[] bytes = response.require(what, 200).readDocument(what, Json.MAX_BYTES);
                    return Map.entry(bytes, String.valueOf(response.header("Link")));
                }
            });
            size += read.getKey().length;
            if (size > MAX_LIST) {
                throw new RegistryException(what + ": its pages have more than " + MAX_LIST + " bytes");
            }
            reader.read(read.getKey());
            next = next(what, page, read.getValue());
        }
    }

    private @Nullable URI next(String what, URI page, String link) throws RegistryException {
        Matcher matcher = NEXT.matcher(link);
        if (!matcher.matches()) {
            return null;
        }
        try {
            URI next = page.resolve(matcher.group(1));
            if (Origin.of(next).equals(Origin.of(page))) {
                return next;
            }
        } catch (IllegalArgumentException e) {
            throw new RegistryException(what + ": the next page is at '" + matcher.group(1) + "', which is no address");
        }
        throw new RegistryException(what + ": the next page is on another server, " + matcher.group(1));
    }

    /** The tags, in the order of the registry. */
    List<String> tags() throws IOException {
        String what = reference.registry() + "/" + reference.repository() + ": tags";
        List<String> tags = new ArrayList<>();
        pages(what, "tags/list", page -> tags.addAll(Json.parse(what, page).strings("tags")));
        return tags;
    }
}
