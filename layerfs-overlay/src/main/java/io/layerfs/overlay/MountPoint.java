package io.layerfs.overlay;

import io.layerfs.overlay.linux.Fd;
import io.layerfs.overlay.linux.Mounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a mount is seen. What it takes to find it again, should this process die, is written down first: the directory of the
 * mount's area holds the default place, and a note of any other.
 */
final class MountPoint {

    /** The default place, in the mount's area. */
    static final String ROOT = "root";

    private static final String NOTE = "attached";

    private final Path root;
    /** What is mounted, the outermost first. */
    private final List<Path> mounted;
    /** The directory of others that it is mounted on; null where it is in the area. */
    private final @Nullable Fd covered;

    private MountPoint(Path root, List<Path> mounted, @Nullable Fd covered) {
        this.root = root;
        this.mounted = mounted;
        this.covered = covered;
    }

    /** Puts what is to be seen at a directory. */
    interface Mounting {
        void at(Fd directory) throws IOException;
    }

    /** Has {@code mounting} done in {@code area}, to be seen in this mount namespace alone. */
    static MountPoint in(Path area, Mounting mounting) throws IOException {
        List<Path> mounted = new ArrayList<>();
        if (MountTable.isShared(area)) {
            // else it would be mounted in every namespace that has a copy of the mount of the store
            try (Fd directory = Fd.directory(area);
                    Fd bound = Mounts.bind(directory)) {
                Mounts.attach(bound, directory);
                mounted.add(area);
                Mounts.makePrivate(bound); // what is attached below one that is shared is shared at first
            }
        }
        Path root = Files.createDirectory(area.resolve(ROOT));
        try (Fd target = Fd.directory(root)) {
            mounting.at(target);
        }
        mounted.add(root);
        return new MountPoint(root, mounted, null);
    }

    /**
     * Has it done, and shown at {@code target}, a directory that was reached without a link. Others may be able to exchange what
     * is on its path: so the directory is opened once, and is what is mounted on, and what the mount is taken away from. At every
     * moment what is mounted is in the area, or was noted before.
     */
    static MountPoint at(Path target, Path area, Mounting mounting) throws IOException {
        return at(target, area, mounting, Mounts::attach);
    }

    /** Shows a mount at a directory: {@link Mounts#attach}. */
    interface Showing {
        void at(Fd mount, Fd directory) throws IOException;
    }

    static MountPoint at(Path target, Path area, Mounting mounting, Showing showing) throws IOException {
        Path real = target.toRealPath();
        if (!real.equals(target.toAbsolutePath().normalize())) {
            throw new FileSystemException(target.toString(), null, "a symbolic link leads to the mount point");
        }
        Fd directory = Fd.withoutLinks(real);
        try {
            MountPoint made = in(area, mounting);
            try (Fd root = Fd.directory(made.root);
                    Fd mount = Mounts.bind(root)) {
                Files.write(area.resolve(NOTE), note(mount, real).getBytes(StandardCharsets.UTF_8));
                showing.at(mount, directory);
            } finally {
                made.detach(true);
            }
            requireSeen(real, directory);
            return new MountPoint(real, List.of(), directory);
        } catch (IOException | RuntimeException | Error e) {
            directory.close();
            throw e;
        }
    }

    private static void requireSeen(Path root, Fd directory) throws IOException {
        try (Fd seen = Fd.withoutLinks(root)) {
            if (seen.mount().equals(directory.mount())) {
                throw new FileSystemException(
                        root.toString(), null, "the mount point was moved away while something was mounted there");
            }
        } catch (IOException | RuntimeException | Error e) {
            Mounts.uncover(directory, true);
            throw e;
        }
    }

    /** How a mount is known again: by its file system, and its place. */
    private static String note(Fd mount, Path place) throws IOException {
        long device = mount.stat("").device();
        return (device >>> 32) + ":" + (device & 0xffffffffL) + " " + place;
    }

    /** Where it is seen. */
    Path root() {
        return root;
    }

    /** Takes it away; fails where it is in use, unless {@code lazily}. */
    void detach(boolean lazily) throws IOException {
        if (covered != null) {
            Mounts.uncover(covered, lazily);
            covered.close();
        }
        for (int i = mounted.size() - 1; i >= 0; i--) {
            if (lazily) {
                Mounts.detach(mounted.get(i));
            } else {
                Mounts.unmount(mounted.get(i));
            }
        }
    }

    /** Takes away what a dead process left mounted, and nothing else: in its areas, and at the places that it noted. */
    static void clean(Path areas) throws IOException {
        Set<String> noted = notes(areas);
        List<MountTable.Mounted> mounts = new ArrayList<>(MountTable.read());
        Collections.reverse(mounts); // the last first: what lies in another
        for (MountTable.Mounted mounted : mounts) {
            Path point = Path.of(mounted.point());
            if (point.startsWith(areas) || noted.contains(mounted.device() + " " + mounted.point())) {
                Mounts.detach(point);
            }
        }
    }

    private static Set<String> notes(Path areas) throws IOException {
        Set<String> notes = new HashSet<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(areas, Files::isDirectory)) {
            for (Path area : all) {
                Path note = area.resolve(NOTE);
                if (Files.exists(note)) {
                    notes.add(Files.readString(note));
                }
            }
        }
        return notes;
    }
}
