package io.layerfs.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A file tree that steps are done to, with the files that they left open. */
final class Tree implements AutoCloseable {

    /** A time of no day on which a test is run. */
    static final FileTime SETTLED = FileTime.from(Instant.ofEpochSecond(1_600_000_000L));

    /** After JDK 17 the default provider says of a path through a file that it is absent; a mount may say what JDK 17 does. */
    private static final boolean LATER_JDK = Runtime.version().feature() > 17;

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
            String subjects = " of " + subject(e.getFile()) + ", " + subject(e.getOtherFile()) + ": ";
            return LATER_JDK && "Not a directory".equals(e.getReason())
                    ? "NoSuchFileException" + subjects + "null"
                    : e.getClass().getSimpleName() + subjects + e.getReason();
        } catch (IOException | RuntimeException e) {
            // what these say is nobody's contract
            return e.getClass().getSimpleName();
        }
    }

    /**
     * Gives the directories of a rename that failed one time: overlayfs may have changed theirs, though it changed nothing
     * else.
     */
    void settleParents(Step.Move move) {
        for (String path : List.of(move.source(), move.target())) {
            Path parent = Objects.requireNonNull(path(path).getParent(), "below the root");
            try {
                Files.setLastModifiedTime(parent, SETTLED);
            } catch (IOException e) {
                assertThat(parent).isNotEqualTo(root);
            }
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
