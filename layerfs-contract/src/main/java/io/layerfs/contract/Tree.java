package io.layerfs.contract;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A file tree that steps are done to, with the files that they left open. */
final class Tree implements AutoCloseable {

    private final Path root;
    private final Map<Integer, FileChannel> handles = new HashMap<>();

    Tree(Path root) {
        this.root = root;
    }

    Path root() {
        return root;
    }

    Path path(String relative) {
        return relative.isEmpty() ? root : root.resolve(relative);
    }

    /** A path of this tree as it would be in any. */
    String relative(Path path) {
        return relative(path.toString());
    }

    private String relative(String text) {
        String prefix = root.toString();
        if (prefix.equals("/")) {
            return text.startsWith("/") ? text : "/" + text;
        }
        return text.startsWith(prefix) ? text.equals(prefix) ? "/" : text.substring(prefix.length()) : text;
    }

    /** So many bytes, the same for the same number. */
    static ByteBuffer bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + length);
        }
        return ByteBuffer.wrap(bytes);
    }

    void open(int number, FileChannel channel) throws IOException {
        close(number);
        handles.put(number, channel);
    }

    FileChannel handle(int number) throws IOException {
        FileChannel channel = handles.get(number);
        if (channel == null) {
            throw new IllegalStateException("no handle " + number);
        }
        return channel;
    }

    void close(int number) throws IOException {
        FileChannel channel = handles.remove(number);
        if (channel != null) {
            channel.close();
        }
    }

    /** Does a step: what came of it, or how it failed, without what is this tree's own. */
    String run(Step step) {
        try {
            return "" + step.run(this);
        } catch (FileSystemException e) {
            return e.getClass().getSimpleName() + " of " + subject(e.getFile()) + ", " + subject(e.getOtherFile())
                    + ": " + e.getReason();
        } catch (IOException | RuntimeException e) {
            // what these say is nobody's contract
            return e.getClass().getSimpleName();
        }
    }

    private @Nullable String subject(@Nullable String file) {
        return file == null ? null : relative(file);
    }

    @Override
    public void close() throws IOException {
        for (Integer handle : handles.keySet().toArray(new Integer[0])) {
            close(handle);
        }
    }
}
