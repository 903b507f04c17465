package io.layerfs.vfs;

import io.layerfs.FileType;
import io.layerfs.WritableView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.LinkOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Attribute views of one path; each call finds the file afresh. */
final class AttributeViews {

    private AttributeViews() {}

    /** Finds the file that a view is about. */
    interface Target {
        /** To be looked at. */
        Found find() throws IOException;

        /** To be changed. */
        WritableView.Place place() throws IOException;

        /** What is refused even where nothing is to be changed: by a path, nothing, as with the default provider. */
        default void checkNothing() throws IOException {}
    }

    /** What a path that starts in {@code directory} leads to. */
    record Walked(LayerFileSystem fileSystem, long directory, NioPath path, boolean follow) implements Target {
        @Override
        public Found find() throws IOException {
            return fileSystem.walk().found(directory, path, follow);
        }

        @Override
        public WritableView.Place place() throws IOException {
            return fileSystem.walk().presentPlace(directory, path, follow);
        }
    }

    static Target target(LayerFileSystem fileSystem, NioPath path, LinkOption... options) {
        return new Walked(fileSystem, fileSystem.view().root(), path, LinkOptions.follow(options));
    }

    static @Nullable FileAttributeView of(
            Class<? extends FileAttributeView> type, LayerFileSystem fileSystem, NioPath path, Target target) {
        if (type == BasicFileAttributeView.class) {
            return new Basic(fileSystem, path, target);
        }
        if (type == PosixFileAttributeView.class) {
            return new Posix(new Basic(fileSystem, path, target));
        }
        if (type == FileOwnerAttributeView.class) {
            return new Owner(new Posix(new Basic(fileSystem, path, target)));
        }
        return type == UserDefinedFileAttributeView.class
                ? new User(new ExtendedAttributes(fileSystem, path, target, ExtendedAttributes.USER))
                : null;
    }

    static boolean isSupported(Class<? extends FileAttributeView> type) {
        return type == BasicFileAttributeView.class
                || type == PosixFileAttributeView.class
                || type == FileOwnerAttributeView.class
                || type == UserDefinedFileAttributeView.class;
    }

    /** Sets attributes of the file that a view is about. */
    static void change(LayerFileSystem fileSystem, NioPath path, Target target, WritableView.AttributeChange change)
            throws IOException {
        WritableView view = fileSystem.writable();
        Failures.at(
                path,
                null,
                () -> Found.change(target::place, place -> {
                    if (change.mode() != null && view.type(place.inode()) == FileType.SYMLINK) {
                        throw PathWalk.tooManyLinks(path.toString());
                    }
                    view.setAttributes(place, change);
                    return 0;
                }));
    }

    record Basic(LayerFileSystem fileSystem, NioPath path, Target target) implements BasicFileAttributeView {

        @Override
        public String name() {
            return "basic";
        }

        PosixStatAttributes stat() throws IOException {
            return NamedAttributes.stat(fileSystem, target.find());
        }

        @Override
        public BasicFileAttributes readAttributes() throws IOException {
            return new StatAttributes(target.find().stat(), fileSystem);
        }

        /** A file has no time of creation that could be set. */
        @Override
        public void setTimes(@Nullable FileTime modified, @Nullable FileTime accessed, @Nullable FileTime created)
                throws IOException {
            fileSystem.writable();
            if (modified != null || accessed != null) {
                change(WritableView.AttributeChange.ofTimes(instant(accessed), instant(modified)));
            } else {
                target.checkNothing();
            }
        }

        private static @Nullable Instant instant(@Nullable FileTime time) {
            return time == null ? null : time.toInstant();
        }

        void change(WritableView.AttributeChange change) throws IOException {
            AttributeViews.change(fileSystem, path, target, change);
        }
    }

    record Posix(Basic basic) implements PosixFileAttributeView {

        @Override
        public String name() {
            return "posix";
        }

        @Override
        public PosixFileAttributes readAttributes() throws IOException {
            return basic.stat();
        }

        @Override
        public UserPrincipal getOwner() throws IOException {
            return basic.stat().owner();
        }

        @Override
        public void setTimes(@Nullable FileTime modified, @Nullable FileTime accessed, @Nullable FileTime created)
                throws IOException {
            basic.setTimes(modified, accessed, created);
        }

        @Override
        public void setPermissions(Set<PosixFilePermission> permissions) throws IOException {
            basic.fileSystem.writable();
            basic.change(WritableView.AttributeChange.ofMode(InitialMode.mode(permissions)));
        }

        @Override
        public void setGroup(GroupPrincipal group) throws IOException {
            basic.fileSystem.writable();
            basic.change(WritableView.AttributeChange.ofOwner(null, NumericPrincipal.groupNumber(group)));
        }

        @Override
        public void setOwner(UserPrincipal owner) throws IOException {
            basic.fileSystem.writable();
            basic.change(WritableView.AttributeChange.ofOwner(NumericPrincipal.userNumber(owner), null));
        }
    }

    private record Owner(Posix posix) implements FileOwnerAttributeView {

        @Override
        public String name() {
            return "owner";
        }

        @Override
        public UserPrincipal getOwner() throws IOException {
            return posix.getOwner();
        }

        @Override
        public void setOwner(UserPrincipal owner) throws IOException {
            posix.setOwner(owner);
        }
    }

    private record User(ExtendedAttributes attributes) implements UserDefinedFileAttributeView {

        @Override
        public String name() {
            return "user";
        }

        @Override
        public List<String> list() throws IOException {
            return attributes.names();
        }

        @Override
        public int size(String name) throws IOException {
            return attributes.value("Unable to get size of", name).length;
        }

        @Override
        public int read(String name, ByteBuffer dst) throws IOException {
            if (dst.isReadOnly()) {
                throw new IllegalArgumentException("Read-only buffer");
            }
            byte[] value = attributes.value("Error reading", name);
            if (value.length > dst.remaining()) {
                throw attributes.failure("Error reading", name, "Insufficient space in buffer");
            }
            dst.put(value);
            return value.length;
        }

        @Override
        public int write(String name, ByteBuffer src) throws IOException {
            int count = src.remaining();
            attributes.set(name, src);
            return count;
        }

        @Override
        public void delete(String name) throws IOException {
            attributes.set(name, null);
        }
    }
}
