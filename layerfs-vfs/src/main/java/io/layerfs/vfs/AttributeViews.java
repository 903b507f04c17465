package io.layerfs.vfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.LinkOption;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Attribute views of one path; each call finds the file afresh. */
final class AttributeViews {

    private AttributeViews() {}

    /** Finds the inode that a view is about. */
    interface Target {
        long inode() throws IOException;
    }

    static @Nullable FileAttributeView of(
            Class<? extends FileAttributeView> type, LayerFileSystem fileSystem, String path, Target target) {
        if (type == BasicFileAttributeView.class) {
            return new Posix("basic", fileSystem, target);
        }
        if (type == PosixFileAttributeView.class) {
            return new Posix("posix", fileSystem, target);
        }
        if (type == FileOwnerAttributeView.class) {
            return new Posix("owner", fileSystem, target);
        }
        return type == UserDefinedFileAttributeView.class ? new User(fileSystem, path, target) : null;
    }

    static boolean isSupported(Class<? extends FileAttributeView> type) {
        return type == BasicFileAttributeView.class
                || type == PosixFileAttributeView.class
                || type == FileOwnerAttributeView.class
                || type == UserDefinedFileAttributeView.class;
    }

    static Target target(LayerFileSystem fileSystem, NioPath path, LinkOption... options) {
        boolean follow = LinkOptions.follow(options);
        return () -> fileSystem.walk().inode(path, follow);
    }

    private record Posix(String name, LayerFileSystem fileSystem, Target target) implements PosixFileAttributeView {

        @Override
        public StatAttributes readAttributes() throws IOException {
            return NamedAttributes.stat(fileSystem, target.inode());
        }

        @Override
        public UserPrincipal getOwner() throws IOException {
            return readAttributes().owner();
        }

        @Override
        public void setTimes(@Nullable FileTime modified, @Nullable FileTime accessed, @Nullable FileTime created) {
            throw new ReadOnlyFileSystemException();
        }

        @Override
        public void setPermissions(Set<PosixFilePermission> permissions) {
            throw new ReadOnlyFileSystemException();
        }

        @Override
        public void setGroup(GroupPrincipal group) {
            throw new ReadOnlyFileSystemException();
        }

        @Override
        public void setOwner(UserPrincipal owner) {
            throw new ReadOnlyFileSystemException();
        }
    }

    private record User(LayerFileSystem fileSystem, String path, Target target)
            implements UserDefinedFileAttributeView {

        @Override
        public String name() {
            return "user";
        }

        @Override
        public List<String> list() throws IOException {
            return fileSystem.view().xattrs(target.inode()).names().stream()
                    .filter(name -> name.startsWith("user."))
                    .map(name -> name.substring("user.".length()))
                    .toList();
        }

        private ByteBuffer value(String name) throws IOException {
            return ByteBuffer.wrap(
                    NamedAttributes.xattr(fileSystem.view().xattrs(target.inode()), path, "user." + name));
        }

        @Override
        public int size(String name) throws IOException {
            return value(name).remaining();
        }

        @Override
        public int read(String name, ByteBuffer dst) throws IOException {
            if (dst.isReadOnly()) {
                throw new IllegalArgumentException("Read-only buffer");
            }
            ByteBuffer value = value(name);
            int size = value.remaining();
            if (size > dst.remaining()) {
                throw new java.nio.file.FileSystemException(
                        path,
                        null,
                        "Unable to read extended attribute 'user." + name + "': Numerical result out of range");
            }
            dst.put(value);
            return size;
        }

        @Override
        public int write(String name, ByteBuffer src) {
            throw new ReadOnlyFileSystemException();
        }

        @Override
        public void delete(String name) {
            throw new ReadOnlyFileSystemException();
        }
    }
}
