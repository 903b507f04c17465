package io.layerfs.overlay.stress;

import io.layerfs.Backend;
import io.layerfs.Digest;
import io.layerfs.GcOptions;
import io.layerfs.History;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Lease;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.ProgressListener;
import io.layerfs.overlay.OverlayBackend;
import io.layerfs.vfs.VfsBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A process that does to a shared store whatever comes to its mind, until it is killed. Its tags and views are its own; images,
 * layers, mounts and collections are everybody's. What must not happen ends it, with a message.
 */
final class Worker {

    private static final int TAGS = 4;

    private final LayerStore store;
    private final Path sources;
    private final List<Digest> digests;
    private final String name;
    private final Random random;
    private final WorkerLog log;
    private final List<Backend> backends = new ArrayList<>(List.of(new VfsBackend()));
    private int count;

    private Worker(LayerStore store, Path sources, List<Digest> digests, String name, long seed, boolean kernel)
            throws IOException {
        this.store = store;
        this.sources = sources;
        this.digests = digests;
        this.name = name;
        this.random = new Random(seed);
        this.log = new WorkerLog(sources.resolve(name + ".log"));
        if (kernel) {
            backends.add(new OverlayBackend());
        }
    }

    /** Gets the store, the sources, its name, a seed, whether it can mount by the kernel, and the sources' digests. */
    public static void main(String[] arguments) throws Exception {
        List<Digest> digests = new ArrayList<>();
        for (int i = 5; i < arguments.length; i++) {
            digests.add(Digest.parse(arguments[i]));
        }
        try (LayerStore store = LayerStore.open(Path.of(arguments[0]))) {
            Worker worker = new Worker(
                    store,
                    Path.of(arguments[1]),
                    digests,
                    arguments[2],
                    Long.parseLong(arguments[3]),
                    Boolean.parseBoolean(arguments[4]));
            System.out.println("open");
            while (true) {
                worker.step();
            }
        }
    }

    private void step() throws Exception {
        int choice = random.nextInt(100);
        String what = "step " + choice;
        try {
            if (choice < 16) {
                importTagged();
            } else if (choice < 26) {
                importUnderALease();
            } else if (choice < 46) {
                commit();
            } else if (choice < 56) {
                readAll();
            } else if (choice < 66) {
                view();
            } else if (choice < 74) {
                tag();
            } else if (choice < 80) {
                untag();
            } else if (choice < 84) {
                removeOwn();
            } else if (choice < 96) {
                collect();
            } else if (choice < 99) {
                store.images();
                check(store.usage().total() >= 0, "usage");
            } else {
                List<?> findings = store.verify(ProgressListener.NONE).findings();
                check(findings.isEmpty(), "verify: " + findings);
            }
        } catch (Exception e) {
            throw new IllegalStateException(name + ": " + what, e);
        }
        log.operation();
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }

    private String tagName() {
        return name + "/t" + random.nextInt(TAGS);
    }

    /** The image that an own tag must mean now; null where there is none. */
    private Image own(String tag) throws IOException {
        Set<String> possible = log.possible().getOrDefault(tag, Set.of(WorkerLog.ABSENT));
        try {
            Image image = store.image(tag);
            String digest = image.digest().toString();
            check(
                    possible.contains(digest) || possible.contains(WorkerLog.UNKNOWN),
                    tag + " is " + digest + ", not one of " + possible);
            return image;
        } catch (NoSuchFileException e) {
            if (!possible.contains(WorkerLog.ABSENT)) {
                throw e;
            }
            return null;
        }
    }

    private Image anyOwn() throws IOException {
        for (int i = 0; i < TAGS; i++) {
            Image image = own(tagName());
            if (image != null) {
                return image;
            }
        }
        return importTagged();
    }

    private Image importTagged() throws IOException {
        int source = random.nextInt(Sources.COUNT);
        String tag = tagName();
        log.begin(tag, digests.get(source).toString());
        Image image = store.importImage(Sources.at(sources, source), ImportOptions.DEFAULT.withTag(tag));
        log.end(tag, image.digest().toString());
        check(image.digest().equals(digests.get(source)), "imported " + image.digest());
        return image;
    }

    /** Without a name anybody may collect it, but for the lease. */
    private void importUnderALease() throws Exception {
        int source = random.nextInt(Sources.COUNT);
        try (Lease lease = store.lease()) {
            Image image = store.importImage(Sources.at(sources, source), ImportOptions.DEFAULT);
            Thread.sleep(random.nextInt(30));
            checkAll(image);
            String tag = tagName();
            log.begin(tag, image.digest().toString());
            store.tag(image, tag);
            log.end(tag, image.digest().toString());
        }
    }

