package io.layerfs.vfs;

import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.View;
import io.layerfs.WritableView;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.FileAttribute;

/** Makes, links, removes and renames, by path: each is one operation of the view, which decides. */
final class Changes {

    private final LayerFileSystem fileSystem;

    Changes(LayerFileSystem fileSystem) {
        this.fileSystem = fileSystem;
    }

    /** Where something new is to be; refuses where something is already, as mkdir(2) does before all else. */
    private WritableView.Place free(NioPath path) throws IOException {
        WritableView.Place place = fileSystem.walk().place(fileSystem.view().root(), path, false);
        if (place.inode() != View.ABSENT) {
            throw new FileAlreadyExistsException(path.toString());
        }
        return place;
    }

    private static Name name(WritableView.Place place, NioPath path) throws FileSystemException {
        Name name = place.name();
        if (name == null) {
            throw Failures.busy(path, null);
        }
        return name;
    }

    void createDirectory(NioPath path, FileAttribute<?>... attributes) throws IOException {
        InitialMode mode = InitialMode.ofDirectory(attributes);
        WritableView.Place place = free(path);
        WritableView view = fileSystem.writable();
        Name name = name(place, path);
        Failures.at(path, null, () -> view.createDirectory(place.directory(), name, mode.mode()));
    }

    void createSymbolicLink(NioPath path, NioPath target, FileAttribute<?>... attributes) throws IOException {
        if (attributes.length > 0) {
            InitialMode.ofFile(attributes);
            throw new UnsupportedOperationException(
                    "Initial file attributes not supported when creating symbolic link");
        }
        WritableView view = fileSystem.writable();
        String text = target.toString();
        if (text.isEmpty()) {
            throw new NoSuchFileException(path.toString());
        }
        WritableView.Place place = free(path);
        Name name = name(place, path);
        Failures.at(path, null, () -> view.createSymlink(place.directory(), name, text));
    }

    void createLink(NioPath link, NioPath existing) throws IOException {
        WritableView view = fileSystem.writable();
        Found.Search<WritableView.Place> search = () -> fileSystem.walk().presentPlace(view.root(), existing, false);
        Failures.at(
                link,
                existing,
                () -> Found.change(search, file -> {
                    WritableView.Place place = free(link);
                    view.link(file, place.directory(), name(place, link));
                    return 0;
                }));
    }

    /** A file or an empty directory. */
    void delete(NioPath path) throws IOException {
        WritableView view = fileSystem.writable();
        PathWalk walk = fileSystem.walk();
        WritableView.Place place = walk.presentPlace(view.root(), path, false);
        if (walk.view().type(place.inode()) == FileType.DIRECTORY) {
            deleteDirectory(path, place);
        } else {
            deleteFile(path, place);
        }
    }

    void deleteFile(NioPath path, WritableView.Place place) throws IOException {
        WritableView view = fileSystem.writable();
        if (place.name() == null) {
            throw new FileSystemException(path.toString(), null, "Is a directory");
        }
        Name name = name(place, path);
        Failures.at(path, null, () -> {
            view.unlink(place.directory(), name);
            return 0;
        });
    }

    void deleteDirectory(NioPath path, WritableView.Place place) throws IOException {
        WritableView view = fileSystem.writable();
        Name[] names = path.names();
        if (place.name() == null && names.length > 0) {
            if (names[names.length - 1].length() == 2) {
                throw new DirectoryNotEmptyException(path.toString());
            }
            throw new FileSystemException(path.toString(), null, "Invalid argument");
        }
        Name name = name(place, path);
        Failures.at(path, null, () -> {
            view.removeDirectory(place.directory(), name);
            return 0;
        });
    }

    /** Renames in one step, and replaces what is there, as rename(2) does. */
    void rename(NioPath source, NioPath target) throws IOException {
        WritableView view = fileSystem.writable();
        Failures.at(source, target, () -> {
            rename(view.root(), view.root(), source, target);
            return 0;
        });
    }

    /** As rename(2): both places are found, and must have names, before it is looked whether anything is at the first. */
    private void rename(long fromDirectory, long toDirectory, NioPath source, NioPath target) throws IOException {
        WritableView.Place from = fileSystem.walk().place(fromDirectory, source, false);
        WritableView.Place to = fileSystem.walk().place(toDirectory, target, false);
        Name oldName = from.name();
        Name newName = to.name();
        if (oldName == null || newName == null) {
            throw Failures.busy(source, target);
        }
        if (from.inode() == View.ABSENT) {
            throw PathWalk.absent(from, source);
        }
        try {
            fileSystem.writable().rename(from.directory(), oldName, to.directory(), newName, true);
        } catch (DirectoryNotEmptyException e) {
            throw new FileSystemException(null, null, "Directory not empty");
        }
    }

    /** The same between directories that are known already. */
    void rename(long fromDirectory, NioPath source, long toDirectory, NioPath target) throws IOException {
        Failures.at(source, target, () -> {
            rename(fromDirectory, toDirectory, source, target);
            return 0;
        });
    }
}
