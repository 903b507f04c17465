package io.layerfs.examples.command;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** What a copy gets of what it is a copy of: owner, extended attributes, mode and times, in this order, since each may clear what follows. */
final class CopiedAttributes {

    private static final LinkOption NOFOLLOW = LinkOption.NOFOLLOW_LINKS;
    private static final int FORMAT = 0170000;
    private static final int DIRECTORY = 0040000;

    private final boolean owners;
    private final Map<Object, Boolean> xattrs = new HashMap<>();

    /** {@code owners}: whether they are copied, too. */
    CopiedAttributes(boolean owners) {
        this.owners = owners;
    }

    static boolean areUnix(Path file, Path copy) {
        return file.getFileSystem().supportedFileAttributeViews().contains("unix")
                && copy.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    /** Of a file or a directory. */
    void copy(Path file, Path copy) throws IOException {
        copyOwner(file, copy);
        copyXattrs(file, copy);
        copyMode(file, copy);
        copyTimes(file, copy);
    }

    /** Of what has no mode to be set, or has it already. */
    void copyOfLink(Path file, Path copy) throws IOException {
        copyOwner(file, copy);
        copyTimes(file, copy);
    }

    void copyOwner(Path file, Path copy) throws IOException {
        if (owners && areUnix(file, copy)) {
            for (String number : new String[] {"unix:uid", "unix:gid"}) {
                Files.setAttribute(copy, number, Files.getAttribute(file, number, NOFOLLOW), NOFOLLOW);
            }
        }
    }

    /** Setuid bits are for the owner that the file has in the image: on the host, they go where he is not kept. */
    int modeOf(Path copy, int mode) {
        boolean toHost = copy.getFileSystem().equals(FileSystems.getDefault());
        boolean keeps = owners || !toHost || (mode & FORMAT) == DIRECTORY;
        return mode & (keeps ? 07777 : 01777);
    }

    private void copyMode(Path file, Path copy) throws IOException {
        if (areUnix(file, copy)) {
            int mode = (Integer) Files.getAttribute(file, "unix:mode", NOFOLLOW);
            Files.setAttribute(copy, "unix:mode", modeOf(copy, mode), NOFOLLOW);
            return;
        }
        PosixFileAttributeView to = Files.getFileAttributeView(copy, PosixFileAttributeView.class, NOFOLLOW);
        if (to != null && Files.getFileAttributeView(file, PosixFileAttributeView.class) != null) {
            PosixFileAttributes from = Files.readAttributes(file, PosixFileAttributes.class, NOFOLLOW);
            to.setPermissions(from.permissions());
        }
    }

    private static void copyTimes(Path file, Path copy) throws IOException {
        BasicFileAttributes from = Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW);
        Objects.requireNonNull(Files.getFileAttributeView(copy, BasicFileAttributeView.class, NOFOLLOW))
                .setTimes(from.lastModifiedTime(), from.lastAccessTime(), null);
    }

    private void copyXattrs(Path file, Path copy) throws IOException {
        UserDefinedFileAttributeView from =
                Files.getFileAttributeView(file, UserDefinedFileAttributeView.class, NOFOLLOW);
        UserDefinedFileAttributeView to =
                Files.getFileAttributeView(copy, UserDefinedFileAttributeView.class, NOFOLLOW);
        if (from == null || to == null) {
            return;
        }
        if (!hasXattrs(file) || !hasXattrs(copy)) {
            return;
        }
        for (String name : from.list()) {
            ByteBuffer value = ByteBuffer.allocate(from.size(name));
            from.read(name, value);
            to.write(name, value.flip());
        }
    }

    /** Asked of one file of each file system, since the JVM reads the list of all mounts to answer. */
    private boolean hasXattrs(Path file) throws IOException {
        Object device = file.getFileSystem().equals(FileSystems.getDefault())
                        && file.getFileSystem().supportedFileAttributeViews().contains("unix")
                ? Files.getAttribute(file, "unix:dev", NOFOLLOW)
                : file.getFileSystem();
        Boolean known = xattrs.get(device);
        if (known == null) {
            known = Files.getFileStore(file).supportsFileAttributeView(UserDefinedFileAttributeView.class);
            xattrs.put(device, known);
        }
        return known;
    }
}
