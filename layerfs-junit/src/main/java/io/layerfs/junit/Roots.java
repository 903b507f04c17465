package io.layerfs.junit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The roots of one test, or of a class, which are closed when it ends.
 *
 * <p>JUnit before 5.13 closes what is a {@code CloseableResource}, later ones what is {@code AutoCloseable}: this is both.
 */
@SuppressWarnings("deprecation") // of CloseableResource, since 5.13
final class Roots implements ExtensionContext.Store.CloseableResource, AutoCloseable {

    static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Rootfs.class);

    private final List<Root> roots = new CopyOnWriteArrayList<>();

    /** Those of a context itself, not of one above it. */
    @SuppressWarnings("deprecation") // computeIfAbsent is there since 6.0
    static Roots of(ExtensionContext context) {
        String key = context.getUniqueId();
        ExtensionContext.Store store = context.getStore(NAMESPACE);
        return Objects.requireNonNull(store.getOrComputeIfAbsent(key, k -> new Roots(), Roots.class));
    }

    /** Those that a test can see: its own, and those of the classes that it is in. */
    static List<Root> all(ExtensionContext context) {
        List<Root> all = new ArrayList<>();
        for (Optional<ExtensionContext> at = Optional.of(context);
                at.isPresent();
                at = at.get().getParent()) {
            all.addAll(of(at.get()).roots);
        }
        return all;
    }

    /** A further root for a declaration: "field root" or the like. */
    Root add(String declaration, Rootfs wanted, ExtensionContext context) throws IOException {
        Root root = Bases.of(context).newRoot(declaration, wanted, context);
        roots.add(root);
        return root;
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (Root root : roots) {
            try {
                root.close();
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