    private void commit() throws Exception {
        Image base = anyOwn();
        if (base.layers().size() > 12) {
            untag();
            return;
        }
        Backend backend = backends.get(random.nextInt(backends.size()));
        String tag = tagName();
        try (Mount mount = backend.mount(store, base, MountOptions.DISPOSABLE)) {
            String file = "w-" + name + "-" + ProcessHandle.current().pid() + "-" + count++;
            Files.write(mount.root().resolve(file), Sources.content(file));
            Thread.sleep(random.nextInt(20));
            check(readTree(mount.root()) > 0, "an empty mount");
            Layer layer = store.add(mount.changes());
            Thread.sleep(random.nextInt(20)); // in no image yet
            log.begin(tag, WorkerLog.UNKNOWN);
            Image made = store.plus(base, layer, History.of(file), tag);
            log.end(tag, made.digest().toString());
        }
    }

    private void readAll() throws IOException {
        Image image = anyOwn();
        checkAll(image);
    }

    private void checkAll(Image image) throws IOException {
        Backend backend = backends.get(random.nextInt(backends.size()));
        try (Mount mount = backend.mount(store, image, MountOptions.READ_ONLY)) {
            check(readTree(mount.root()) > 0, "an empty image");
        }
    }

    private static int readTree(Path root) throws IOException {
        int read = 0;
        List<Path> all;
        try (Stream<Path> files = Files.walk(root)) {
            all = files.filter(Files::isRegularFile).toList();
        }
        for (Path file : all) {
            String said = file.getFileName().toString();
            check(Sources.isSound(said, Files.readAllBytes(file)), "the bytes of " + file);
            read++;
        }
        return read;
    }

    private void view() throws IOException {
        Backend backend = backends.get(random.nextInt(backends.size()));
        String view = name + "-" + backend.name();
        Set<String> possible = log.possible().getOrDefault(view, Set.of(WorkerLog.ABSENT));
        boolean there = store.views().stream().anyMatch(v -> v.name().equals(view));
        check(possible.contains(there ? "there" : WorkerLog.ABSENT), "view " + view + " there: " + there);
        if (!there) {
            log.begin(view, "there");
            try (Mount mount = backend.mount(store, anyOwn(), MountOptions.named(view))) {
                Files.write(mount.root().resolve("first"), Sources.content("first"));
            }
            log.end(view, "there");
        } else if (random.nextInt(3) > 0) {
            log.end(view, "there");
            try (Mount mount = backend.open(store, view)) {
                Files.deleteIfExists(mount.root().resolve("first")); // whose writing a kill may have cut short
                Files.deleteIfExists(mount.root().resolve("next"));
                readTree(mount.root());
                Files.write(mount.root().resolve("next"), Sources.content("next"));
            }
        } else {
            log.begin(view, WorkerLog.ABSENT);
            store.dropView(view);
            log.end(view, WorkerLog.ABSENT);
        }
    }

    private void tag() throws IOException {
        Image image = own(tagName());
        if (image != null) {
            String tag = tagName();
            log.begin(tag, image.digest().toString());
            store.tag(image, tag);
            log.end(tag, image.digest().toString());
        }
    }

    private void untag() throws IOException {
        String tag = tagName();
        boolean known = own(tag) != null;
        log.begin(tag, WorkerLog.ABSENT);
        check(store.untag(tag) == known, tag + " was there: " + known);
        log.end(tag, WorkerLog.ABSENT);
    }

    /** Removes an image that nobody else names: one that was committed here. */
    private void removeOwn() throws IOException {
        Image image = own(tagName());
        if (image == null || digests.contains(image.digest())) {
            return;
        }
        Set<String> tags = new TreeSet<>();
        for (Map.Entry<String, Set<String>> known : log.possible().entrySet()) {
            if (known.getKey().startsWith(name + "/")) {
                Image other = own(known.getKey());
                if (other != null && other.equals(image)) {
                    tags.add(known.getKey());
                }
            }
        }
        for (String tag : tags) {
            log.begin(tag, WorkerLog.ABSENT);
        }
        check(store.remove(image), "an own image was there");
        for (String tag : tags) {
            log.end(tag, WorkerLog.ABSENT);
        }
    }

    private void collect() throws IOException {
        GcOptions options = GcOptions.DEFAULT;
        if (random.nextBoolean()) {
            options = options.withUntagged();
        }
        if (random.nextBoolean()) {
            options = options.withDerived();
        }
        if (random.nextInt(4) == 0) {
            options = options.withKeepBytes(random.nextInt(3_000_000));
        }
        if (random.nextInt(8) == 0) {
            options = options.withDryRun();
        }
        store.gc(options);
    }
}
