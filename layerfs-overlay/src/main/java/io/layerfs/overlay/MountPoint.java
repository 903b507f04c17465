package io.layerfs.overlay;

import io.layerfs.overlay.linux.Fd;
import io.layerfs.overlay.linux.Mounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Where a mount is seen. What it takes to find it again, should this process die, is written down first: the directory of the
 * mount's area holds the default place, and a note of any other.
 */
final class MountPoint {

    private static final String ROOT = "root";
    private static final String NOTE = "attached";

    private MountPoint() {}

    /** Puts what is to be seen at a directory. */
    interface Mounting {
        void at(Fd directory) throws IOException;
    }

    /** Has {@code mounting} done in {@code area}, to be seen in this mount namespace alone; answers where. */
    static Path in(Path area, Mounting mounting) throws IOException {
        if (MountTable.isShared(area)) {
            // else it would be mounted in every namespace that has a copy of the mount of the store
            try (Fd directory = Fd.directory(area);
                    Fd bound = Mounts.bind(directory)) {
                Mounts.attach(bound, directory);
                Mounts.makePrivate(bound); // what is attached below one that is shared is shared at first
            }
        }
        Path root = Files.createDirectory(area.resolve(ROOT));
        try (Fd target = Fd.directory(root)) {
            mounting.at(target);
        }
        return root;
    }

    /** Has it done at {@code target}, a directory that was reached without a link. */
    static Path at(Path target, Path area, Mounting mounting) throws IOException {
        Path real = target.toRealPath();
        if (!real.equals(target.toAbsolutePath().normalize())) {
            throw new FileSystemException(target.toString(), null, "a symbolic link leads to the mount point");
        }
        try (Fd directory = Fd.directory(real)) {
            Files.write(area.resolve(NOTE), real.toString().getBytes(StandardCharsets.UTF_8));
            mounting.at(directory);
        }
        try (Fd mounted = Fd.directory(real)) {
            Files.write(area.resolve(NOTE), (device(mounted) + " " + real).getBytes(StandardCharsets.UTF_8));
        }
        return real;
    }

    private static String device(Fd mount) throws IOException {
        long device = mount.stat("").device();
        return (device >>> 32) + ":" + (device & 0xffffffffL);
    }

    /** Takes away what is mounted at a place and in an area; fails where it is in use, unless {@code lazily}. */
    static void detach(Path root, Path area, boolean lazily) throws IOException {
        List<Path> points = new ArrayList<>(List.of(root));
        if (MountTable.read().stream()
                .anyMatch(mounted -> Path.of(mounted.point()).equals(area))) {
            points.add(area);
        }
        for (Path point : points) {
            if (lazily) {
                Mounts.detach(point);
            } else {
                Mounts.unmount(point);
            }
        }
    }

    /** Takes away what a dead process left mounted, and nothing else: in its area, and at the place that it noted. */
    static void clean(Path area) throws IOException {
        String noted = note(area);
        List<MountTable.Mounted> mounts = new ArrayList<>(MountTable.read());
        Collections.reverse(mounts); // the last first: what lies in another
        for (MountTable.Mounted mounted : mounts) {
            Path point = Path.of(mounted.point());
            if (point.startsWith(area) || (mounted.device() + " " + mounted.point()).equals(noted)) {
                Mounts.detach(point);
            }
        }
    }

    private static String note(Path area) throws IOException {
        try {
            return Files.readString(area.resolve(NOTE));
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}
