package io.layerfs.contract;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** One thing that is done to a file tree. Paths are relative to its root. */
sealed interface Step {

    /** Does it, and answers what came of it, if anything. */
    Object run(Tree tree) throws IOException;

    /** Creates a file that must not be there. */
    record CreateFile(String path) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            return tree.relative(Files.createFile(tree.path(path)));
        }
    }

    /** Opens a file with options, writes bytes at a position, closes it. */
    record Write(String path, long position, int length, Set<StandardOpenOption> options) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            try (FileChannel channel = FileChannel.open(tree.path(path), options)) {
                int written = channel.write(Tree.bytes(length), position);
                return written + " of " + channel.size();
            }
        }
    }

    /** Reads all of a file. */
    record Read(String path) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            return TreeText.hash(Files.readAllBytes(tree.path(path)));
        }
    }

    /** Cuts a file. */
    record Truncate(String path, long size) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            try (FileChannel channel = FileChannel.open(tree.path(path), StandardOpenOption.WRITE)) {
                channel.truncate(size);
                return channel.size();
            }
        }
    }

    /** Opens a file, and leaves it open under a number. */
    record Open(int handle, String path, Set<StandardOpenOption> options) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            tree.open(handle, FileChannel.open(tree.path(path), options));
            return "";
        }
    }

    /** Writes to an open file where it stands. */
    record HandleWrite(int handle, int length) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            FileChannel channel = tree.handle(handle);
            return channel.write(Tree.bytes(length)) + " at " + channel.position() + " of " + channel.size();
        }
    }

    /** Reads from an open file. */
    record HandleRead(int handle, long position, int length) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            ByteBuffer target = ByteBuffer.allocate(length);
            int n = tree.handle(handle).read(target, position);
            return n + " " + TreeText.hash(target.array());
        }
    }

    /** Cuts an open file. */
    record HandleTruncate(int handle, long size) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            return tree.handle(handle).truncate(size).position();
        }
    }

    /** Closes an open file. */
    record Close(int handle) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            tree.close(handle);
            return "";
        }
    }

    /** Creates a directory. */
    record CreateDirectory(String path) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            return tree.relative(Files.createDirectory(tree.path(path)));
        }
    }

    /** Creates a directory and those above it. */
    record CreateDirectories(String path) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            return tree.relative(Files.createDirectories(tree.path(path)));
        }
    }

    /** Creates a symbolic link. */
    record Symlink(String path, String target) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            Path link = tree.path(path);
            return tree.relative(
                    Files.createSymbolicLink(link, link.getFileSystem().getPath(target)));
        }
    }

    /** Gives a file a further name. */
    record Link(String path, String existing) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            return tree.relative(Files.createLink(tree.path(path), tree.path(existing)));
        }
    }

    /** Deletes a file or an empty directory. */
    record Delete(String path) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            Files.delete(tree.path(path));
            return "";
        }
    }

    /** Moves. */
    record Move(String source, String target, List<CopyOption> options) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            return tree.relative(Files.move(tree.path(source), tree.path(target), options.toArray(new CopyOption[0])));
        }
    }

    /** Copies. */
    record Copy(String source, String target, List<CopyOption> options) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            return tree.relative(Files.copy(tree.path(source), tree.path(target), options.toArray(new CopyOption[0])));
        }
    }

    /** Sets permissions, in the form {@code rwxr-x---}. */
    record SetPermissions(String path, String permissions) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            Files.setPosixFilePermissions(tree.path(path), PosixFilePermissions.fromString(permissions));
            return "";
        }
    }

    /** Sets the mode, setuid and the like included. */
    record SetMode(String path, int mode) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            Files.setAttribute(tree.path(path), "unix:mode", mode);
            return "";
        }
    }

    /** Sets the owner and the group, of a link itself; needs root. */
    record SetOwner(String path, int uid, int gid) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            Files.setAttribute(tree.path(path), "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(tree.path(path), "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
            return "";
        }
    }

    /** Sets the time of modification, in seconds since 1970. */
    record SetTime(String path, long seconds) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            BasicFileAttributeView view = Files.getFileAttributeView(tree.path(path), BasicFileAttributeView.class);
            view.setTimes(FileTime.fromMillis(seconds * 1000), null, null);
            return "";
        }
    }

    /** Sets an extended attribute of the user. */
    record SetXattr(String path, String name, int length) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            return view(tree, path).write(name, Tree.bytes(length));
        }

        private static UserDefinedFileAttributeView view(Tree tree, String path) {
            return Files.getFileAttributeView(tree.path(path), UserDefinedFileAttributeView.class);
        }
    }

    /** Removes an extended attribute of the user. */
    record RemoveXattr(String path, String name) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            SetXattr.view(tree, path).delete(name);
            return "";
        }
    }

    /** Lists a directory. */
    record ListDirectory(String path) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            Set<String> names = new TreeSet<>();
            int count = 0;
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(tree.path(path))) {
                for (Path entry : entries) {
                    names.add(entry.getFileName().toString());
                    count++;
                }
            }
            return count + " " + names;
        }
    }

    /** Reads where a symbolic link leads. */
    record ReadLink(String path) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            return Files.readSymbolicLink(tree.path(path)).toString();
        }
    }

    /** Reads attributes. */
    record Stat(String path, boolean follow) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            LinkOption[] options = follow ? new LinkOption[0] : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
            PosixFileAttributes a = Files.readAttributes(tree.path(path), PosixFileAttributes.class, options);
            boolean file = a.isRegularFile();
            Object links = file ? Files.getAttribute(tree.path(path), "unix:nlink", options) : "";
            return Map.of(
                    "directory", a.isDirectory(),
                    "link", a.isSymbolicLink(),
                    "permissions", PosixFilePermissions.toString(a.permissions()),
                    "size", file ? a.size() : 0,
                    "links", links);
        }
    }

    /** Asks whether two paths are one file. */
    record SameFile(String one, String other) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            return Files.isSameFile(tree.path(one), tree.path(other));
        }
    }

    /** Finds the real path. */
    record RealPath(String path) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            return tree.relative(tree.path(path).toRealPath());
        }
    }

    /** Asks whether something is there. */
    record Access(String path) implements Step {
        @Override
        public Object run(Tree tree) throws IOException {
            Path file = tree.path(path);
            file.getFileSystem().provider().checkAccess(file, AccessMode.READ);
            return "";
        }
    }
}
