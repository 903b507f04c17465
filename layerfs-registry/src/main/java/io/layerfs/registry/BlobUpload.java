package io.layerfs.registry;

import io.layerfs.Digest;
import io.layerfs.DigestMismatchException;
import io.layerfs.oci.ImageFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One upload of a blob (distribution-spec, pushing blobs): a session is opened, bytes are sent whole or in chunks, and the
 * digest ends it. After a cut the registry is asked how far it came; where it does not know any more, all begins anew.
 */
final class BlobUpload {

    private static final Pattern RANGE = Pattern.compile("(?:bytes[ =])?0-([0-9]{1,18})");
    private static final String BYTES = "application/octet-stream";

    private final Repository repository;
    private final Digest digest;
    private final Request.Body blob;
    private final List<String> mountFrom;
    private final String what;
    private final Retries retries;
    private long chunk;
    private @Nullable URI session;
    private long offset;
    private long confirmed;
    private boolean interrupted;
    private boolean resumed;

    /** Of {@code blob}, which repositories {@code mountFrom} of the same registry may have. */
    BlobUpload(Repository repository, Digest digest, Request.Body blob, List<String> mountFrom) {
        this.repository = repository;
        this.digest = digest;
        this.blob = blob;
        this.mountFrom = mountFrom;
        this.what = repository.what("blob", digest);
        this.retries = new Retries(what, repository.session().options());
    }

    /** Uploads it, unless it is there. */
    void run() throws IOException {
        boolean done = isThere() || mount();
        while (!done) {
            try {
                if (session == null) {
                    start();
                } else if (interrupted) {
                    resume();
                }
                if (session != null) {
                    transfer();
                    done = true;
                }
            } catch (IOException e) {
                failed(e);
            }
            // the answer may have been all that was lost
            done = done || (session == null && isThere());
        }
    }

    /** Who may not ask whether it is there may still be allowed to send it: of a repository that is yet to be made. */
    private boolean isThere() throws IOException {
        try {
            return repository.hasBlob(digest, blob.size(), repository.push());
        } catch (AccessDeniedException e) {
            return false;
        }
    }

    /** Waits after a failure that may pass. */
    private void failed(IOException failure) throws IOException {
        boolean lost = session != null && isLost(failure);
        retries.pause(lost ? new NetworkException("the upload is lost: " + failure.getMessage(), failure) : failure);
        interrupted = true;
        if (lost) {
            session = null;
        }
    }

    /** Whether the registry forgot the session, or has other bytes in it than were sent. */
    private boolean isLost(IOException failure) {
        return failure instanceof NoSuchFileException
                || (failure instanceof RegistryException known
                        && (known.status() == 416 || (known.status() == 400 && resumed)));
    }

    /**
     * Takes the blob over from another repository; answers whether that was done. An offer of a session is taken, too; whatever
     * else is answered, the blob is uploaded.
     */
    private boolean mount() throws IOException {
        for (String from : mountFrom) {
            List<String> scopes = new ArrayList<>(repository.push());
            scopes.add("repository:" + from + ":pull");
            URI uri = repository.uri("blobs/uploads/?mount=" + digest + "&from=" + from);
            try (Response response = repository.retried(what, () -> repository.send(Request.of("POST", uri), scopes))) {
                if (response.status() == 201) {
                    return true;
                }
                if (response.status() == 202) {
                    begin(response);
                    return false;
                }
            } catch (AccessDeniedException | RegistryException e) {
                // that other repository may not be read, or there is no such thing here
            }
        }
        return false;
    }

    private void start() throws IOException {
        URI uri = repository.uri("blobs/uploads/");
        try (Response response =
                repository.send(Request.of("POST", uri), repository.push()).requireDone(what)) {
            begin(response);
        }
    }

    private void begin(Response response) throws IOException {
        session = response.location();
        offset = 0;
        interrupted = false;
        resumed = false;
        chunk = repository.session().options().chunkSize();
        String least = response.header("OCI-Chunk-Min-Length");
        if (chunk > 0 && least != null && least.matches("[0-9]{1,18}")) {
            chunk = Math.max(chunk, Long.parseLong(least));
        }
    }

    /** Asks how far the session came, and forgets it where that is nowhere: some say one byte of none. */
    private void resume() throws IOException {
        try (Response response = repository.send(Request.get(current()), repository.push())) {
            Matcher range = RANGE.matcher(String.valueOf(response.header("Range")));
            long end = range.matches() ? Long.parseLong(range.group(1)) + 1 : 0;
            boolean forgotten = response.status() / 100 == 4 && response.status() != 429 && response.status() != 408;
            if (!forgotten) {
                response.requireDone(what);
            }
            if (forgotten || end <= 1 || end > blob.size()) {
                session = null;
                return;
            }
            moved(end);
            session = response.header("Location") == null ? session : response.location();
            interrupted = false;
            resumed = true;
        }
    }

    private void transfer() throws IOException {
        while (chunk > 0 && offset < blob.size()) {
            patch(Math.min(chunk, blob.size() - offset));
        }
        put();
    }

    private void patch(long length) throws IOException {
        Request request = Request.of("PATCH", current())
                .with(new Piece(blob, offset, length), BYTES)
                .with("Content-Range", offset + "-" + (offset + length - 1));
        try (Response response = repository.send(request, repository.push()).requireDone(what)) {
            session = response.header("Location") == null ? session : response.location();
            // own count: 'Range' is that of the first chunk, of the last one, or one byte off in registries; the digest
            // decides
            moved(offset + length);
        }
    }

    private void put() throws IOException {
        String text = current().toString();
        URI uri = URI.create(text + (text.contains("?") ? "&" : "?") + "digest=" + digest);
        Request request = Request.of("PUT", uri);
        if (offset < blob.size() || blob.size() == 0) {
            request = request.with(new Piece(blob, offset, blob.size() - offset), BYTES);
        }
        if (offset > 0 && offset < blob.size()) {
            request = request.with("Content-Range", offset + "-" + (blob.size() - 1));
        }
        try (Response response = repository.send(request, repository.push()).requireDone(what)) {
            Digest said = response.contentDigest();
            if (said != null && said.algorithm().equals(digest.algorithm()) && !said.equals(digest)) {
                throw new DigestMismatchException(what + ": the registry says that it stored " + said);
            }
        }
    }

    private URI current() throws RegistryException {
        URI at = session;
        if (at == null) {
            throw new RegistryException(what + ": no upload is open");
        }
        return at;
    }

    private void moved(long end) {
        retries.progress(Math.max(0, end - confirmed));
        confirmed = Math.max(confirmed, end);
        offset = end;
    }

    /** A part of what is to be sent. */
    private record Piece(Request.Body whole, long offset, long size) implements Request.Body {
        @Override
        public InputStream open() throws IOException {
            InputStream in = whole.open();
            in.skipNBytes(offset);
            return new ImageFiles.Bounded(in, size);
        }
    }
}
