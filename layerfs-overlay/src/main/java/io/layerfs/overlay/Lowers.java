package io.layerfs.overlay;

import io.layerfs.BackendUnavailableException;
import io.layerfs.Digest;
import io.layerfs.overlay.linux.Fd;
import io.layerfs.overlay.linux.LoopDevice;
import io.layerfs.overlay.linux.MountContext;
import io.layerfs.store.MergedIndex;
import io.layerfs.store.Store;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the best way in which the kernel can show an image, by trying:
 *
 * <ol>
 *   <li>{@link Kind#FILES}: the merged index with the tars as its devices, as the files that they are (EROFS since Linux 6.12,
 *       on a file system that can be read that way): one lower, however many layers there are, and nothing unpacked;
 *   <li>{@link Kind#LOOPS}: the same through loop devices, which go when the mount goes;
 *   <li>{@link Kind#UNPACKED}: each layer unpacked once, and kept, in overlayfs' form.
 * </ol>
 */
final class Lowers {

    /** A way to show an image. */
    enum Kind {
        FILES,
        LOOPS,
        UNPACKED
    }

    private static final int ATTRIBUTES = MountContext.READ_ONLY | MountContext.NO_ATIME;

    private final Store store;
    private final List<Kind> allowed;

    Lowers(Store store, List<Kind> allowed) {
        this.store = store;
        this.allowed = allowed;
    }

    /**
     * The best that works; the caller closes it.
     *
     * @throws BackendUnavailableException where none does, with the reason of each
     */
    Lower find(MergedIndex index, List<Digest> diffIds) throws IOException {
        List<String> refused = new ArrayList<>();
        for (Kind kind : allowed) {
            try {
                Lower lower = open(kind, index, diffIds);
                return refused.isEmpty()
                        ? lower
                        : new Lower(
                                lower.description() + " (not " + String.join("; not ", refused) + ")",
                                lower.mount(),
                                lower.directories());
            } catch (IOException e) {
                refused.add(name(kind) + ": " + e.getMessage());
            }
        }
        throw new BackendUnavailableException("the kernel cannot show the image: " + String.join("; ", refused));
    }

    private static String name(Kind kind) {
        return switch (kind) {
            case FILES -> "EROFS of files";
            case LOOPS -> "EROFS of loop devices";
            case UNPACKED -> "unpacked layers";
        };
    }

    private Lower open(Kind kind, MergedIndex index, List<Digest> diffIds) throws IOException {
        return switch (kind) {
            case FILES -> ofFiles(index);
            case LOOPS -> ofLoops(index);
            case UNPACKED -> unpacked(diffIds);
        };
    }

    private static Lower ofFiles(MergedIndex index) throws IOException {
        List<Fd> open = new ArrayList<>();
        try (MountContext context = MountContext.of("erofs")) {
            Fd file = Fd.path(index.file());
            open.add(file);
            context.flag("ro").option("source", file.procPath());
            for (Path tar : index.tars()) {
                Fd device = Fd.path(tar);
                open.add(device);
                context.option("device", device.procPath());
            }
            String what = "EROFS of files, " + index.tars().size() + " layers in one";
            return new Lower(what, context.mount(ATTRIBUTES), List.of());
        } finally {
            closeAll(open);
        }
    }

    private static Lower ofLoops(MergedIndex index) throws IOException {
        List<LoopDevice> open = new ArrayList<>();
        try (MountContext context = MountContext.of("erofs")) {
            LoopDevice file = LoopDevice.of(index.file());
            open.add(file);
            context.flag("ro").option("source", file.path());
            for (Path tar : index.tars()) {
                LoopDevice device = LoopDevice.of(tar);
                open.add(device);
                context.option("device", device.path());
            }
            String what =
                    "EROFS of " + open.size() + " loop devices, " + index.tars().size() + " layers in one";
            return new Lower(what, context.mount(ATTRIBUTES), List.of());
        } finally {
            closeAll(open); // the mount holds them
        }
    }

    private Lower unpacked(List<Digest> diffIds) throws IOException {
        List<Path> directories = UnpackedLayers.of(store, diffIds, OverlayForm.TRUSTED, Ownership.REAL);
        return new Lower(diffIds.size() + " unpacked layers", null, directories);
    }

    private static void closeAll(List<? extends Closeable> all) throws IOException {
        for (Closeable one : all) {
            one.close();
        }
    }
}
