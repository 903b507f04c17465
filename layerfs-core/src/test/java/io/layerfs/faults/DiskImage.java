package io.layerfs.faults;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is on a disk: directories, and files with their bytes, by their paths. */
final class DiskImage {

    /** The bytes of a file, with their hash. Not changed. */
    static final class Bytes {
        static final Bytes NONE = new Bytes(new byte[0]);

        private final byte[] bytes;
        private long hash;

        Bytes(byte[] bytes) {
            this.bytes = bytes;
        }

        byte[] bytes() {
            return bytes;
        }

        int length() {
            return bytes.length;
        }

        long hash() {
            if (hash == 0) {
                hash = Hashing.murmur3_128().hashBytes(bytes).asLong();
            }
            return hash;
        }
    }

    private final Map<String, @Nullable Bytes> files = new TreeMap<>();

    void addDirectory(String path) {
        files.put(path, null);
    }

    void addFile(String path, Bytes bytes) {
        files.put(path, bytes);
    }

    /** What lies in one of the directories, empty where it is not there. */
    DiskImage below(String directory) {
        DiskImage below = new DiskImage();
        files.forEach((path, bytes) -> {
            if (path.startsWith(directory + "/")) {
                below.files.put(path.substring(directory.length() + 1), bytes);
            }
        });
        return below;
    }

    boolean isEmpty() {
        return files.isEmpty();
    }

    /** Equal images have equal hashes, and others others. */
    long hash() {
        Hasher hasher = Hashing.murmur3_128().newHasher();
        files.forEach((path, bytes) -> hasher.putString(path, StandardCharsets.UTF_8)
                .putByte((byte) 0)
                .putLong(bytes == null ? 0 : bytes.hash()));
        return hasher.hash().asLong();
    }

    /** Makes all of it in a directory that is there. */
    void writeTo(Path directory) throws IOException {
        for (Map.Entry<String, @Nullable Bytes> file : files.entrySet()) {
            Path path = directory.resolve(file.getKey());
            Bytes bytes = file.getValue();
            if (bytes == null) {
                Files.createDirectory(path);
            } else {
                Files.write(path, bytes.bytes());
            }
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        files.forEach((path, bytes) -> text.append(path)
                .append(bytes == null ? "/" : " " + bytes.length())
                .append('\n'));
        return text.toString();
    }
}
