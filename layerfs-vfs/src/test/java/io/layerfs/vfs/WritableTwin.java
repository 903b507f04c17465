package io.layerfs.vfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import io.layerfs.WritableView;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;

/**
 * A directory of the host, and a writable view of an image of it: what is done to both must come to the same, by the default
 * provider's word. Made once; {@link #fresh} starts over.
 */
final class WritableTwin implements AutoCloseable {

    private static final long QUOTA = 1L << 30;

    /** What fills the directory before the image of it is made. */
    interface Filler {
        void fill(Path root) throws IOException;
    }

    /** Something that is done to a tree; what it answers is compared. */
    interface Operation {
        Object on(Path root) throws Exception;
    }

    /**
     * Whether the default provider may do otherwise than that of JDK 17, as which all is done here. Later ones say of a path
     * through a file that it is absent, set the mode of what a link leads to where links are not to be followed, take a lock of
     * no bytes for one to the end of the file, and transfer into a channel beyond its end, where a source
     * that cannot be read is refused before a negative position.
     */
    static final boolean LATER_JDK = Runtime.version().feature() > 17;

    private final Path directory;
    private final Filler filler;
    private final LayerStore store;
    private final Image image;
    private WritableView view;
    private FileSystem files;
    private final SortedMap<String, String> first;
    private final Map<String, String> differences = new LinkedHashMap<>();
    private int count;

    WritableTwin(Path directory, Filler filler) throws IOException {
        this.directory = directory;
        this.filler = filler;
        requireUsualUmask();
        Files.createDirectory(host());
        filler.fill(host());
        store = LayerStore.open(directory.resolve("store"));
        image = store.importImage(host(), ImportOptions.DEFAULT.withTag("twin"));
        view = store.writable(image, QUOTA);
        files = LayerFileSystems.open(view);
        first = tree(host());
    }

    private void requireUsualUmask() throws IOException {
        Path probe = Files.createFile(directory.resolve("probe"));
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(probe));
        Assumptions.assumeTrue(mode.equals("rw-r--r--"), "the umask of this process is not 022");
    }

    Path host() {
        return directory.resolve("host");
    }

    /** The root of the writable view. */
    Path root() {
        return files.getPath("/");
    }

    FileSystem files() {
        return files;
    }

    WritableView view() {
        return view;
    }

    /** Both as they were at first, but for times where nothing else was changed. */
    void freshIfChanged() throws IOException {
        if (!tree(host()).equals(first) || !tree(root()).equals(first)) {
            fresh();
        }
    }

    /** Both as they were at first. */
    void fresh() throws IOException {
        closeView();
        delete(host());
        Files.createDirectory(host());
        filler.fill(host());
        view = store.writable(image, QUOTA);
        files = LayerFileSystems.open(view);
    }

    private static void delete(Path tree) throws IOException {
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path at, java.io.IOException failure) throws IOException {
                Files.delete(at);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Does it to both: the same must come of it, and both trees must be the same after it. Told when the twin is closed. */
    void agree(String what, Operation operation) throws IOException {
        compare(what, outcome(operation, host()), outcome(operation, root()));
        compare("the tree after " + what, tree(host()).toString(), tree(root()).toString());
    }

    private void compare(String what, String right, String found) {
        if (!found.equals(right)) {
            count++;
            int from = 0;
            while (from < Math.min(found.length(), right.length()) && found.charAt(from) == right.charAt(from)) {
                from++;
            }
            differences.putIfAbsent("\n    is    " + part(found, from) + "\n    not   " + part(right, from), what);
        }
    }

    /** As much of a long text as shows where it differs. */
    private static String part(String text, int at) {
        return text.substring(Math.max(0, at - 150), Math.min(text.length(), at + 150));
    }

    /** What an operation answers, or all that its failure says, but for where the tree is. */
    static String outcome(Operation operation, Path root) {
        try {
            return relative(String.valueOf(operation.on(root)), root);
        } catch (FileSystemException e) {
            String subjects = " of " + relative(e.getFile(), root) + ", " + relative(e.getOtherFile(), root) + ": ";
            return LATER_JDK && "Not a directory".equals(e.getReason())
                    ? "NoSuchFileException" + subjects + "null"
                    : e.getClass().getSimpleName() + subjects + e.getReason();
        } catch (Exception e) {
            // here such a message names the path, too; with the default provider it does not
            String message = relative(e.getMessage(), root).replaceFirst("^.*: Too many", "Too many");
            return e.getClass().getSimpleName() + ": " + message;
        }
    }

    private static String relative(@org.jspecify.annotations.Nullable String text, Path root) {
        String all = root.toString();
        if (text == null || all.equals("/")) {
            return String.valueOf(text);
        }
        return text.equals(all) ? "/" : text.replace(all + "/", "/");
    }

    /** Each path with what can be seen of it, but for what differs between any two trees: times, inode numbers. */
    static SortedMap<String, String> tree(Path root) throws IOException {
        SortedMap<String, String> lines = new TreeMap<>();
        try (var all = Files.walk(root)) {
            for (Path path : all.toList()) {
                lines.put("/" + root.relativize(path), line(path));
            }
        }
        return lines;
    }

    private static String line(Path path) throws IOException {
        PosixFileAttributes a = Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        String line = PosixFilePermissions.toString(a.permissions());
        if (a.isSymbolicLink()) {
            return line + " -> " + Files.readSymbolicLink(path);
        }
        if (a.isRegularFile()) {
            byte[] bytes = Files.readAllBytes(path);
            return line + " " + Files.getAttribute(path, "unix:nlink") + " links, " + a.size() + " bytes, "
                    + Arrays.hashCode(bytes);
        }
        return line + (a.isDirectory() ? " directory" : " special");
    }

    private void closeView() throws IOException {
        assertThat(((LayerFileSystem) files).resources())
                .as("what was left open")
                .isZero();
        files.close();
        view.close();
    }

    @Override
    public void close() throws IOException {
        closeView();
        store.close();
        assertThat(differences.entrySet().stream()
                        .limit(40)
                        .map(e -> e.getValue() + e.getKey())
                        .toList())
                .as("%s differences", count)
                .isEmpty();
    }
}
