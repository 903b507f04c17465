package io.layerfs.vfs;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every method of every interface of {@code java.nio.file} with null in the place of each argument, and in each array: what the
 * default provider refuses, this one must refuse with the same exception (field faults, section 4, "nulls").
 */
class NullsTest {

    private static final Set<StandardOpenOption> BOTH = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);

    /** A type whose methods are called, and how one of it is had of a tree. */
    private record Subject(Class<?> type, WritableTwin.Operation of) {}

    private static final List<Subject> SUBJECTS = List.of(
            new Subject(FileSystemProvider.class, root -> root.getFileSystem().provider()),
            new Subject(FileSystem.class, root -> root.getFileSystem()),
            new Subject(Path.class, root -> root.resolve("f")),
            new Subject(FileStore.class, root -> Files.getFileStore(root)),
            new Subject(PathMatcher.class, root -> root.getFileSystem().getPathMatcher("glob:*")),
            new Subject(
                    UserPrincipalLookupService.class,
                    root -> root.getFileSystem().getUserPrincipalLookupService()),
            new Subject(WatchService.class, root -> root.getFileSystem().newWatchService()),
            new Subject(BasicFileAttributeView.class, root -> view(root, BasicFileAttributeView.class)),
            new Subject(PosixFileAttributeView.class, root -> view(root, PosixFileAttributeView.class)),
            new Subject(FileOwnerAttributeView.class, root -> view(root, FileOwnerAttributeView.class)),
            new Subject(UserDefinedFileAttributeView.class, root -> view(root, UserDefinedFileAttributeView.class)),
            new Subject(SecureDirectoryStream.class, root -> Files.newDirectoryStream(root)),
            new Subject(FileChannel.class, root -> FileChannel.open(root.resolve("f"), BOTH)),
            new Subject(SeekableByteChannel.class, root -> Files.newByteChannel(root.resolve("f"), BOTH)),
            new Subject(
                    AsynchronousFileChannel.class,
                    root -> AsynchronousFileChannel.open(root.resolve("f"), BOTH, null)));

    /** What would wait for ever, what closes, and what is of objects in general. */
    private static final Set<String> LEFT_OUT = Set.of(
            "take", "poll", "close", "equals", "hashCode", "toString", "wait", "getClass", "notify", "notifyAll");

    private static <V extends FileAttributeView> V view(Path root, Class<V> type) {
        return Files.getFileAttributeView(root.resolve("f"), type);
    }

    private static void fill(Path root) throws IOException {
        Files.writeString(root.resolve("f"), "content");
        Files.createDirectory(root.resolve("d"));
    }

    @Test
    void nullIsRefusedWhereTheDefaultProviderRefusesIt(@TempDir Path directory) throws Exception {
        try (WritableTwin twin = new WritableTwin(directory, NullsTest::fill)) {
            for (Subject subject : SUBJECTS) {
                for (Method method : methods(subject.type)) {
                    for (int i = 0; i < method.getParameterCount(); i++) {
                        int place = i;
                        Class<?> type = method.getParameterTypes()[i];
                        String what = subject.type.getSimpleName() + "." + method.getName()
                                + Arrays.toString(method.getParameterTypes()) + " without argument " + i;
                        if (type == Map.class) {
                            continue; // the default provider does not look at what it cannot be given
                        }
                        if (!type.isPrimitive()) {
                            twin.agree(what, root -> call(subject, method, root, place, null));
                        }
                        if (type.isArray() && !type.getComponentType().isPrimitive()) {
                            Object holed = java.lang.reflect.Array.newInstance(type.getComponentType(), 1);
                            twin.agree(what + " in the array", root -> call(subject, method, root, place, holed));
                        }
                    }
                }
            }
        }
    }

    private static List<Method> methods(Class<?> type) {
        return Arrays.stream(type.getMethods())
                .filter(m -> !Modifier.isStatic(m.getModifiers()) && !LEFT_OUT.contains(m.getName()))
                .filter(m -> !m.isBridge())
                .sorted(Comparator.comparing(Method::toString))
                .toList();
    }

    /** The class of the failure. */
    private static String call(Subject subject, Method method, Path root, int place, Object odd) throws Exception {
        Object target = subject.of.on(root);
        Object[] arguments = new Object[method.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = i == place ? odd : usual(method.getParameterTypes()[i], method, root);
        }
        try {
            Object answer = method.invoke(target, arguments);
            if (answer instanceof AutoCloseable closeable && !(answer instanceof FileSystem)) {
                closeable.close();
            }
            return "no failure";
        } catch (InvocationTargetException e) {
            return e.getCause().getClass().getSimpleName();
        } finally {
            if (target instanceof AutoCloseable closeable && !(target instanceof FileSystem)) {
                closeable.close();
            }
        }
    }

    private static Object usual(Class<?> type, Method method, Path root) {
        if (type == Class.class) {
            String name = method.getName();
            return name.startsWith("readAttributes")
                    ? BasicFileAttributes.class
                    : name.contains("Store") ? FileStoreAttributeView.class : BasicFileAttributeView.class;
        }
        if (type == URI.class) {
            return root.resolve("f").toUri();
        }
        return USUAL.entrySet().stream()
                .filter(e -> type.isAssignableFrom(e.getKey()))
                .findFirst()
                .<Object>map(e -> e.getValue() instanceof String text && e.getKey() == Path.class
                        ? root.resolve(text)
                        : e.getValue())
                .orElse(null);
    }

    private static final Map<Class<?>, Object> USUAL = Map.ofEntries(
            Map.entry(Path.class, "new"),
            Map.entry(String.class, "size"),
            Map.entry(int.class, 0),
            Map.entry(long.class, 0L),
            Map.entry(boolean.class, false),
            Map.entry(Map.class, Map.of()),
            Map.entry(Set.class, Set.of(StandardOpenOption.READ)),
            Map.entry(LinkOption[].class, new LinkOption[0]),
            Map.entry(OpenOption[].class, new OpenOption[0]),
            Map.entry(CopyOption[].class, new CopyOption[0]),
            Map.entry(AccessMode[].class, new AccessMode[0]),
            Map.entry(FileAttribute[].class, new FileAttribute<?>[0]),
            Map.entry(String[].class, new String[0]),
            Map.entry(ByteBuffer[].class, new ByteBuffer[] {ByteBuffer.allocate(1)}),
            Map.entry(ByteBuffer.class, ByteBuffer.allocate(0)),
            Map.entry(DirectoryStream.Filter.class, (DirectoryStream.Filter<Path>) p -> true));
}
