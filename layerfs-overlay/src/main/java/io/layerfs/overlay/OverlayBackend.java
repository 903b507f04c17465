package io.layerfs.overlay;

import io.layerfs.Backend;
import io.layerfs.BackendUnavailableException;
import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.overlay.linux.Linux;
import io.layerfs.overlay.linux.MountContext;
import io.layerfs.store.Hold;
import io.layerfs.store.MergedIndex;
import io.layerfs.store.MountArea;
import io.layerfs.store.Store;
import io.layerfs.store.Views;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The backend of the Linux kernel: EROFS and overlayfs. Any program can use what it mounts.
 *
 * <p>With {@code CAP_SYS_ADMIN} it mounts in this mount namespace. Without, where user namespaces can be had, it mounts in
 * one of those: the root is a path below {@code /proc} then, which {@link Path#toRealPath} does not understand; all files
 * seem to belong to the user of this process, while commits have the owners of the image.
 *
 * <p>What a process that died had mounted is taken away, and its disposable changes deleted, when the next mounts from the
 * same store.
 */
public final class OverlayBackend implements Backend {

    private static final String NAME = "overlay";

    /** The way to mount, once it is known. */
    private volatile @Nullable Way way;

    /** For the service loader. */
    public OverlayBackend() {}

    /** One that stacks unpacked layers, as container engines do, though there may be better: to compare with. Needs root. */
    public static OverlayBackend unpacking() throws IOException {
        return new OverlayBackend(new Direct(List.of(Lowers.Kind.UNPACKED)));
    }

    /** One that mounts in this way, whatever else there is. */
    OverlayBackend(Way only) {
        this.way = only;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public @Nullable String unavailable() {
        String reason = notDirectly();
        if (reason == null) {
            return null;
        }
        String otherReason = InUserNamespace.unavailable();
        return otherReason == null ? null : reason + "; " + otherReason;
    }

    /** The same on the file system of a store, which may not do for what overlayfs writes to: a small image is mounted there. */
    @Override
    public @Nullable String unavailable(LayerStore store) {
        String reason = unavailable();
        if (reason != null) {
            return reason;
        }
        try {
            return Examination.problem(store.directory(), way());
        } catch (IOException e) {
            return "the store at " + store.directory() + " cannot be written to: " + e.getMessage();
        }
    }

    /** Why this process cannot mount itself; null where it can. */
    static @Nullable String notDirectly() {
        if (!Linux.isHere()) {
            return "it needs Linux on x86-64 or aarch64";
        }
        try {
            if (!MountContext.isKnown()) {
                return "it needs Linux 5.2: the kernel has no fsopen(2)";
            }
            MountContext.of("overlay").close();
            return isInUserNamespace() ? "this process is in a user namespace, where EROFS is not mounted" : null;
        } catch (IOException e) {
            return "the kernel does not let this process mount: " + e.getMessage();
        } catch (LinkageError e) {
            return "the native library cannot be loaded: " + e.getMessage();
        }
    }

    /** Whether the root of this process' users is not that of the machine (user_namespaces(7)). */
    private static boolean isInUserNamespace() throws IOException {
        String map = Files.readString(Path.of("/proc/self/uid_map")).strip();
        return !map.matches("0\\s+0\\s+4294967295");
    }

    private Way way() throws IOException {
        Way known = way;
        if (known == null) {
            known = findWay();
            way = known;
        }
        return known;
    }

    private Way findWay() throws IOException {
        if (notDirectly() == null) {
            return new Direct(List.of(Lowers.Kind.values()));
        }
        String reason = unavailable();
        if (reason != null) {
            throw new BackendUnavailableException("the backend 'overlay' cannot be used: " + reason);
        }
        return new InUserNamespace();
    }

    @Override
    public Mount mount(LayerStore store, Image image, MountOptions options) throws IOException {
        if (options.quota() != Long.MAX_VALUE) {
            throw new UnsupportedOperationException("overlayfs has no quota; that of the backend 'vfs' is exact");
        }
        store.admit(image, options.policy());
        try (NewMount mount = new NewMount(way(), store, image, image.diffIds())) {
            UpperDirectory upper = options.readOnly() ? null : mount.newUpper(options.name());
            return mount.mount(upper, options.name() != null, options.at());
        }
    }

    @Override
    public Mount open(LayerStore store, String view) throws IOException {
        Store opened = Store.open(store.directory());
        Views.Kept kept;
        try (Closeable inTheEnd = opened::close) {
            kept = opened.views().openKept(view, NAME);
        }
        Image image = store.image(kept.image());
        try (NewMount mount = new NewMount(way(), store, image, kept.diffIds())) {
            mount.keep(kept.lock());
            return mount.mount(UpperDirectory.in(kept.directory()), true, null);
        }
    }

    /** A mount in the making, and what it holds: closed with it, unless the mount was made, which then owns it. */
    private static final class NewMount implements Closeable {
        private final Deque<Closeable> open = new ArrayDeque<>();
        private final Way way;
        private final Store store;
        private final Image image;
        private final List<Digest> diffIds;
        private final MergedIndex index;
        private final Path area;

        NewMount(Way way, LayerStore layers, Image image, List<Digest> diffIds) throws IOException {
            this.way = way;
            this.image = image;
            this.diffIds = diffIds;
            this.store = Store.open(layers.directory());
            open.push(store::close);
            try {
                Hold hold = store.hold();
                open.push(hold::close);
                hold.addImage(image.digest(), diffIds);
                store.used(image.digest());
                store.cleanMountAreas(MountPoint::clean);
                this.index = store.trees().mergedIndex(diffIds);
                MountArea made = store.newMountArea();
                open.push(made::close);
                this.area = made.directory();
            } catch (IOException | RuntimeException | Error e) {
                close();
                throw e;
            }
        }

        void keep(Closeable resource) {
            open.push(resource);
        }

        UpperDirectory newUpper(@Nullable String name) throws IOException {
            if (name == null) {
                keep(() -> UpperDirectory.deleteUnchanged(area));
                return createUpper(area);
            }
            Views.Kept kept = store.views().createKept(name, image.digest(), diffIds, NAME, this::createUpper);
            keep(kept.lock());
            return UpperDirectory.in(kept.directory());
        }

        private UpperDirectory createUpper(Path directory) throws IOException {
            return UpperDirectory.create(directory, index.view(), way.form(), way.ownership());
        }

        Mount mount(@Nullable UpperDirectory upper, boolean lasting, @Nullable Path at) throws IOException {
            Way.Seen seen = way.mount(store, new Way.Wanted(index, diffIds, upper, lasting, area, at));
            Deque<Closeable> owned = new ArrayDeque<>(open);
            open.clear();
            return new OverlayMount(way, image, index.view(), upper, seen, area, owned);
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
