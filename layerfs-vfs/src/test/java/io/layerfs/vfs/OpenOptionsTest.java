package io.layerfs.vfs;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opening with every set of options, on every kind of file: what the default provider does, and how it refuses. */
class OpenOptionsTest {

    private static final List<OpenOption> OPTIONS = List.of(
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.CREATE,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.DELETE_ON_CLOSE,
            LinkOption.NOFOLLOW_LINKS);

    private static final List<String> PATHS = List.of(
            "f", "absent", "d", "link", "dangling", "to-dir", "loop", "far", "d/.", "absent/x", "f/x", "d/..", "f/");

    private static void fill(Path root) throws IOException {
        Files.writeString(root.resolve("f"), "content");
        Files.createLink(root.resolve("hard"), root.resolve("f"));
        Files.createDirectory(root.resolve("d"));
        Files.createSymbolicLink(root.resolve("link"), Path.of("f"));
        Files.createSymbolicLink(root.resolve("dangling"), Path.of("d/made"));
        Files.createSymbolicLink(root.resolve("to-dir"), Path.of("d"));
        Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
        Files.createSymbolicLink(root.resolve("far"), Path.of("nowhere/at/all"));
    }

    private static Path at(Path root, String path) {
        return root.getFileSystem().getPath(root + "/" + path);
    }

    private static Set<OpenOption> options(int bits) {
        Set<OpenOption> options = new LinkedHashSet<>();
        for (int i = 0; i < OPTIONS.size(); i++) {
            if ((bits >> i & 1) != 0) {
                options.add(OPTIONS.get(i));
            }
        }
        return options;
    }

    /** Whatever a channel can do, in a row; what fails is noted and the rest goes on. */
    private static Object use(FileChannel channel, Path root, boolean directory) {
        List<String> seen = new ArrayList<>();
        List<WritableTwin.Operation> steps = List.of(
                r -> (directory ? "any" : channel.size()) + " " + channel.position(),
                r -> channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3})) + " " + channel.position(),
                r -> channel.read(ByteBuffer.allocate(2)) + " " + channel.position(),
                r -> channel.write(ByteBuffer.wrap(new byte[] {4}), 1) + " " + channel.position(),
                r -> channel.position(20).position(),
                r -> channel.write(ByteBuffer.wrap(new byte[] {5})) + " " + channel.size(),
                r -> channel.read(ByteBuffer.allocate(2)),
                r -> channel.truncate(12).position() + " " + channel.size(),
                r -> {
                    channel.force(true);
                    return "";
                });
        for (WritableTwin.Operation step : steps) {
            seen.add(WritableTwin.outcome(step, root));
        }
        return seen;
    }

    private static Object openAndUse(Path root, String path, Set<OpenOption> options) throws IOException {
        Object seen;
        boolean directory = Files.isDirectory(at(root, path));
        try (FileChannel channel = FileChannel.open(at(root, path), options)) {
            seen = use(channel, root, directory) + " " + Files.exists(at(root, path), LinkOption.NOFOLLOW_LINKS);
        }
        return seen + " " + Files.exists(at(root, path), LinkOption.NOFOLLOW_LINKS);
    }

    @Test
    void everySetOfOptionsAgrees(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, OpenOptionsTest::fill)) {
            for (String path : PATHS) {
                for (int bits = 0; bits < 1 << OPTIONS.size(); bits++) {
                    Set<OpenOption> options = options(bits);
                    twin.agree(path + " " + options, root -> openAndUse(root, path, options));
                    twin.freshIfChanged();
                }
            }
        }
    }

    @Test
    void theOtherWaysToOpenAgree(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, OpenOptionsTest::fill)) {
            List<OpenOption> more = new ArrayList<>(OPTIONS);
            more.addAll(List.of(
                    StandardOpenOption.SYNC, StandardOpenOption.DSYNC, StandardOpenOption.SPARSE, new OpenOption() {
                        @Override
                        public String toString() {
                            return "UNKNOWN";
                        }
                    }));
            for (String path : PATHS) {
                twin.agree("output of " + path, root -> output(root, path));
                twin.freshIfChanged();
                for (OpenOption option : more) {
                    twin.agree("output, " + option + ", of " + path, root -> output(root, path, option));
                    twin.freshIfChanged();
                    twin.agree(
                            "output, CREATE, " + option + ", of " + path,
                            root -> output(root, path, StandardOpenOption.CREATE, option));
                    twin.freshIfChanged();
                    twin.agree("input, " + option + ", of " + path, root -> input(root, path, option));
                    twin.freshIfChanged();
                    twin.agree(
                            "channel, WRITE, " + option + ", of " + path,
                            root -> channel(root, path, StandardOpenOption.WRITE, option));
                    twin.freshIfChanged();
                }
            }
        }
    }

    private static Object output(Path root, String path, OpenOption... options) throws IOException {
        try (OutputStream out = Files.newOutputStream(at(root, path), options)) {
            out.write(new byte[] {1, 2, 3}, 1, 2);
            out.write(7);
            out.flush();
        }
        return "";
    }

    private static Object input(Path root, String path, OpenOption... options) throws IOException {
        try (InputStream in = Files.newInputStream(at(root, path), options)) {
            return in.available() + " " + in.read() + " " + in.skip(3) + " " + in.skip(-1) + " "
                    + in.readAllBytes().length;
        }
    }

    private static Object channel(Path root, String path, OpenOption... options) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(at(root, path), options)) {
            return channel.write(ByteBuffer.allocate(3)) + " " + channel.position() + " " + channel.size();
        }
    }

    private static Object tempFile(Path directory) throws IOException {
        try {
            Path made = Files.createTempFile(directory, "a", ".b");
            Files.delete(made);
            return "made";
        } catch (FileSystemException e) {
            return e.getClass() + String.valueOf(e.getReason()); // its name is random
        }
    }

    @Test
    void shortCallsAgree(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, OpenOptionsTest::fill)) {
            for (String path : PATHS) {
                twin.agree("createFile " + path, root -> Files.createFile(at(root, path)));
                twin.freshIfChanged();
                twin.agree("writeString " + path, root -> Files.writeString(at(root, path), "text"));
                twin.freshIfChanged();
                twin.agree("createTempFile in " + path, root -> tempFile(at(root, path)));
                twin.agree("copy of a stream to " + path, root -> {
                    InputStream in = InputStream.nullInputStream();
                    return Files.copy(in, at(root, path), StandardCopyOption.REPLACE_EXISTING);
                });
                twin.freshIfChanged();
                twin.agree("copy of a stream to a new " + path, root -> {
                    return Files.copy(InputStream.nullInputStream(), at(root, path));
                });
                twin.freshIfChanged();
            }
        }
    }
}
