package io.layerfs.registry;

import io.layerfs.Digest;
import io.layerfs.DigestMismatchException;
import io.layerfs.oci.BlobSource;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A blob in a registry, as a stream that goes on where it was cut, by a range of bytes. Whoever reads it hashes all of it:
 * that the pieces are of one blob is seen by that alone.
 */
record BlobDownload(Repository repository, Digest digest, long size) implements BlobSource {

    private static final Pattern RANGE = Pattern.compile("bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\\*)");

    @Override
    public String what() {
        return repository.what("blob", digest);
    }

    @Override
    public InputStream open() {
        return new Resumed();
    }

    /** An answer whose body begins at {@code position}; where a range is answered oddly, all is asked for and skipped. */
    private Response connect(long position) throws IOException {
        Request request = Request.get(repository.uri("blobs/" + digest));
        if (position > 0) {
            Response part = repository.send(request.with("Range", "bytes=" + position + "-"), repository.pull());
            if (part.status() == 206 && isRange(position, part)) {
                return part;
            }
            if (part.status() != 206 && part.status() != 416) {
                return whole(position, part);
            }
            part.close();
        }
        return whole(position, repository.send(request, repository.pull()));
    }

    private Response whole(long position, Response response) throws IOException {
        try {
            response.require(what(), 200);
            checkLength(response);
            skip(response.body(), position);
            return response;
        } catch (IOException | RuntimeException e) {
            response.close();
            throw e;
        }
    }

    private void checkLength(Response response) throws IOException {
        long length = response.contentLength();
        if (length >= 0 && length != size) {
            throw new DigestMismatchException(
                    what() + ": the registry has " + length + " bytes; the manifest says " + size);
        }
    }

    private static void skip(InputStream in, long count) throws IOException {
        try {
            in.skipNBytes(count);
        } catch (EOFException e) {
            throw Connection.ended("ends before byte " + count, e);
        }
    }

    private boolean isRange(long position, Response response) {
        Matcher matcher = RANGE.matcher(String.valueOf(response.header("Content-Range")));
        return matcher.matches()
                && Long.parseLong(matcher.group(1)) == position
                && (matcher.group(2).equals("*") || Long.parseLong(matcher.group(2)) == size);
    }

    /** The bytes; for one reader. */
    private final class Resumed extends InputStream {
        private final Retries retries = new Retries(what(), repository.session().options());
        private @Nullable Response current;
        private long position;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            while (true) {
                try {
                    return readOnce(target, offset, length);
                } catch (IOException e) {
                    close();
                    if (position > 0 && position == size) {
                        return -1;
                    }
                    retries.pause(e);
                }
            }
        }

        /** Gives more than the size where more comes, so that it is noticed. */
        private int readOnce(byte[] target, int offset, int length) throws IOException {
            if (current == null) {
                current = connect(position);
            }
            int n = current.body().read(target, offset, length);
            if (n < 0 && position < size) {
                throw Connection.ended("ends after " + position + " of " + size + " bytes", null);
            }
            position += Math.max(n, 0);
            retries.progress(Math.max(n, 0));
            return n;
        }

        @Override
        public void close() throws IOException {
            Response open = current;
            current = null;
            if (open != null) {
                open.close();
            }
        }
    }
}
