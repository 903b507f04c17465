package io.layerfs.bench;

import io.layerfs.LayerStore;
import io.layerfs.overlay.linux.Fd;
import io.layerfs.overlay.linux.MountContext;
import io.layerfs.overlay.linux.Mounts;
import io.layerfs.store.MergedIndex;
import io.layerfs.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The system calls alone that show an image by EROFS with overlayfs on top: fsopen, fsconfig, fsmount, move_mount, umount2. The
 * floor for a mount by the kernel: no locks, no check of the image, nothing that survives a crash.
 */
final class BareMount {

    private static final int ATTRIBUTES = MountContext.NO_SUID | MountContext.NO_DEV | MountContext.NO_ATIME;

    private final MergedIndex index;
    private final Path directory;

    /** Mounts the sample in {@code layers}, which has one layer, in {@code directory}. */
    BareMount(LayerStore layers, Path directory) throws IOException {
        try (Store store = Store.open(layers.directory())) {
            this.index = store.trees().mergedIndex(Sample.image(layers).diffIds());
        }
        this.directory = directory;
    }

    /** Makes the directories that a mount needs; {@link #end} deletes them. */
    void prepare() throws IOException {
        for (String name : new String[] {"root", "upper", "work"}) {
            Files.createDirectory(directory.resolve(name));
        }
    }

    void mountAndEnd() throws IOException {
        Path root = directory.resolve("root");
        try (MountContext erofs = MountContext.of("erofs");
                Fd image = Fd.path(index.file());
                Fd device = Fd.path(index.tars().get(0))) {
            erofs.flag("ro").option("source", image.procPath()).option("device", device.procPath());
            show(erofs, root);
        }
        Mounts.unmount(root);
    }

    private void show(MountContext erofs, Path root) throws IOException {
        try (Fd lower = erofs.mount(MountContext.READ_ONLY | MountContext.NO_ATIME);
                MountContext overlay = MountContext.of("overlay");
                Fd upper = Fd.path(directory.resolve("upper"));
                Fd work = Fd.path(directory.resolve("work"))) {
            overlay.option("source", "layerfs").option("lowerdir+", lower);
            overlay.option("upperdir", upper).option("workdir", work);
            overlay.option("redirect_dir", "on").option("metacopy", "off").option("xino", "on");
            overlay.option("index", "on").flag("volatile");
            try (Fd mount = overlay.mount(ATTRIBUTES);
                    Fd target = Fd.directory(root)) {
                Mounts.attach(mount, target);
            }
        }
    }

    void end() throws IOException {
        for (String name : new String[] {"root", "upper", "work"}) {
            Workplace.delete(directory.resolve(name));
        }
    }
}
