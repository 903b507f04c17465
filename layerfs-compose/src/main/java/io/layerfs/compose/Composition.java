package io.layerfs.compose;

import io.layerfs.Changeset;
import io.layerfs.Digest;
import io.layerfs.History;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.Platform;
import io.layerfs.oci.ImageConfig;
import io.layerfs.oci.RunConfig;
import io.layerfs.vfs.VfsBackend;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One commit: the steps become layers on top of the base, each of them found by the key of its inputs or else made.
 *
 * <p>The images between the steps are in no store: mounts want to know no more of an image than its layers and its config.
 * Where all is to be one layer, steps between two programs are made together, and what programs are among becomes one by
 * comparison in the end.
 */
final class Composition {

    private static final String FORM = "layerfs-compose 1";

    /** Files may seem to be a little older than the clock says: the kernel's times are those of its last tick. */
    private static final long TICK_MILLIS = 100;

    /** How it is made. */
    record Options(
            Instant time,
            boolean inOneLayer,
            boolean runAgain,
            @Nullable Consumer<String> output) {}

    private final LayerStore store;
    private final @Nullable Image base;
    private final ConfigDocument config;
    private final Options options;
    private final Rules rules;
    private final StepCache cache;
    private final List<Layer> layers = new ArrayList<>();
    private final List<History> histories = new ArrayList<>();
    private final List<Step.Files> pending = new ArrayList<>();

    Composition(LayerStore store, @Nullable Image base, byte[] config, Rules rules, StepCache cache, Options options)
            throws IOException {
        this.store = store;
        this.base = base;
        this.config = ConfigDocument.parse(config);
        this.rules = rules;
        this.cache = cache;
        this.options = options;
    }

    Image commit(List<Step> steps, @Nullable String tag) throws IOException {
        for (Step step : steps) {
            if (step instanceof Step.Files files) {
                pending.add(files);
                if (!options.inOneLayer()) {
                    makeFiles();
                }
            } else if (step instanceof Step.Run program) {
                makeFiles();
                run(program);
            } else if (step instanceof Step.Config change) {
                change.change().accept(config);
            }
        }
        makeFiles();
        rules.requireUsed();
        if (options.inOneLayer() && layers.size() > 1) {
            makeOne();
        }
        return store.derive(base, layers, histories, config.toBytes(), tag);
    }

    private List<Layer> stack() {
        List<Layer> stack = new ArrayList<>(base == null ? List.of() : base.layers());
        stack.addAll(layers);
        return stack;
    }

    /** An image that is in no store, as the config says now. */
    private Image image(List<Layer> stack) throws IOException {
        return unstored(config.toBytes(), stack);
    }

    /** An image that is in no store. */
    static Image unstored(byte[] config, List<Layer> stack) throws IOException {
        Digest digest = Digest.sha256(config);
        Platform platform = ImageConfig.parse("config " + digest, config).platform();
        return new Image(digest, digest, config, platform, stack, List.of());
    }

    /** A key that says what is below. */
    private KeyHash key(String what, List<Layer> below) {
        List<Digest> diffIds = below.stream().map(Layer::diffId).toList();
        return new KeyHash()
                .add(FORM)
                .add(what)
                .add(diffIds.isEmpty() ? "" : Digest.chainId(diffIds).toString());
    }

    private void add(Layer layer, String history) {
        layers.add(layer);
        histories.add(new History(options.time(), history, null, null));
    }

    private void makeFiles() throws IOException {
        if (pending.isEmpty()) {
            return;
        }
        try (Plan plan = new Plan(rules)) {
            for (Step.Files step : pending) {
                step.planning().plan(plan);
            }
            List<Layer> below = stack();
            KeyHash key = key("files", below);
            plan.actions().forEach(action -> action.describe(key));
            Image image = image(below);
            Layer layer = cache.layer(key.finish(), false, () -> apply(plan, image));
            add(layer, pending.stream().map(Step.Files::history).collect(Collectors.joining("; ")));
        }
        pending.clear();
    }

    private Layer apply(Plan plan, Image below) throws IOException {
        try (Mount mount = new VfsBackend().mount(store, below, MountOptions.DISPOSABLE)) {
            Tree tree = new Tree(mount.root());
            for (Action action : plan.actions()) {
                action.apply(tree);
            }
            return store.add(mount.changes());
        }
    }

    private void run(Step.Run step) throws IOException {
        List<Layer> below = stack();
        RunConfig running = config.run();
        KeyHash key = key("run", below)
                .add(options.time().toString())
                .add(step.command())
                .add(step.inputs())
                .add(running.user())
                .add(running.workingDirectory())
                .add(running.environment().keySet())
                .add(running.environment().values());
        Program program = new Program(step.command(), options.output());
        Layer layer = cache.layer(key.finish(), options.runAgain(), () -> {
            Instant since = Instant.now().minusMillis(TICK_MILLIS);
            return program.runIn(store, image(below), mount -> {
                Changeset changes = SettledTimes.of(mount.changes(), since, options.time());
                return store.add(changes);
            });
        });
        add(layer, step.history());
    }

    private void makeOne() throws IOException {
        List<Layer> below = base == null ? List.of() : base.layers();
        KeyHash key = key("one", below)
                .add(layers.stream().map(layer -> layer.diffId().toString()).toList());
        Layer one = cache.layer(key.finish(), false, () -> store.add(store.diff(image(below), image(stack()))));
        String history = histories.stream().map(History::createdBy).collect(Collectors.joining("; "));
        layers.clear();
        histories.clear();
        add(one, history);
    }
}
