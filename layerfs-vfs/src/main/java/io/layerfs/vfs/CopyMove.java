package io.layerfs.vfs;

import io.layerfs.Content;
import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.Stat;
import io.layerfs.View;
import io.layerfs.WritableView;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Copies and moves between paths of this provider, within a file system and from one to another. What is refused, in which
 * order, is as the default provider has it.
 */
final class CopyMove {

    private static final int TRANSFER = 256 << 10;

    private final NioPath source;
    private final NioPath target;
    private final LayerFileSystem from;
    private final LayerFileSystem to;
    private boolean interruptible;

    CopyMove(NioPath source, NioPath target) {
        this.source = source;
        this.target = target;
        this.from = source.getFileSystem();
        this.to = target.getFileSystem();
    }

    /** Answers whether there is anything to do: not where both are one file. What is in the way is removed, or refused. */
    private boolean prepare(WritableView.Place file, boolean replace) throws IOException {
        WritableView.Place place = whatIsInTheWay();
        if (place == null) {
            return true;
        }
        if (from == to && place.inode() == file.inode()) {
            return false;
        }
        if (!replace) {
            throw new FileAlreadyExistsException(target.toString());
        }
        new Changes(to).delete(target);
        return true;
    }

    /** What the target is now; null where it cannot be found, whatever the reason: the operation itself will tell. */
    private WritableView.@Nullable Place whatIsInTheWay() {
        try {
            WritableView.Place place = to.walk().place(to.view().root(), target, false);
            return place.inode() == View.ABSENT ? null : place;
        } catch (IOException e) {
            return null;
        }
    }

    void copy(CopyOptions options) throws IOException {
        interruptible = options.interruptible();
        to.writable();
        PathWalk walk = from.walk();
        WritableView.Place file = walk.presentPlace(walk.view().root(), source, options.follow());
        Stat stat = walk.view().stat(file.inode());
        if (prepare(file, options.replace())) {
            copy(file, stat, options.attributes() ? walk.view().xattrs(file.inode()) : null);
        }
    }

    /** Copies what was found, with all its attributes where there are {@code xattrs}. */
    private void copy(WritableView.Place file, Stat stat, @Nullable Xattrs xattrs) throws IOException {
        WritableView view = to.writable();
        WritableView.Place place = to.walk().place(view.root(), target, false);
        Name name = Objects.requireNonNull(place.name());
        int mode = stat.mode() & ~InitialMode.UMASK;
        long directory = place.directory();
        long made = Failures.at(target, null, () -> switch (stat.type()) {
            // mkdir(2) takes no setuid and setgid bits
            case DIRECTORY -> view.createDirectory(directory, name, mode & 01777);
            case SYMLINK -> view.createSymlink(directory, name, from.view().readSymlink(file.inode()));
            case REGULAR -> view.createFile(directory, name, mode);
            default -> view.createSpecial(directory, name, stat.type(), mode, stat.major(), stat.minor());
        });
        WritableView.Place copy = new WritableView.Place(directory, name, made);
        try {
            if (stat.type() == FileType.REGULAR) {
                copyBytes(file, copy);
            }
            if (xattrs != null) {
                copyAttributes(stat, xattrs, copy);
            }
        } catch (IOException e) {
            removeUnfinished(copy, stat.type(), e);
            throw e;
        }
    }

