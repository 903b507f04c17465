package io.layerfs;

import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The backends on the class path or module path. */
public final class Backends {

    /** The one that is always there, where its module is. */
    private static final String LAST = "vfs";

    private Backends() {}

    /**
     * A backend that was chosen.
     *
     * @param reason why it, and why not the others, for people
     */
    public record Choice(Backend backend, String reason) {}

    /** All that are found, those of the kernel first. */
    public static List<Backend> all() {
        List<Backend> all = new ArrayList<>();
        ServiceLoader.load(Backend.class).forEach(all::add);
        all.sort(Comparator.comparing((Backend backend) -> backend.name().equals(LAST))
                .thenComparing(Backend::name));
        return all;
    }

    /**
     * The backend of that name.
     *
     * @throws NoSuchFileException where there is none
     */
    public static Backend named(String name) throws NoSuchFileException {
        for (Backend backend : all()) {
            if (backend.name().equals(name)) {
                return backend;
            }
        }
        throw new NoSuchFileException(name, null, "no backend of that name on the class path");
    }

    /**
     * The one that serves most and works here: the kernel's, which every program can use and whose data the page cache holds,
     * where this process may mount; else the pure-Java one, which is quicker at names and attributes, and works everywhere.
     *
     * @throws BackendUnavailableException where none works, or none is on the class path
     */
    public static Choice best() throws BackendUnavailableException {
        return best(Backend::unavailable);
    }

    /**
     * The same for images of {@code store}: whether the kernel can write changes to its file system is tried there.
     *
     * @throws BackendUnavailableException where none works, or none is on the class path
     */
    public static Choice best(LayerStore store) throws BackendUnavailableException {
        return best(backend -> backend.unavailable(store));
    }

    private static Choice best(Function<Backend, @Nullable String> unavailable) throws BackendUnavailableException {
        List<String> refused = new ArrayList<>();
        for (Backend backend : all()) {
            String problem = unavailable.apply(backend);
            if (problem == null) {
                String others = refused.isEmpty() ? "" : ", since " + String.join("; ", refused);
                return new Choice(backend, "'" + backend.name() + "' works here" + others);
            }
            refused.add("'" + backend.name() + "' does not: " + problem);
        }
        throw new BackendUnavailableException(
                refused.isEmpty() ? "there is no backend on the class path" : String.join("; ", refused));
    }
}
