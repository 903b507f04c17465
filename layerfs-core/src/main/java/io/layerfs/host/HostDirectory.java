package io.layerfs.host;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.Entry;
import io.layerfs.Name;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A directory of the host as a changeset: everything in it, links not followed, other file systems entered.
 *
 * <p>Read when it is walked, each time afresh; it must not change meanwhile. Of extended attributes there are those of the
 * namespace {@code user}: the JDK shows no other. Names keep their bytes, whatever the locale.
 */
public final class HostDirectory implements Entry.Directory {

    private final Path path;
    private final HostFiles files;
    private final Attributes attributes;

    private HostDirectory(Path path, HostFiles files) throws IOException {
        this.path = path;
        this.files = files;
        this.attributes = files.attributes(path, true);
    }

    /** What {@code directory} holds, with the owners that it has. */
    public static Changeset read(Path directory) throws IOException {
        return read(directory, new HostFiles(null));
    }

    /** What {@code directory} holds, all of it belonging to one owner. */
    public static Changeset read(Path directory, int uid, int gid) throws IOException {
        return read(directory, new HostFiles(new int[] {uid, gid}));
    }

    private static Changeset read(Path directory, HostFiles files) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new NotDirectoryException(directory.toString());
        }
        return new Changeset(new HostDirectory(directory.toRealPath(), files));
    }

    @Override
    public Attributes attributes() {
        return attributes;
    }

    @Override
    public boolean opaque() {
        return false;
    }

    @Override
    public boolean implicit() {
        return false;
    }

    @Override
    public @Nullable Entry child(Name name) throws IOException {
        for (Iterator<Child> i = children(); i.hasNext(); ) {
            Child child = i.next();
            if (child.name().equals(name)) {
                return child.entry();
            }
        }
        return null;
    }

    @Override
    public Iterator<Child> children() throws IOException {
        List<Child> children = new ArrayList<>();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(path)) {
            for (Path below : paths) {
                children.add(new Child(HostFiles.name(below), entry(below)));
            }
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        children.sort((a, b) -> a.name().compareTo(b.name()));
        return children.iterator();
    }

    private Entry entry(Path below) throws IOException {
        return Files.isDirectory(below, java.nio.file.LinkOption.NOFOLLOW_LINKS)
                ? new HostDirectory(below, files)
                : files.file(below);
    }
}
