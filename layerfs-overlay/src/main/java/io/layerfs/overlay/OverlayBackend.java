package io.layerfs.overlay;

import io.layerfs.Backend;
import io.layerfs.BackendUnavailableException;
import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.oci.RunConfig;
import io.layerfs.overlay.linux.Fd;
import io.layerfs.overlay.linux.Linux;
import io.layerfs.overlay.linux.MountContext;
import io.layerfs.store.MergedIndex;
import io.layerfs.store.MountArea;
import io.layerfs.store.Store;
import io.layerfs.store.Views;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The backend of the Linux kernel: EROFS and overlayfs. Any program can use what it mounts. Needs root, or rather
 * {@code CAP_SYS_ADMIN}.
 *
 * <p>What a process that died had mounted is taken away, and its disposable changes deleted, when the next mounts from the
 * same store.
 */
public final class OverlayBackend implements Backend {

    private static final String NAME = "overlay";
    private static final int ATTRIBUTES = MountContext.NO_SUID | MountContext.NO_DEV | MountContext.NO_ATIME;

    private final List<Lowers.Kind> kinds;

    /** For the service loader. */
    public OverlayBackend() {
        this(List.of(Lowers.Kind.values()));
    }

    /** One that shows images in these ways alone, the first that works. */
    OverlayBackend(List<Lowers.Kind> kinds) {
        this.kinds = kinds;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public @Nullable String unavailable() {
        if (!Linux.isHere()) {
            return "it needs Linux on x86-64 or aarch64";
        }
        try {
            if (!MountContext.isKnown()) {
                return "it needs Linux 5.2: the kernel has no fsopen(2)";
            }
            MountContext.of("overlay").close();
            return null;
        } catch (IOException e) {
            return "the kernel does not let this process mount: " + e.getMessage();
        } catch (LinkageError e) {
            return "the native library cannot be loaded: " + e.getMessage();
        }
    }

    private void requireAvailable() throws IOException {
        String reason = unavailable();
        if (reason != null) {
            throw new BackendUnavailableException("the backend 'overlay' cannot be used: " + reason);
        }
    }

    @Override
    public Mount mount(LayerStore store, Image image, MountOptions options) throws IOException {
        requireAvailable();
        if (options.quota() != Long.MAX_VALUE) {
            throw new UnsupportedOperationException("overlayfs has no quota; that of the backend 'vfs' is exact");
        }
        try (Resources resources = new Resources(store)) {
            MergedIndex index = resources.store.mergedIndex(image.diffIds());
            Lower lower = resources.lower(index, image.diffIds(), kinds);
            RunConfig config = RunConfig.parse("config " + image.configDigest(), image.config());
            if (options.readOnly()) {
                return resources.finish(
                        new OverlayMount.Data(index.view(), config, lower.description(), null),
                        readOnly(lower),
                        options);
            }
            UpperDirectory upper = resources.upper(image, options.name(), index);
            boolean lasting = options.name() != null;
            return resources.finish(
                    new OverlayMount.Data(index.view(), config, lower.description(), upper),
                    writable(lower, upper, lasting),
                    options);
        }
    }

    @Override
    public Mount open(LayerStore store, String view) throws IOException {
        requireAvailable();
        try (Resources resources = new Resources(store)) {
            Views.Kept kept = resources.keep(resources.store.views().openKept(view, NAME));
            MergedIndex index = resources.store.mergedIndex(kept.diffIds());
            Lower lower = resources.lower(index, kept.diffIds(), kinds);
            UpperDirectory upper = UpperDirectory.in(kept.directory());
            Image image = store.image(kept.image().toString());
            RunConfig config = RunConfig.parse("config " + image.configDigest(), image.config());
            return resources.finish(
                    new OverlayMount.Data(index.view(), config, lower.description(), upper),
                    writable(lower, upper, true),
                    MountOptions.DISPOSABLE);
        }
    }

    /** One mount below needs no overlay on top; overlayfs wants two directories where nothing is written. */
    private static Fd readOnly(Lower lower) throws IOException {
        Fd mount = lower.mount();
        if (mount != null) {
            return mount;
        }
        List<Path> directories = lower.directories();
        try (MountContext context = overlay(lower)) {
            if (directories.size() == 1) {
                addLower(context, directories.get(0));
            }
            return context.mount(MountContext.READ_ONLY | ATTRIBUTES);
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
                addLower(context, directory);
            }
            return context;
        } catch (IOException | RuntimeException e) {
            context.close();
            throw e;
        }
    }

    private static void addLower(MountContext context, Path directory) throws IOException {
        try (Fd fd = Fd.path(directory)) {
            context.option("lowerdir+", fd);
        }
    }

    /** What a mount in the making holds: closed with it, unless the mount was made, which then owns it. */
    private static final class Resources implements Closeable {
        private final Store store;
        private final Deque<Closeable> open = new ArrayDeque<>();
        private @Nullable MountArea area;

        Resources(LayerStore layers) throws IOException {
            this.store = keep(Store.open(layers.directory()));
            store.cleanMountAreas(MountPoint::clean);
        }

        final <T extends Closeable> T keep(T resource) {
            open.push(resource);
            return resource;
        }

        final Store keep(Store opened) {
            open.push(opened::close);
            return opened;
        }

        Views.Kept keep(Views.Kept kept) {
            open.push(kept.lock());
            return kept;
        }

        /** The directory of this mount, which goes with it. */
        private Path area() throws IOException {
            MountArea made = area;
            if (made == null) {
                made = store.newMountArea();
                open.push(made::close);
                area = made;
            }
            return made.directory();
        }

        Lower lower(MergedIndex index, List<Digest> diffIds, List<Lowers.Kind> kinds) throws IOException {
            return keep(new Lowers(store, kinds).find(index, diffIds));
        }

        UpperDirectory upper(Image image, @Nullable String name, MergedIndex index) throws IOException {
            if (name == null) {
                return UpperDirectory.create(area(), index.view(), OverlayForm.TRUSTED);
            }
            Views.Kept kept = keep(store.views()
                    .createKept(
                            name,
                            image.digest(),
                            image.diffIds(),
                            NAME,
                            directory -> UpperDirectory.create(directory, index.view(), OverlayForm.TRUSTED)));
            return UpperDirectory.in(kept.directory());
        }

        Mount finish(OverlayMount.Data data, Fd mount, MountOptions options) throws IOException {
            try (Fd detached = mount) {
                Path directory = area();
                Path at = options.at();
                Path root = at == null
                        ? MountPoint.attach(detached, directory)
                        : MountPoint.attachAt(detached, at, directory);
                Deque<Closeable> owned = new ArrayDeque<>(open);
                open.clear();
                return new OverlayMount(data, root, directory, owned);
            }
        }

        @Override
        public void close() throws IOException {
            closeAll(open);
        }
    }

    /** Closes all, the last first; the first failure is thrown when all were tried. */
    static void closeAll(Deque<Closeable> open) throws IOException {
        IOException failure = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (IOException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
