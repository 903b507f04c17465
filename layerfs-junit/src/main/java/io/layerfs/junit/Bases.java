package io.layerfs.junit;

import io.layerfs.Backend;
import io.layerfs.Backends;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Lease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/** The stores and bases of one run of JUnit: each is opened once, when it is first wanted, and closed with the run. */
@SuppressWarnings("deprecation") // of CloseableResource: see Roots
final class Bases implements ExtensionContext.Store.CloseableResource, AutoCloseable {

    private static final String QUICKEST = "vfs";

    private final Map<Path, LayerStore> stores = new HashMap<>();
    private final List<Lease> leases = new ArrayList<>();
    private final Map<Key, Base> bases = new HashMap<>();

    private record Key(Path store, String backend, Source source) {}

    private Bases() {}

    @SuppressWarnings("deprecation") // computeIfAbsent is there since 6.0
    static Bases of(ExtensionContext context) {
        ExtensionContext.Store all = context.getRoot().getStore(Roots.NAMESPACE);
        return Objects.requireNonNull(all.getOrComputeIfAbsent(Bases.class, type -> new Bases(), Bases.class));
    }

    Root newRoot(String declaration, Rootfs wanted, ExtensionContext context) throws IOException {
        Base base = base(wanted, context);
        return new Root("@Rootfs(\"" + wanted.value() + "\") " + declaration, base.newMount(), base);
    }

    private synchronized Base base(Rootfs wanted, ExtensionContext context) throws IOException {
        Backend backend = requireBackend(wanted.backend());
        Path directory = storeDirectory(wanted.store(), context);
        LayerStore store = stores.get(directory);
        if (store == null) {
            store = LayerStore.open(directory);
            stores.put(directory, store);
            leases.add(store.lease());
        }
        Source source = Source.of(wanted.value(), context.getRequiredTestClass());
        Key key = new Key(directory, backend.name(), source);
        Base base = bases.get(key);
        if (base == null) {
            Image image = source.image(store);
            base = new Base(store, image, backend);
            bases.put(key, base);
        }
        return base;
    }

    /**
     * The one that is asked for, or else the one that forks, or else whichever works.
     *
     * @throws TestAbortedException where the one that is asked for does not work
     */
    static Backend requireBackend(String name) throws IOException {
        if (name.isEmpty()) {
            try {
                return Backends.named(QUICKEST);
            } catch (NoSuchFileException e) {
                return Backends.best().backend();
            }
        }
        Backend backend = Backends.named(name);
        String problem = backend.unavailable();
        if (problem != null) {
            throw new TestAbortedException("the backend '" + name + "' cannot be used here: " + problem);
        }
        return backend;
    }

    private static Path storeDirectory(String wanted, ExtensionContext context) {
        String parameter = Parameters.find(context, "layerfs.store");
        String given = wanted.isEmpty() ? parameter : wanted;
        if (given != null) {
            return Path.of(given).toAbsolutePath();
        }
        boolean gradle = Files.isDirectory(Path.of("build")) && !Files.isDirectory(Path.of("target"));
        return Path.of(gradle ? "build" : "target", "layerfs-store").toAbsolutePath();
    }

    @Override
    public synchronized void close() throws IOException {
        IOException failure = null;
        for (Base base : bases.values()) {
            failure = close(base::close, failure);
        }
        for (Lease lease : leases) {
            failure = close(lease::close, failure);
        }
        for (LayerStore store : stores.values()) {
            failure = close(store::close, failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private interface Closing {
        void close() throws IOException;
    }

    private static @Nullable IOException close(Closing closing, @Nullable IOException before) {
        try {
            closing.close();
            return before;
        } catch (IOException e) {
            if (before == null) {
                return e;
            }
            before.addSuppressed(e);
            return before;
        }
    }
}
