package io.layerfs.host;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The deletion of a tree of files, by descriptors: no link is followed, no path is too long, and no tree too deep. What cannot be
 * deleted is passed over, and told at the end. What others delete meanwhile is no failure.
 *
 * <p>Names are looked up in directories that are open (openat(2), unlinkat(2)). So that not one has to be open for each level,
 * what lies deep is renamed to the top of the tree, and deleted from there. A directory whose mode keeps its owner out is opened
 * to him first. Where the file system has no such streams, names are paths. Used once, by one thread.
 */
final class TreeRemoval {

    private static final Set<PosixFilePermission> OPEN_TO_OWNER = PosixFilePermissions.fromString("rwx------");

    /** From that level, or length of a path, on, what is there is renamed; and if that fails, from which level on it stays. */
    private static final int DEEP = 32;

    private static final int LONG = 2048;
    private static final int DEEPEST = 400;

    private final Path top;
    private @Nullable SecureDirectoryStream<Path> topDirectory;
    private final Deque<Path> movedUp = new ArrayDeque<>();
    private final String prefix = "deleted-" + UUID.randomUUID() + "-";
    private int moved;
    private int failures;
    private @Nullable FileSystemException failure;

    private TreeRemoval(Path top) {
        this.top = top;
    }

    /** Deletes a file, or a directory with all that is in it. */
    static void delete(Path root) throws IOException {
        if (!isDeleted(root)) {
            deleteContents(root);
            try {
                Files.delete(root);
            } catch (NoSuchFileException e) {
                return; // somebody was faster
            }
        }
    }

    /** Deletes all that is in a directory. */
    static void deleteContents(Path directory) throws IOException {
        Path top = directory.toAbsolutePath();
        TreeRemoval removal = new TreeRemoval(top);
        Path parent = top.getParent();
        try (DirectoryStream<Path> in = Files.newDirectoryStream(parent == null ? top : parent)) {
            if (parent != null && in instanceof SecureDirectoryStream<Path> secure) {
                removal.clearTop(secure);
            } else {
                removal.clear(top);
            }
        } catch (NoSuchFileException e) {
            return; // somebody was faster
        }
        removal.tell();
    }

    private void clearTop(SecureDirectoryStream<Path> parent) throws IOException {
        try (SecureDirectoryStream<Path> directory = open(parent, top)) {
            topDirectory = directory;
            clear(directory, top, 1);
            for (Path next = movedUp.poll(); next != null; next = movedUp.poll()) {
                delete(directory, next, 1);
            }
        }
    }

    private void clear(SecureDirectoryStream<Path> directory, Path place, int level) {
        for (Path child : children(directory, place)) {
            delete(directory, child, level);
        }
    }

    private List<Path> children(DirectoryStream<Path> directory, Path place) {
        List<Path> children = new ArrayList<>();
        try {
            directory.forEach(child -> children.add(place.resolve(child.getFileName())));
        } catch (DirectoryIteratorException e) {
            note(place, Objects.requireNonNullElseGet(e.getCause(), () -> new IOException(e)));
        }
        return children;
    }

    private void delete(SecureDirectoryStream<Path> in, Path place, int level) {
        try {
            if (isDeleted(in, place.getFileName())) {
                return;
            }
            try (SecureDirectoryStream<Path> directory = open(in, place)) {
                boolean deep = level >= DEEP || place.toString().length() > LONG;
                if (deep && isMovedUp(in, place.getFileName())) {
                    return;
                }
                if (level >= DEEPEST) {
                    throw new FileSystemException(place.toString(), null, "lies too deep, and cannot be renamed");
                }
                clear(directory, place, level + 1);
            }
            if (!isDeleted(in, place.getFileName()) && failures == 0) {
                throw new DirectoryNotEmptyException(place.toString()); // else it was said what is in it
            }
        } catch (NoSuchFileException e) {
            return; // somebody was faster
        } catch (IOException e) {
            note(place, e);
        }
    }

