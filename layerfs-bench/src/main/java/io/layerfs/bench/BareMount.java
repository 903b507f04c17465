package io.layerfs.bench;

import io.layerfs.LayerStore;
import io.layerfs.overlay.linux.Fd;
import io.layerfs.overlay.linux.Making;
import io.layerfs.overlay.linux.MountContext;
import io.layerfs.overlay.linux.Mounts;
import io.layerfs.store.MergedIndex;
import io.layerfs.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The system calls alone that show an image by EROFS with a fresh overlayfs on top: mkdir, fsopen, fsconfig, fsmount,
 * move_mount, umount2, and the deletion of what overlayfs made. The floor for a mount by the kernel: no locks, no check of the
 * image, nothing that is found again after a crash.
 */
final class BareMount {

    private static final int ATTRIBUTES = MountContext.NO_SUID | MountContext.NO_DEV | MountContext.NO_ATIME;

    /** What a volatile overlayfs with an index leaves, each before the directory that it is in. */
    private static final List<String> LEFT = List.of(
            "root",
            "upper",
            "work/index",
            "work/work/incompat/volatile/dirty",
            "work/work/incompat/volatile",
            "work/work/incompat",
            "work/work",
            "work");

    private final MergedIndex index;
    private final Path directory;

    /** Mounts the sample in {@code layers}, which has one layer, in {@code directory}. */
    BareMount(LayerStore layers, Path directory) throws IOException {
        try (Store store = Store.open(layers.directory())) {
            this.index = store.trees().mergedIndex(Sample.image(layers).diffIds());
        }
        this.directory = directory;
    }

    void mountAndEnd() throws IOException {
        for (String name : List.of("root", "upper", "work")) {
            Files.createDirectory(directory.resolve(name));
        }
        mount();
        Mounts.unmount(directory.resolve("root"));
        try (Fd in = Fd.path(directory)) {
            for (String name : LEFT) {
                Making.remove(in, name, !name.endsWith("dirty"));
            }
        }
    }

    private void mount() throws IOException {
        try (MountContext erofs = MountContext.of("erofs");
                Fd image = Fd.path(index.file());
                Fd device = Fd.path(index.tars().get(0))) {
            erofs.flag("ro").option("source", image.procPath()).option("device", device.procPath());
            show(erofs);
        }
    }

    private void show(MountContext erofs) throws IOException {
        try (Fd lower = erofs.mount(MountContext.READ_ONLY | MountContext.NO_ATIME);
                MountContext overlay = MountContext.of("overlay");
                Fd upper = Fd.path(directory.resolve("upper"));
                Fd work = Fd.path(directory.resolve("work"))) {
            overlay.option("source", "layerfs").option("lowerdir+", lower);
            overlay.option("upperdir", upper).option("workdir", work);
            overlay.option("redirect_dir", "on").option("metacopy", "off").option("xino", "on");
            overlay.option("index", "on").flag("volatile");
            try (Fd mount = overlay.mount(ATTRIBUTES);
                    Fd target = Fd.directory(directory.resolve("root"))) {
                Mounts.attach(mount, target);
            }
        }
    }
}
