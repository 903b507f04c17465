package io.layerfs.host;

import io.layerfs.Content;
import io.layerfs.ExportPolicy;
import io.layerfs.FileType;
import io.layerfs.LayerPath;
import io.layerfs.Name;
import io.layerfs.Stat;
import io.layerfs.View;
import io.layerfs.Xattrs;
import io.layerfs.blob.NamedFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Writes a view into a directory of the host, which must be empty or absent.
 *
 * <p>Nothing is ever written through a link that the view made: every directory on the way was made here, every file is new,
 * and symbolic links come last of all, when nothing is written any more. A name that the host cannot hold is an
 * error that names it; one that the host takes for another is, too, and before anything is written.
 */
public final class HostExport {

    private static final int BUFFER = 256 << 10;

    private final View view;
    private final ExportPolicy policy;
    private final Map<Long, Path> written = new HashMap<>();
    private final Map<Path, Directory> directories = new LinkedHashMap<>();
    private final Map<LayerPath, Link> links = new LinkedHashMap<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);

    private record Directory(LayerPath path, long inode) {}

    private record Link(Path file, long inode) {}

    private HostExport(View view, ExportPolicy policy) {
        this.view = view;
        this.policy = policy;
    }

    /** Writes all of {@code view}. Where that fails, what was written until then stays. */
    public static void write(View view, Path directory, ExportPolicy policy) throws IOException {
        requireEmpty(directory);
        HostExport export = new HostExport(view, policy);
        makeDirectory(directory);
        HostNames.of(directory).requireDistinct(view);
        export.writeDirectory(LayerPath.ROOT, view.root(), directory.toRealPath());
        for (Map.Entry<LayerPath, Link> link : export.links.entrySet()) {
            export.writeLink(link.getKey(), link.getValue());
        }
        export.finishDirectories();
    }

    private static void makeDirectory(Path directory) throws IOException {
        Path parent = directory.toAbsolutePath().getParent();
        if (!Files.isDirectory(directory)) {
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Durable.createOwnDirectory(directory);
        }
    }

    /** The permissions to begin with: of files that only whoever made them may have, nobody sees even a part. */
    private static FileAttribute<?>[] ownFile(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static void requireEmpty(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                if (entries.iterator().hasNext()) {
                    throw new FileSystemException(directory.toString(), null, "the directory is not empty");
                }
            }
        }
    }

    private void writeDirectory(LayerPath path, long inode, Path directory) throws IOException {
        directories.put(directory, new Directory(path, inode));
        for (Iterator<View.Dirent> i = view.list(inode); i.hasNext(); ) {
            View.Dirent entry = i.next();
            LayerPath child = path.resolve(entry.name());
            Path file = resolve(directory, entry.name(), child);
            try {
                writeEntry(child, entry, file);
            } catch (FileAlreadyExistsException e) {
                throw failure(child, "the host takes its name for that of another file");
            }
        }
    }

    private static Path resolve(Path directory, Name name, LayerPath path) throws FileSystemException {
        try {
            Path file = HostPaths.child(directory, name);
            if (!name.isDot()
                    && directory.equals(file.getParent())
                    && HostPaths.name(file).equals(name)) {
                return file;
            }
        } catch (IllegalArgumentException e) {
            throw failure(path, "the host cannot hold its name: " + e.getMessage());
        }
        throw failure(path, "the host cannot hold its name");
    }

    private static FileSystemException failure(LayerPath path, String reason) {
        return new FileSystemException(path.toString(), null, reason);
    }

    private void writeEntry(LayerPath path, View.Dirent entry, Path file) throws IOException {
        if (entry.type() == FileType.DIRECTORY) {
            Durable.createOwnDirectory(file);
            writeDirectory(path, entry.inode(), file);
            return;
        }
        if (entry.type() == FileType.SYMLINK) {
            links.put(path, new Link(file, entry.inode()));
            return;
        }
        Path first = written.get(entry.inode());
        if (first != null) {
            Files.createLink(file, first);
            return;
        }
        Stat stat = view.stat(entry.inode());
        if (entry.type() == FileType.REGULAR) {
            writeContent(view.content(entry.inode()), file);
            setAttributes(path, entry.inode(), stat, file);
        } else if (!writeSpecial(path, stat, file)) {
            return;
        }
        written.put(entry.inode(), file);
    }

    private void writeContent(Content content, Path file) throws IOException {
        Set<OpenOption> options =
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, LinkOption.NOFOLLOW_LINKS);
        try (FileChannel out = FileChannel.open(file, options, ownFile(file))) {
            long size = content.size();
            long end = 0;
            for (long at = content.nextData(0); at < size; at = content.nextData(end)) {
                buffer.clear().limit((int) Math.min(BUFFER, content.dataEnd(at) - at));
                end = at + content.read(at, buffer);
                writeBuffer(out, at, file);
            }
            if (end < size) {
                buffer.clear().put((byte) 0);
                writeBuffer(out, size - 1, file); // what is before it is a hole of the file
            }
        }
    }

    private void writeBuffer(FileChannel out, long at, Path file) throws IOException {
        buffer.flip();
        try {
            for (long to = at; buffer.hasRemaining(); ) {
                to += out.write(buffer, to);
            }
        } catch (IOException e) {
            throw NamedFiles.named(file, e);
        }
    }

    /** Answers whether it is there now. */
    private boolean writeSpecial(LayerPath path, Stat stat, Path file) throws IOException {
        if (stat.type() == FileType.SOCKET) {
            policy.skipped().skipped(path, "a socket, which only a program can make");
            return false;
        }
        boolean device = stat.type().isDevice();
        if (device && policy.devices() == ExportPolicy.Devices.SKIP) {
            policy.skipped().skipped(path, "a device");
            return false;
        }
        if (device && policy.devices() == ExportPolicy.Devices.FAIL) {
            throw failure(path, "a device");
        }
        SpecialFiles.make(path.toString(), file, stat.type(), stat.major(), stat.minor());
        setOwner(stat, file);
        SpecialFiles.finish(path.toString(), file, stat.mode() & (policy.setuid() ? 07777 : 01777), stat.mtime());
        return true;
    }

    private void writeLink(LayerPath path, Link link) throws IOException {
        Path first = written.get(link.inode);
        if (first != null) {
            Files.createLink(link.file, first);
            return;
        }
        String target = view.readSymlink(link.inode);
        try {
            Path made = Files.createSymbolicLink(link.file, HostPaths.linkTarget(link.file, target));
            written.put(link.inode, made);
        } catch (FileAlreadyExistsException e) {
            throw failure(path, "the host takes its name for that of another file");
        } catch (IllegalArgumentException e) {
            throw failure(path, "the host cannot hold its target: " + e.getMessage());
        }
        Stat stat = view.stat(link.inode);
        setOwner(stat, link.file);
        setTime(stat, link.file);
    }

    /** Deepest last made is first finished: what is written into a directory changes its time. */
    private void finishDirectories() throws IOException {
        Path[] made = directories.keySet().toArray(new Path[0]);
        for (int i = made.length - 1; i >= 0; i--) {
            Directory directory = Objects.requireNonNull(directories.get(made[i]));
            setAttributes(directory.path, directory.inode, view.stat(directory.inode), made[i]);
        }
    }

    private void setAttributes(LayerPath path, long inode, Stat stat, Path file) throws IOException {
        setOwner(stat, file);
        if (policy.xattrs() && (stat.type() == FileType.REGULAR || stat.type() == FileType.DIRECTORY)) {
            setXattrs(path, view.xattrs(inode), file);
        }
        if (file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            int kept = policy.setuid() || stat.type() == FileType.DIRECTORY ? 07777 : 01777;
            Files.setAttribute(file, "unix:mode", stat.mode() & kept, LinkOption.NOFOLLOW_LINKS);
        }
        setTime(stat, file);
    }

    private void setOwner(Stat stat, Path file) throws IOException {
        if (policy.owners()) {
            Files.setAttribute(file, "unix:uid", stat.uid(), LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(file, "unix:gid", stat.gid(), LinkOption.NOFOLLOW_LINKS);
        }
    }

    private void setXattrs(LayerPath path, Xattrs xattrs, Path file) throws IOException {
        UserDefinedFileAttributeView attributes =
                Files.getFileAttributeView(file, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        for (String name : xattrs.names()) {
            if (attributes == null || !name.startsWith("user.")) {
                policy.skipped().skipped(path, "its extended attribute " + name);
            } else {
                byte[] value = Objects.requireNonNull(xattrs.get(name));
                attributes.write(name.substring("user.".length()), ByteBuffer.wrap(value));
            }
        }
    }

    /** A JDK takes a fraction before 1970 for 1970. */
    private static void setTime(Stat stat, Path file) throws IOException {
        Instant time = stat.mtimeSeconds() < 0 ? Instant.ofEpochSecond(stat.mtimeSeconds()) : stat.mtime();
        Files.getFileAttributeView(file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setTimes(FileTime.from(time), null, null);
    }
}