    /** Deletes a file or an empty directory, which most are; false where there is something in it. */
    private static boolean isDeleted(SecureDirectoryStream<Path> in, Path name) throws IOException {
        try {
            in.deleteFile(name);
            return true;
        } catch (NoSuchFileException e) {
            return true;
        } catch (IOException e) {
            if (!isDirectory(in, name)) {
                throw e;
            }
        }
        try {
            in.deleteDirectory(name);
            return true;
        } catch (DirectoryNotEmptyException e) {
            return false;
        }
    }

    private static boolean isDirectory(SecureDirectoryStream<Path> in, Path name) throws IOException {
        return in.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes()
                .isDirectory();
    }

    /** Opens a directory, such that its owner can delete what is in it, whatever its mode was. */
    private static SecureDirectoryStream<Path> open(SecureDirectoryStream<Path> in, Path place) throws IOException {
        SecureDirectoryStream<Path> directory;
        try {
            directory = in.newDirectoryStream(place.getFileName(), LinkOption.NOFOLLOW_LINKS);
        } catch (AccessDeniedException e) {
            if (!isDirectory(in, place.getFileName())) {
                throw e;
            }
            // by its path, since what cannot be opened has no descriptor; root, whom links of others could lead astray,
            // opens all
            Files.setPosixFilePermissions(place, OPEN_TO_OWNER);
            directory = in.newDirectoryStream(place.getFileName(), LinkOption.NOFOLLOW_LINKS);
        }
        try {
            PosixFileAttributeView view = directory.getFileAttributeView(PosixFileAttributeView.class);
            if (view != null && !view.readAttributes().permissions().containsAll(OPEN_TO_OWNER)) {
                view.setPermissions(OPEN_TO_OWNER);
            }
        } catch (IOException e) {
            return directory; // not ours: what cannot be deleted in it is told
        }
        return directory;
    }

    private boolean isMovedUp(SecureDirectoryStream<Path> in, Path name) {
        Path place = top.resolve(prefix + moved++);
        SecureDirectoryStream<Path> target = topDirectory;
        if (target == null || in == target) {
            return false;
        }
        try {
            in.move(name, target, place.getFileName());
        } catch (IOException e) {
            return false; // overlayfs renames no directory that comes from below: there it is deleted where it is
        }
        movedUp.add(place);
        return true;
    }

    /** The same by paths. */
    private void clear(Path directory) throws IOException {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")
                && !Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS)
                        .containsAll(OPEN_TO_OWNER)) {
            Files.setPosixFilePermissions(directory, OPEN_TO_OWNER);
        }
        List<Path> children;
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory)) {
            children = children(found, directory);
        }
        children.forEach(this::deleteByPath);
    }

    private void deleteByPath(Path path) {
        try {
            if (!isDeleted(path)) {
                clear(path);
                Files.delete(path);
            }
        } catch (NoSuchFileException e) {
            return; // somebody was faster
        } catch (DirectoryNotEmptyException e) {
            if (failures == 0) {
                note(path, e);
            } // else it was said what is in it
        } catch (IOException e) {
            note(path, e);
        }
    }

    private static boolean isDeleted(Path path) throws IOException {
        try {
            Files.delete(path);
            return true;
        } catch (NoSuchFileException e) {
            return true;
        } catch (DirectoryNotEmptyException e) {
            return false;
        }
    }

    private void note(Path place, IOException e) {
        failures++;
        if (failure == null) {
            String known = e instanceof FileSystemException failed ? failed.getReason() : e.getMessage();
            String reason = known == null ? e.getClass().getSimpleName() : known;
            failure = new FileSystemException(place.toString(), null, reason);
            failure.initCause(e);
        }
    }

    private void tell() throws IOException {
        if (failure != null && failures > 1) {
            FileSystemException all = new FileSystemException(
                    failure.getFile(), null, failure.getReason() + "; it and " + (failures - 1) + " more stay");
            all.initCause(failure.getCause());
            throw all;
        }
        if (failure != null) {
            throw failure;
        }
    }
}
