package io.layerfs.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessMode;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file system that is closed answers nothing but what paths are made of (field faults, section 4). */
class ClosedFileSystemTest {

    private static Map<String, ThrowingCallable> refused(FileSystem files, Objects of) {
        FileSystemProvider provider = files.provider();
        Path f = files.getPath("/f");
        Path other = files.getPath("/other");
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        calls.put("getRootDirectories", files::getRootDirectories);
        calls.put("getFileStores", files::getFileStores);
        calls.put("getUserPrincipalLookupService", files::getUserPrincipalLookupService);
        calls.put("newWatchService", files::newWatchService);
        calls.put("toRealPath", f::toRealPath);
        calls.put("register", () -> f.register(of.service, StandardWatchEventKinds.ENTRY_CREATE));
        calls.put("newByteChannel", () -> provider.newByteChannel(f, Set.of()));
        calls.put("newFileChannel", () -> provider.newFileChannel(f, Set.of()));
        calls.put("newAsynchronousFileChannel", () -> provider.newAsynchronousFileChannel(f, Set.of(), null));
        calls.put("newInputStream", () -> provider.newInputStream(f));
        calls.put("newOutputStream", () -> provider.newOutputStream(f));
        calls.put("newDirectoryStream", () -> provider.newDirectoryStream(f, p -> true));
        calls.put("createDirectory", () -> provider.createDirectory(f));
        calls.put("createSymbolicLink", () -> provider.createSymbolicLink(f, other));
        calls.put("createLink", () -> provider.createLink(f, other));
        calls.put("delete", () -> provider.delete(f));
        calls.put("deleteIfExists", () -> provider.deleteIfExists(f));
        calls.put("readSymbolicLink", () -> provider.readSymbolicLink(f));
        calls.put("copy", () -> provider.copy(f, other));
        calls.put("move", () -> provider.move(f, other));
        calls.put("isSameFile", () -> provider.isSameFile(f, other));
        calls.put("isSameFile of one path", () -> provider.isSameFile(f, f));
        calls.put("isHidden", () -> provider.isHidden(f));
        calls.put("getFileStore", () -> provider.getFileStore(f));
        calls.put("checkAccess", () -> provider.checkAccess(f));
        calls.put("checkAccess to read", () -> provider.checkAccess(f, AccessMode.READ));
        calls.put("readAttributes", () -> provider.readAttributes(f, BasicFileAttributes.class));
        calls.put("readAttributes by name", () -> provider.readAttributes(f, "unix:*"));
        calls.put("setAttribute", () -> provider.setAttribute(f, "unix:mode", 0644));
        calls.put("exists", () -> Files.exists(f));
        calls.put("size", () -> Files.size(f));
        calls.put("walk", () -> Files.walk(f));
        calls.put("totalSpace", of.store::getTotalSpace);
        calls.put("usableSpace", of.store::getUsableSpace);
        calls.put("attribute of the store", () -> of.store.getAttribute("totalSpace"));
        calls.put("basic view", of.basic::readAttributes);
        calls.put("basic view, times", () -> of.basic.setTimes(FileTime.fromMillis(1), null, null));
        calls.put("basic view, no times", () -> of.basic.setTimes(null, null, null));
        calls.put("posix view", of.posix::readAttributes);
        calls.put("posix view, owner", of.posix::getOwner);
        calls.put("posix view, permissions", () -> of.posix.setPermissions(Set.of()));
        calls.put("user view", of.user::list);
        calls.put("user view, size", () -> of.user.size("x"));
        calls.put("user view, delete", () -> of.user.delete("x"));
        return calls;
    }

    /** What was had of it while it was open. */
    private record Objects(
            WatchService service,
            FileStore store,
            BasicFileAttributeView basic,
            PosixFileAttributeView posix,
            UserDefinedFileAttributeView user) {}

    @SuppressWarnings("StreamResourceLeak") // it goes with its file system
    @Test
    void everyOperationIsRefused(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, root -> Files.writeString(root.resolve("f"), "x"))) {
            Path f = twin.root().resolve("f");
            Objects of = new Objects(
                    twin.files().newWatchService(),
                    Files.getFileStore(f),
                    Files.getFileAttributeView(f, BasicFileAttributeView.class),
                    Files.getFileAttributeView(f, PosixFileAttributeView.class),
                    Files.getFileAttributeView(f, UserDefinedFileAttributeView.class));
            WatchKey key = twin.root().register(of.service, StandardWatchEventKinds.ENTRY_CREATE);
            FileChannel channel = FileChannel.open(f);
            DirectoryStream<Path> stream = Files.newDirectoryStream(twin.root());
            twin.files().close();
            Map<String, String> wrong = new LinkedHashMap<>();
            refused(twin.files(), of).forEach((what, call) -> {
                Throwable thrown = org.assertj.core.api.Assertions.catchThrowable(call);
                if (!(thrown instanceof ClosedFileSystemException)
                        && !(thrown instanceof ClosedWatchServiceException)) {
                    wrong.put(what, String.valueOf(thrown));
                }
            });
            assertThat(wrong).isEmpty();
            assertThat(List.of(channel.isOpen(), key.isValid(), key.reset())).containsOnly(false);
            assertThatThrownBy(stream::iterator).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void pathsAreWhatTheyWere(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, root -> Files.createDirectory(root.resolve("d")))) {
            FileSystem files = twin.files();
            files.close();
            Path path = files.getPath("/d", "x/../y");
            assertThat(List.of(
                            path.normalize().toString(),
                            files.getPath("/d").relativize(path).toString(),
                            path.resolve("z").getFileName().toString(),
                            files.getSeparator(),
                            String.valueOf(files.isOpen()),
                            String.valueOf(files.getPathMatcher("glob:**y").matches(path))))
                    .containsExactly("/d/y", "y", "z", "/", "false", "true");
            assertThat(path.toUri().getScheme()).isEqualTo("layerfs");
            files.close();
        }
    }
}
