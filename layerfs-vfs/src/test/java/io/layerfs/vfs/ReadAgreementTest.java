package io.layerfs.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every reading operation of {@code Files}, on an image and on the directory it was made of: same answers, same failures. */
class ReadAgreementTest {

    private static HostTwin twin;

    @BeforeAll
    static void make(@TempDir Path directory) throws IOException {
        twin = new HostTwin(directory);
    }

    @AfterAll
    static void close() throws IOException {
        twin.close();
    }

    /** An operation on a path; what it answers must not name the file system. */
    private interface Operation {
        Object on(Path path) throws Exception;
    }

    private static final Map<String, Operation> OPERATIONS = new LinkedHashMap<>();

    static {
        OPERATIONS.put("exists", p -> Files.exists(p));
        OPERATIONS.put("exists, no follow", p -> Files.exists(p, LinkOption.NOFOLLOW_LINKS));
        OPERATIONS.put("notExists", p -> WritableTwin.LATER_JDK || Files.notExists(p));
        OPERATIONS.put("isDirectory", p -> Files.isDirectory(p));
        OPERATIONS.put("isRegularFile", p -> Files.isRegularFile(p));
        OPERATIONS.put("isSymbolicLink", Files::isSymbolicLink);
        OPERATIONS.put("isReadable", Files::isReadable);
        OPERATIONS.put("isExecutable", Files::isExecutable);
        OPERATIONS.put("isHidden", Files::isHidden);
        OPERATIONS.put("size", p -> Files.isDirectory(p) ? "any" : Files.size(p));
        OPERATIONS.put("attributes", p -> show(Files.readAttributes(p, PosixFileAttributes.class)));
        OPERATIONS.put(
                "attributes, no follow",
                p -> show(Files.readAttributes(p, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS)));
        OPERATIONS.put(
                "unix",
                p -> Files.readAttributes(p, "unix:mode,uid,gid,rdev,isDirectory").entrySet().stream()
                        .map(Object::toString)
                        .sorted()
                        .toList());
        OPERATIONS.put("links", p -> Files.isDirectory(p) ? "any" : Files.getAttribute(p, "unix:nlink"));
        OPERATIONS.put(
                "posix:size,owner",
                p -> Files.isDirectory(p)
                        ? "any"
                        : new TreeSet<>(Files.readAttributes(p, "posix:size,isOther").entrySet().stream()
                                .map(Object::toString)
                                .toList()));
        OPERATIONS.put("unknown attribute", p -> Files.getAttribute(p, "posix:nonsense"));
        OPERATIONS.put("unknown view", p -> Files.getAttribute(p, "nonsense:size"));
        OPERATIONS.put("readAllBytes", p -> Files.isDirectory(p) ? "any" : Arrays.hashCode(Files.readAllBytes(p)));
        OPERATIONS.put("newInputStream", p -> {
            try (InputStream in = Files.newInputStream(p)) {
                return new String(in.readNBytes(5), UTF_8) + in.available();
            }
        });
        OPERATIONS.put("channel", ReadAgreementTest::useChannel);
        OPERATIONS.put("readSymbolicLink", p -> Files.readSymbolicLink(p).toString());
        OPERATIONS.put("list", p -> names(p, Files::list));
        OPERATIONS.put("glob", p -> {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(p, "{n1*,[d-f]*}")) {
                TreeSet<String> names = new TreeSet<>();
                stream.forEach(e -> names.add(e.getFileName().toString()));
                return names;
            }
        });
        OPERATIONS.put("walk", p -> names(p, q -> Files.walk(q)));
        OPERATIONS.put("walk, 2 deep", p -> names(p, q -> Files.walk(q, 2)));
        OPERATIONS.put("walk, follow", p -> names(p, q -> Files.walk(q, 3, FileVisitOption.FOLLOW_LINKS)));
        OPERATIONS.put("isSameFile", p -> Files.isSameFile(p, p.resolve("f")));
        OPERATIONS.put("mismatch", p -> Files.isDirectory(p) ? "any" : Files.mismatch(p, p.resolveSibling("f")));
        OPERATIONS.put(
                "lines", p -> Files.isDirectory(p) ? "any" : Files.readString(p).length());
        OPERATIONS.put("toRealPath", p -> p.toRealPath());
        OPERATIONS.put("toRealPath, no follow", p -> p.toRealPath(LinkOption.NOFOLLOW_LINKS));
        OPERATIONS.put("toUri", p -> p.toUri().toString().endsWith("/"));
        OPERATIONS.put("createDirectory of what exists", p -> Files.exists(p) ? Files.createDirectory(p) : "any");
        OPERATIONS.put("fileStore", p -> Files.getFileStore(p) != null);
    }

    private static String show(PosixFileAttributes a) {
        return a.isDirectory() + " " + a.isRegularFile() + " " + a.isSymbolicLink() + " " + a.isOther() + " "
                + (a.isDirectory() ? "" : a.size()) + " " + new TreeSet<>(a.permissions()) + " "
                + (a.isSymbolicLink() ? "" : a.lastModifiedTime());
    }

    private static Object useChannel(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return "any";
        }
        try (SeekableByteChannel channel = Files.newByteChannel(path)) {
            ByteBuffer buffer = ByteBuffer.allocate(4);
            List<Object> seen = new ArrayList<>(List.of(channel.size(), channel.position()));
            seen.add(channel.read(buffer));
            seen.add(channel.position());
            channel.position(channel.size() + 3);
            buffer.clear();
            seen.add(channel.read(buffer));
            buffer.limit(0);
            seen.add(channel.read(buffer));
            if (channel instanceof FileChannel file) {
                buffer.clear();
                seen.add(file.read(buffer, 2));
                seen.add(file.read(new ByteBuffer[] {ByteBuffer.allocate(0), ByteBuffer.allocate(3)}));
            }
            seen.add(new String(buffer.array(), UTF_8));
            return seen;
        }
    }

    private interface Lister {
        Stream<Path> list(Path path) throws IOException;
    }

    private static Object names(Path path, Lister lister) throws IOException {
        try (Stream<Path> stream = lister.list(path)) {
            TreeSet<String> names = new TreeSet<>();
            stream.forEach(p -> names.add(path.relativize(p).toString()));
            return names;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** The answer, or the class of the failure; a failure's subject must be the path. */
    private static Object outcome(Operation operation, Path path, Function<String, String> neutral) {
        try {
            return neutral.apply(String.valueOf(operation.on(path)));
        } catch (java.nio.file.FileSystemException e) {
            return (WritableTwin.LATER_JDK && e.getClass() == java.nio.file.FileSystemException.class
                                    ? java.nio.file.NoSuchFileException.class
                                    : e.getClass())
                            .getName()
                    + " " + (e.getFile() == null ? null : neutral.apply(e.getFile()));
        } catch (Exception e) {
            return e.getClass().getName();
        }
    }

    static Stream<String> paths() {
        return Stream.of(
                "",
                ".",
                "..",
                "f",
                "f/",
                "f/x",
                "f/.",
                "f/..",
                "empty",
                "big",
                "d",
                "d/",
                "d/e",
                "d/e/x",
                "d/../f",
                "d/./e/../.hidden",
                "nothing",
                "nothing/x",
                "d/nothing",
                "hard",
                "rel",
                "rel/x",
                "dir",
                "dir/x",
                "dir/..",
                "dir/../e/x",
                "dir/up",
                "dir/up/f",
                "dangling",
                "dangling/x",
                "loop",
                "loop/x",
                "below-file",
                "dot/dot/f",
                "chain0",
                "chain39",
                "chain40",
                "chain44",
                "many",
                "many/n7",
                "ümläut-€-\uD83D\uDE00",
                "x".repeat(255),
                "x".repeat(256),
                "d/" + "y".repeat(300) + "/z");
    }

    @ParameterizedTest
    @MethodSource("paths")
    void agreesWithTheDefaultProvider(String path) {
        for (Map.Entry<String, Operation> e : OPERATIONS.entrySet()) {
            if (!path.isEmpty() && !path.equals(".") && path.contains("..") && path.length() < 3) {
                continue; // above the root there is the root, and above the directory there is something else
            }
            Object host = outcome(e.getValue(), twin.onHost(path), s -> s.replace(twin.host.toString(), ""));
            Object image = outcome(e.getValue(), twin.inImage(path), s -> s.equals("/") ? "" : s);
            assertThat(image).as("%s of '%s'", e.getKey(), path).isEqualTo(host);
        }
    }

    @Test
    void agreesOnRandomPaths() {
        String[] parts = {"f", "d", "e", "x", "dir", "up", "rel", ".", "..", "hard", "loop", "many", "n3", "dot", "no"};
        Random random = new Random(5);
        List<String> names = List.of(
                "exists",
                "attributes, no follow",
                "attributes",
                "readSymbolicLink",
                "isSameFile",
                "toRealPath",
                "list");
        for (int i = 0; i < 20_000; i++) {
            StringBuilder path = new StringBuilder("d/e");
            int depth = 2;
            for (int k = random.nextInt(6); k > 0; k--) {
                String part = parts[random.nextInt(parts.length)];
                depth += part.equals("..") ? -3 : part.equals("up") ? -2 : 1;
                if (depth > 0) {
                    path.append('/').append(part);
                } else {
                    depth = 1;
                }
            }
            String name = names.get(i % names.size());
            Operation operation = java.util.Objects.requireNonNull(OPERATIONS.get(name));
            assertThat(outcome(operation, twin.inImage(path.toString()), s -> s.equals("/") ? "" : s))
                    .as("%s of %s", name, path)
                    .isEqualTo(
                            outcome(operation, twin.onHost(path.toString()), s -> s.replace(twin.host.toString(), "")));
        }
    }

    @Test
    void realPathsAgree() throws IOException {
        for (String path : List.of("f", "dir/up/rel", "dot/d/../dir/x", "d/e/..", "chain39", "hard")) {
            assertThat(twin.inImage(path).toRealPath().toString())
                    .isEqualTo(twin.onHost(path)
                            .toRealPath()
                            .toString()
                            .replace(twin.host.toRealPath().toString(), ""));
        }
    }

    @Test
    void theRootIsItsOwnParentAndLinksStayInside() throws IOException {
        Path root = twin.inImage("");
        assertThat(Files.isSameFile(root, root.resolve("../../.."))).isTrue();
        assertThat(Files.readString(root.resolve("../f"))).isEqualTo("content");
        BasicFileAttributes one = Files.readAttributes(root.resolve("f"), BasicFileAttributes.class);
        BasicFileAttributes other = Files.readAttributes(root.resolve("hard"), BasicFileAttributes.class);
        assertThat(one.fileKey()).isEqualTo(other.fileKey());
    }

    @Test
    void filesCanBeCopiedOut(@TempDir Path directory) throws IOException {
        Path copy = directory.resolve("copy");
        Files.copy(twin.inImage("big"), copy, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        assertThat(Files.mismatch(copy, twin.onHost("big"))).isEqualTo(-1);
        assertThat(Files.getLastModifiedTime(copy)).isEqualTo(Files.getLastModifiedTime(twin.onHost("big")));
        try (FileChannel from = FileChannel.open(twin.inImage("big"));
                FileChannel to = FileChannel.open(
                        directory.resolve("part"),
                        java.nio.file.StandardOpenOption.CREATE_NEW,
                        java.nio.file.StandardOpenOption.WRITE)) {
            assertThat(from.transferTo(100, 1 << 20, to)).isEqualTo(299_900);
            assertThat(to.transferFrom(from, 0, 7)).isEqualTo(7);
        }
    }
}
