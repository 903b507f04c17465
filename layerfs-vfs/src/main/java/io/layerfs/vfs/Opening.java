package io.layerfs.vfs;

import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.View;
import io.layerfs.WritableView;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.attribute.FileAttribute;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Opens files, and makes them where that is asked, as open(2) does. */
final class Opening {

    private final LayerFileSystem fileSystem;
    private final long from;
    private final NioPath path;
    private final OpenMode mode;

    /** An opening of a path that starts in the directory {@code from}. */
    Opening(LayerFileSystem fileSystem, long from, NioPath path, OpenMode mode) {
        this.fileSystem = fileSystem;
        this.from = from;
        this.path = path;
        this.mode = mode;
    }

    OpenedFile open(FileAttribute<?>... attributes) throws IOException {
        try {
            return openAny(attributes);
        } catch (FileSystemException e) {
            // what the default provider makes of O_NOFOLLOW, wherever on the way the links are too many
            throw !mode.follow() && PathWalk.isTooManyLinks(e) ? noFollow() : e;
        }
    }

    private IOException noFollow() {
        // no FileSystemException, since the default provider's is none
        return new IOException(path + ": Too many levels of symbolic links (NOFOLLOW_LINKS specified)");
    }

    private OpenedFile openAny(FileAttribute<?>... attributes) throws IOException {
        WritableView view = fileSystem.writableOrNull();
        if (view == null) {
            if (mode.writes() || mode.deletes()) {
                throw new ReadOnlyFileSystemException();
            }
            return openToRead(fileSystem.walk().found(from, path, mode.follow()));
        }
        InitialMode initial = InitialMode.ofFile(attributes);
        OpenedFile opened;
        do {
            opened = tryOpen(view, initial);
        } while (opened == null);
        return opened;
    }

    /** Null where somebody made or removed the file in this very moment, so that it is to be looked at again. */
    private @Nullable OpenedFile tryOpen(WritableView view, InitialMode initial) throws IOException {
        if (mode.createsNew() && path.endsInDot()) {
            // the default provider's own check, which comes before all else
            throw new FileAlreadyExistsException(path.toString());
        }
        PathWalk walk = fileSystem.walk();
        WritableView.Place place = walk.place(from, path, mode.follow() && !mode.createsNew());
        boolean there = place.inode() != View.ABSENT;
        if (there && mode.createsNew()) {
            throw new FileAlreadyExistsException(path.toString());
        }
        if (!there) {
            if (!mode.creates() && !mode.createsNew()) {
                throw PathWalk.absent(place, path);
            }
            place = create(view, place, initial);
            if (place == null) {
                return null;
            }
            if (initial.special() != null) {
                return special(place.inode());
            }
        }
        OpenedFile opened = openThere(view, place, there ? walk.view() : view.present());
        return opened == null ? null : finish(view, opened, there);
    }

    private WritableView.@Nullable Place create(WritableView view, WritableView.Place place, InitialMode initial)
            throws IOException {
        try {
            long inode = Failures.at(path, null, () -> make(view, place, initial));
            return new WritableView.Place(place.directory(), place.name(), inode);
        } catch (FileAlreadyExistsException e) {
            if (mode.createsNew()) {
                throw e;
            }
            return null;
        }
    }

    private static long make(WritableView view, WritableView.Place place, InitialMode initial) throws IOException {
        FileType special = initial.special();
        Name name = Objects.requireNonNull(place.name());
        if (special == null) {
            return view.createFile(place.directory(), name, initial.mode());
        }
        int major = special.isDevice() ? DeviceNumber.major(initial.device()) : 0;
        int minor = special.isDevice() ? DeviceNumber.minor(initial.device()) : 0;
        return view.createSpecial(place.directory(), name, special, initial.mode(), major, minor);
    }

    /** What follows when a file is open. */
    private OpenedFile finish(WritableView view, OpenedFile opened, boolean there) throws IOException {
        try {
            if (there && mode.truncates()) {
                opened.truncate(0);
            }
            if (mode.deletes()) {
                delete(view);
            }
            return opened;
        } catch (IOException | RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    private @Nullable OpenedFile openThere(WritableView view, WritableView.Place place, View seen) throws IOException {
        try {
            if (seen.type(place.inode()) == FileType.REGULAR) {
                return OpenedFile.of(path, place.inode(), view.open(place));
            }
            OpenedFile opened = openToRead(new Found(seen, place.inode()));
            if (mode.writes()) {
                throw new FileSystemException(path.toString(), null, "Is a directory");
            }
            return opened;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /**
     * As the default provider does it on Linux: at once, for an open file needs no name; whatever has the name by then; and
     * that it cannot be is no failure.
     */
    private void delete(WritableView view) {
        try {
            WritableView.Place place = fileSystem.walk().place(from, path, false);
            Name name = place.name();
            if (place.inode() != View.ABSENT && name != null) {
                view.unlink(place.directory(), name);
            }
        } catch (IOException e) {
            return;
        }
    }

    private OpenedFile openToRead(Found found) throws IOException {
        return switch (found.type()) {
            case REGULAR -> OpenedFile.of(path, found.inode(), found.view().content(found.inode()));
            case DIRECTORY ->
                OpenedFile.ofDirectory(path, found.inode(), found.stat().size());
            case SYMLINK -> throw noFollow();
            default -> throw new FileSystemException(path.toString(), null, "No such device or address");
        };
    }

    /** A special file that was just made: it has no bytes. */
    private OpenedFile special(long inode) {
        return OpenedFile.ofDirectory(path, inode, 0);
    }
}
