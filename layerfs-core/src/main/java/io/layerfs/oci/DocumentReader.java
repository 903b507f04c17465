package io.layerfs.oci;

import io.layerfs.Digest;
import io.layerfs.DigestMismatchException;
import io.layerfs.MalformedLayerException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The documents of an archive, of which no more than so many bytes are read in all: however often one is listed, it is read once
 * and kept while there is room. Not safe for use by many threads.
 */
final class DocumentReader {

    /** Bytes of documents that are kept, for those that ask again. */
    private static final long MAX_KEPT = 8 << 20;

    private final ImageFiles files;
    private final long limit;
    private final Map<Digest, byte[]> kept = new HashMap<>();
    private long read;
    private long keptBytes;

    /** Of {@code files}, {@code limit} bytes at the most. */
    DocumentReader(ImageFiles files, long limit) {
        this.files = files;
        this.limit = limit;
    }

    /** The file of that name; null where there is none. */
    ImageFiles.@Nullable ImageFile find(String name) throws IOException {
        return files.find(name);
    }

    /** The file of a blob; null where there is none. */
    ImageFiles.@Nullable ImageFile find(Digest digest) throws IOException {
        return files.find("blobs/" + digest.algorithm() + "/" + digest.encoded());
    }

    /** All of a file. */
    byte[] read(ImageFiles.ImageFile file) throws IOException {
        read += file.size();
        if (read > limit) {
            throw new MalformedLayerException(
                    file.what() + ": with it, the documents that were read of the archive have " + read + " bytes; "
                            + limit + " are allowed");
        }
        return file.readDocument();
    }

    /**
     * The bytes of a document that are what its descriptor says; null where it is not there. Not to be changed.
     *
     * @throws DigestMismatchException where they are others
     */
    byte @Nullable [] read(Descriptor descriptor) throws IOException {
        byte[] known = kept.get(descriptor.digest());
        if (known != null && known.length == descriptor.size()) {
            return known;
        }
        ImageFiles.ImageFile file = find(descriptor.digest());
        if (file == null) {
            return null;
        }
        byte[] bytes = read(file);
        descriptor.check(file.what(), bytes);
        if (keptBytes + bytes.length <= MAX_KEPT) {
            keptBytes += bytes.length;
            kept.put(descriptor.digest(), bytes);
        }
        return bytes;
    }
}
