package io.layerfs.tar;

import io.layerfs.LayerPath;
import io.layerfs.Name;
import io.layerfs.Utf8;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The path of the entry at which a walk for writing stands. Refuses what no image can hold. */
final class EntryPath {

    private static final int MAX_LENGTH = TarLimits.PATH;

    static final String WHITEOUT = ".wh.";

    private byte[] bytes = new byte[4096];
    private int length;

    /** Goes down to {@code name}; answers what {@link #leave} takes to come back. */
    int enter(Name name) throws IOException {
        if (name.isDot() || name.startsWith(WHITEOUT)) {
            throw new IOException("entry '" + Utf8.printable(below(name.toBytes())) + "': a layer cannot hold a name "
                    + (name.isDot() ? "'.' or '..'" : "that starts with '.wh.', which marks a removal"));
        }
        int before = length;
        int start = before == 0 ? 0 : before + 1;
        if (start + name.length() > MAX_LENGTH) {
            throw tooLong(start + name.length());
        }
        int end = start + name.length();
        if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(end, Math.min(MAX_LENGTH, 2 * bytes.length)));
        }
        if (start > 0) {
            bytes[before] = '/';
        }
        System.arraycopy(name.toBytes(), 0, bytes, start, name.length());
        length = end;
        return before;
    }

    void leave(int before) {
        length = before;
    }

    /** The path as a tar has it for everything but a directory. */
    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    /** The path as a tar has it for a directory: with a slash behind it. */
    byte[] toDirectoryBytes() {
        byte[] path = Arrays.copyOf(length == 0 ? new byte[] {'.'} : bytes, Math.max(length, 1) + 1);
        path[path.length - 1] = '/';
        return path;
    }

    /** The path of the marker {@code .wh.} + {@code rest} in this directory. */
    byte[] marker(byte[] rest) throws IOException {
        byte[] prefix = WHITEOUT.getBytes(StandardCharsets.US_ASCII);
        byte[] name = Arrays.copyOf(prefix, prefix.length + rest.length);
        System.arraycopy(rest, 0, name, prefix.length, rest.length);
        byte[] path = below(name);
        if (path.length > MAX_LENGTH) {
            throw tooLong(path.length);
        }
        return path;
    }

    LayerPath toLayerPath() {
        return LayerPath.of(toBytes());
    }

    private byte[] below(byte[] name) {
        int start = length == 0 ? 0 : length + 1;
        byte[] path = Arrays.copyOf(bytes, start + name.length);
        if (start > 0) {
            path[start - 1] = '/';
        }
        System.arraycopy(name, 0, path, start, name.length);
        return path;
    }

    private IOException tooLong(int wanted) {
        return new IOException("an entry below '" + this + "' has a path of " + wanted + " bytes; at most " + MAX_LENGTH
                + " can be used");
    }

    /** For messages. */
    @Override
    public String toString() {
        return length == 0 ? "." : Utf8.printable(toBytes());
    }
}
