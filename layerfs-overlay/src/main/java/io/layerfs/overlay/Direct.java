package io.layerfs.overlay;

import io.layerfs.overlay.linux.Errno;
import io.layerfs.overlay.linux.Fd;
import io.layerfs.overlay.linux.MountContext;
import io.layerfs.overlay.linux.Mounts;
import io.layerfs.store.Store;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;

/** Mounts by this process itself, in its own mount namespace: that takes {@code CAP_SYS_ADMIN}. */
final class Direct implements Way {

    static final int ATTRIBUTES = MountContext.NO_SUID | MountContext.NO_DEV | MountContext.NO_ATIME;

    private final List<Lowers.Kind> kinds;
    private final boolean inSteps;

    /** Shows images in these ways alone, the first that works. */
    Direct(List<Lowers.Kind> kinds) throws IOException {
        this(kinds, MountContext.knows("overlay", "lowerdir+", "/"));
    }

    /** {@code inSteps} says whether overlayfs takes its lowers one by one: since Linux 6.8. */
    Direct(List<Lowers.Kind> kinds, boolean inSteps) {
        this.kinds = kinds;
        this.inSteps = inSteps;
    }

    @Override
    public OverlayForm form() {
        return OverlayForm.TRUSTED;
    }

    @Override
    public Ownership ownership() {
        return Ownership.REAL;
    }

    @Override
    public Seen mount(Store store, Wanted wanted) throws IOException {
        try {
            return mountOnce(store, wanted);
        } catch (FileSystemException e) {
            UpperDirectory upper = wanted.upper();
            if (upper == null || !wanted.lasting() || !Errno.isStale(e) || !upper.forgetPlace()) {
                throw e;
            }
            return mountOnce(store, wanted);
        }
    }

    private Seen mountOnce(Store store, Wanted wanted) throws IOException {
        try (Lower lower = new Lowers(store, kinds).find(wanted.index(), wanted.diffIds())) {
            boolean overlay = wanted.upper() != null || lower.directories().size() > 1;
            if (overlay && !inSteps) {
                return seen(lower, wanted, target -> LegacyOverlay.mount(lower, wanted, target));
            }
            try (Fd mount = mount(lower, wanted)) {
                return seen(lower, wanted, target -> Mounts.attach(mount, target));
            }
        }
    }

    private static Seen seen(Lower lower, Wanted wanted, MountPoint.Mounting mounting) throws IOException {
        Path area = wanted.area();
        Path at = wanted.at();
        MountPoint point = at == null ? MountPoint.in(area, mounting) : MountPoint.at(at, area, mounting);
        return new Seen(point.root(), lower.description(), 0, point::detach);
    }

    private static Fd mount(Lower lower, Wanted wanted) throws IOException {
        UpperDirectory upper = wanted.upper();
        return upper == null ? readOnly(lower) : writable(lower, upper, wanted.lasting());
    }

    /** One lower needs no overlay on top of it, and overlayfs would not have it. */
    private static Fd readOnly(Lower lower) throws IOException {
        Fd mount = lower.mount();
        if (mount != null) {
            return mount;
        }
        if (lower.directories().size() > 1) {
            try (MountContext context = overlay(lower)) {
                return context.mount(MountContext.READ_ONLY | ATTRIBUTES);
            }
        }
        try (Fd directory = Fd.directory(lower.directories().get(0))) {
            Fd bound = Mounts.bind(directory);
            Mounts.setAttributes(bound, MountContext.READ_ONLY | MountContext.NO_SUID | MountContext.NO_DEV);
            return bound;
        }
    }

    /**
     * The options, each with its reason:
     *
     * <ul>
     *   <li>{@code redirect_dir=on}: directories of the image can be renamed, as elsewhere;
     *   <li>{@code index=on}: a file with several names stays one file when it is copied up; only where the lower is one
     *       EROFS mount, whose file handles say which inode was meant;
     *   <li>{@code xino=on}: a file keeps its inode number when it is copied up;
     *   <li>{@code metacopy=off}: a change of attributes copies the data, too, so that the upper alone says what changed;
     *   <li>{@code volatile}, where the changes are disposable: nothing need be synced.
     * </ul>
     *
     * <p>A layer cannot smuggle such attributes in: those of the image that look like overlayfs' own are escaped.
     */
    private static Fd writable(Lower lower, UpperDirectory upper, boolean lasting) throws IOException {
        try (MountContext context = overlay(lower);
                Fd upperFd = Fd.path(upper.upper());
                Fd workFd = Fd.path(upper.work())) {
            context.option("upperdir", upperFd).option("workdir", workFd);
            context.option("redirect_dir", "on").option("metacopy", "off").option("xino", "on");
            context.option("index", lower.hasHandles() ? "on" : "off");
            if (!lasting) {
                context.flag("volatile");
            }
            return context.mount(ATTRIBUTES);
        }
    }

    private static MountContext overlay(Lower lower) throws IOException {
        MountContext context = MountContext.of("overlay");
        try {
            context.option("source", "layerfs");
            Fd mount = lower.mount();
            if (mount != null) {
                return context.option("lowerdir+", mount);
            }
            for (Path directory : lower.directories()) {
                try (Fd fd = Fd.path(directory)) {
                    context.option("lowerdir+", fd);
                }
            }
            return context;
        } catch (IOException | RuntimeException | Error e) {
            context.close();
            throw e;
        }
    }
}
