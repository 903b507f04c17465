package io.layerfs.host;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.Name;
import java.io.IOException;
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
 * <p>Read when it is walked, each time afresh; it must not change meanwhile. Where it does, what is exchanged for something else is
 * an error, and no link that is put on the way is followed ({@link OpenDirectory}). Of extended attributes there are those of the
 * namespace {@code user}: the JDK shows no other. Names keep their bytes, whatever the locale.
 */
public final class HostDirectory implements Entry.Directory {

    private final Path path;
    private final HostFiles files;
    private final @Nullable Object key;
    private final Attributes attributes;

    private HostDirectory(Path path, HostStat stat, HostFiles files) throws IOException {
        this.path = path;
        this.files = files;
        this.key = stat.key();
        this.attributes = files.attributes(stat, HostFiles.xattrs(path));
    }

    /** What {@code directory} holds, with the owners that it has. */
    public static Changeset read(Path directory) throws IOException {
        return read(directory, new HostFiles(null, null));
    }

    /** What {@code directory} holds, all of it belonging to one owner. */
    public static Changeset read(Path directory, int uid, int gid) throws IOException {
        return read(directory, new HostFiles(new int[] {uid, gid}, null));
    }

    /**
     * What {@code directory} holds but for one directory.
     *
     * @param owner uid and gid of all; null for those that they have
     * @param without another directory, which may lie in it, by whatever path
     */
    public static Changeset readWithout(Path directory, int @Nullable [] owner, Path without) throws IOException {
        return read(directory, new HostFiles(owner, HostStat.of(without).key()));
    }

    private static Changeset read(Path directory, HostFiles files) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new NotDirectoryException(directory.toString());
        }
        Path real = directory.toRealPath();
        return new Changeset(new HostDirectory(real, HostStat.of(real), files));
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
        try (OpenDirectory directory = OpenDirectory.open(path, key)) {
            for (Path below : directory.children()) {
                HostStat stat = HostStat.of(below);
                directory.require(below, stat.key());
                if (!files.isLeftOut(stat)) {
                    children.add(new Child(HostPaths.name(below), entry(directory, below, stat)));
                }
            }
        }
        children.sort((a, b) -> a.name().compareTo(b.name()));
        return children.iterator();
    }

    private Entry entry(OpenDirectory directory, Path below, HostStat stat) throws IOException {
        return stat.type() == FileType.DIRECTORY
                ? new HostDirectory(below, stat, files)
                : files.file(directory, key, below, stat);
    }
}
