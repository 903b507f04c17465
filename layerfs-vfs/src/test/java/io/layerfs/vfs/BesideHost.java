package io.layerfs.vfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A directory of the host and a view of it, to each of which the same is done, and the answers compared. */
final class BesideHost implements AutoCloseable {

    /** Each kind of path; the last is that of the tree itself. */
    private static final List<String> NAMES = List.of("f", "d", "link", "to-dir", "dangling", "absent", "f/x", "");

    private final WritableTwin twin;
    private final Map<String, String> differences = new LinkedHashMap<>();
    private int cases;

    BesideHost(Path directory) throws IOException {
        twin = new WritableTwin(directory, BesideHost::fill);
    }

    private static void fill(Path root) throws IOException {
        Files.writeString(root.resolve("f"), "content\nof two lines\n");
        Files.writeString(root.resolve(".hidden"), "");
        Files.write(root.resolve("latin"), new byte[] {'a', (byte) 0xe9, '\r', '\n', 'b'});
        Files.createDirectories(root.resolve("d/e"));
        Files.writeString(root.resolve("d/e/x.txt"), "deep");
        Files.createSymbolicLink(root.resolve("link"), root.getFileSystem().getPath("f"));
        Files.createSymbolicLink(root.resolve("to-dir"), root.getFileSystem().getPath("d"));
        Files.createSymbolicLink(root.resolve("dangling"), root.getFileSystem().getPath("nowhere"));
        Files.createSymbolicLink(root.resolve("d/e/up"), root.getFileSystem().getPath("../.."));
    }

    /** Does to one path what changes nothing, or nothing that matters to what follows. */
    void reads(String what, WritableTwin.Operation operation, String name) {
        String right = outcome(operation, twin.host().resolve(name), twin.host());
        String found = outcome(operation, twin.root().resolve(name), twin.root());
        if (!found.equals(right)) {
            differences.put(what + " of '" + name + "'", "is " + found + ", not " + right);
        }
    }

    /** Does to each kind of path what changes nothing. */
    void reads(String what, WritableTwin.Operation operation) {
        for (String name : NAMES) {
            reads(what, operation, name);
        }
    }

    /** Does to each kind of path, in a tree of its own, what may change that. */
    void changes(String what, WritableTwin.Operation operation) throws IOException {
        for (String name : NAMES) {
            String fresh = "case" + cases++ + "/";
            fill(Files.createDirectory(twin.host().resolve(fresh)));
            fill(Files.createDirectory(twin.root().resolve(fresh)));
            reads(what, operation, fresh + name);
        }
    }

    /** What is answered, wherever the tree is, or the class of the failure. */
    private static String outcome(WritableTwin.Operation operation, Path path, Path root) {
        try {
            String answer = String.valueOf(operation.on(path));
            return root.toString().equals("/") ? answer : answer.replace(root + "/", "/");
        } catch (Exception e) {
            String name = e.getClass().getSimpleName();
            return e instanceof UncheckedIOException ? name + " " + e.getCause().getClass() : name;
        }
    }

    /** Tells of what has differed since it was last asked. */
    void assertSame() {
        Map<String, String> told = Map.copyOf(differences);
        differences.clear();
        assertThat(told).isEmpty();
    }

    @Override
    public void close() throws IOException {
        twin.close();
    }
}