    private void removeUnfinished(WritableView.Place copy, FileType type, IOException cause) {
        try {
            if (type != FileType.DIRECTORY) {
                to.writable().unlink(copy.directory(), Objects.requireNonNull(copy.name()));
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private void copyBytes(WritableView.Place file, WritableView.Place copy) throws IOException {
        try (OpenedFile in = openSource(file);
                WritableView.OpenFile out = to.writable().open(copy)) {
            Content content = in.content();
            ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(TRANSFER, Math.max(1, content.size())));
            long size = content.size();
            long end = 0;
            for (long at = content.nextData(0); at < size; at = content.nextData(end)) {
                long position = at;
                if (interruptible && Thread.currentThread().isInterrupted()) {
                    throw new FileSystemException(source.toString(), target.toString(), "Operation canceled");
                }
                buffer.clear().limit((int) Math.min(buffer.capacity(), content.dataEnd(at) - at));
                int count = content.read(at, buffer);
                if (count <= 0) {
                    break; // it became shorter meanwhile
                }
                end = at + count;
                buffer.flip();
                Failures.at(target, null, () -> out.write(position, buffer.duplicate()));
            }
            if (end < size) {
                Failures.at(target, null, () -> {
                    out.truncate(size);
                    return size;
                });
            }
        }
    }

    /** Opens the file that was found, or the one that has replaced it since. */
    private OpenedFile openSource(WritableView.Place file) throws IOException {
        WritableView view = from.writableOrNull();
        if (view == null) {
            return OpenedFile.of(source, file.inode(), from.view().content(file.inode()));
        }
        try {
            return OpenedFile.of(source, file.inode(), view.open(file));
        } catch (NoSuchFileException e) {
            return Found.change(
                    () -> from.walk().presentPlace(view.root(), source, true),
                    now -> OpenedFile.of(source, now.inode(), view.open(now)));
        }
    }

    /** Owner, permissions, extended attributes and, last, times; of a link, as the default provider has it, the owner alone. */
    private void copyAttributes(Stat stat, Xattrs xattrs, WritableView.Place copy) throws IOException {
        WritableView view = to.writable();
        Failures.at(target, null, () -> {
            view.setAttributes(copy, WritableView.AttributeChange.ofOwner(stat.uid(), stat.gid()));
            if (stat.type() == FileType.SYMLINK) {
                return 0;
            }
            for (String name : xattrs.names()) {
                view.setXattr(copy, name, Objects.requireNonNull(xattrs.get(name)));
            }
            Instant atime = Instant.ofEpochSecond(stat.atimeSeconds(), stat.atimeNanos());
            view.setAttributes(copy, new WritableView.AttributeChange(stat.mode(), null, null, atime, stat.mtime()));
            return 0;
        });
    }

    void move(CopyOptions options) throws IOException {
        to.writable();
        if (from != to) {
            moveBetween(options);
        } else if (options.atomic()) {
            new Changes(to).rename(source, target);
        } else {
            WritableView.Place file = from.walk().presentPlace(from.view().root(), source, false);
            if (prepareToMove(file, options.replace())) {
                new Changes(to).rename(source, target);
            }
        }
    }

    /** As {@link #prepare}, but what one step can replace is left for that step. */
    private boolean prepareToMove(WritableView.Place file, boolean replace) throws IOException {
        View view = to.view();
        WritableView.Place place = whatIsInTheWay();
        boolean inOneStep = replace
                && place != null
                && place.inode() != file.inode()
                && view.type(place.inode()) != FileType.DIRECTORY
                && view.type(file.inode()) != FileType.DIRECTORY;
        return inOneStep || prepare(file, replace);
    }

    private void moveBetween(CopyOptions options) throws IOException {
        from.writable();
        if (options.atomic()) {
            throw new AtomicMoveNotSupportedException(
                    source.toString(), target.toString(), "Invalid cross-device link");
        }
        PathWalk walk = from.walk();
        View view = walk.view();
        WritableView.Place file = walk.presentPlace(view.root(), source, false);
        Stat stat = view.stat(file.inode());
        if (stat.type() == FileType.DIRECTORY && view.list(file.inode()).hasNext()) {
            throw new DirectoryNotEmptyException(source.toString());
        }
        if (file.name() == null) {
            throw new FileSystemException(source.toString(), target.toString(), "Device or resource busy");
        }
        prepare(file, options.replace());
        copy(file, stat, view.xattrs(file.inode()));
        new Changes(from).delete(source);
    }
}
