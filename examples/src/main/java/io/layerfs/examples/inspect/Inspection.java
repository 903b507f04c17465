package io.layerfs.examples.inspect;

import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is inside an image, layer by layer.
 *
 * @param layers base first
 * @param history all that the config says of how the image came about, also where that made no layer
 * @param nodes every path that some layer shows, each behind the directory that it is in
 */
public record Inspection(
        Image image, List<LayerFacts> layers, List<HistoryStep> history, List<Fact> facts, List<PathNode> nodes) {

    /**
     * One step of the history.
     *
     * @param layer the number of the layer that it made; null for none
     */
    public record HistoryStep(
            @Nullable Integer layer,
            @Nullable String command,
            @Nullable String created,
            @Nullable String comment) {}

    /** Something that the config says. */
    public record Fact(String name, String value) {}

    /** A file whose bytes a layer stores, and that is not seen any more. */
    public record Waste(String path, long bytes, int layer, int hiddenBy) {}

    /** Looks into an image of the store. */
    public static Inspection of(LayerStore store, Image image) throws IOException {
        Stacking stacking = new Stacking();
        for (Layer layer : image.layers()) {
            stacking.add(layer.changeset());
        }
        ConfigDocument config = ConfigDocument.parse(image.config());
        List<HistoryStep> history = history(config, image.layers().size());
        List<LayerFacts> layers = new ArrayList<>();
        List<ConfigDocument> descriptors = manifest(store, image).objects("layers");
        for (int i = 0; i < image.layers().size(); i++) {
            layers.add(facts(i, image.layers().get(i), stacking.layers().get(i), history, descriptors));
        }
        return new Inspection(image, layers, history, facts(config), stacking.nodes());
    }

    private static LayerFacts facts(
            int number, Layer layer, List<Change> changes, List<HistoryStep> history, List<ConfigDocument> descriptors)
            throws IOException {
        HistoryStep step = history.stream()
                .filter(h -> h.layer() != null && h.layer() == number)
                .findFirst()
                .orElse(null);
        String size = number < descriptors.size() ? descriptors.get(number).text("size") : null;
        boolean same = number >= descriptors.size()
                || layer.diffId().toString().equals(descriptors.get(number).text("digest"));
        long wasted = changes.stream()
                .filter(Inspection::isWasted)
                .mapToLong(change -> change.size)
                .sum();
        return new LayerFacts(
                number,
                layer.diffId(),
                layer.size(),
                same || size == null ? null : Long.valueOf(size),
                step == null ? null : step.command(),
                step == null ? null : step.created(),
                changes,
                wasted);
    }

    static boolean isWasted(Change change) {
        return change.size > 0 && change.stored != null && change.stored.isWasted();
    }

    /** The store is an OCI image layout: a blob lies under its digest. */
    private static ConfigDocument manifest(LayerStore store, Image image) throws IOException {
        Digest digest = image.digest();
        Path blob =
                store.directory().resolve("blobs").resolve(digest.algorithm()).resolve(digest.encoded());
        return ConfigDocument.parse(Files.readAllBytes(blob));
    }

    private static List<HistoryStep> history(ConfigDocument config, int layers) {
        List<HistoryStep> steps = new ArrayList<>();
        int layer = 0;
        for (ConfigDocument step : config.objects("history")) {
            boolean empty = "true".equals(step.text("empty_layer"));
            Integer number = empty || layer >= layers ? null : (Integer) layer++;
            steps.add(new HistoryStep(number, step.text("created_by"), step.text("created"), step.text("comment")));
        }
        return steps;
    }

    private static List<Fact> facts(ConfigDocument config) {
        List<Fact> facts = new ArrayList<>();
        add(facts, "Created", config.text("created"));
        add(facts, "Author", config.text("author"));
        ConfigDocument run = config.object("config");
        add(facts, "Entrypoint", String.join(" ", run.texts("Entrypoint")));
        add(facts, "Command", String.join(" ", run.texts("Cmd")));
        add(facts, "User", run.text("User"));
        add(facts, "Directory", run.text("WorkingDir"));
        add(facts, "Ports", String.join(" ", run.object("ExposedPorts").names()));
        add(facts, "Volumes", String.join(" ", run.object("Volumes").names()));
        add(facts, "Stop signal", run.text("StopSignal"));
        run.texts("Env").forEach(variable -> add(facts, "Environment", variable));
        ConfigDocument labels = run.object("Labels");
        labels.names().forEach(name -> add(facts, "Label", name + "=" + labels.text(name)));
        return facts;
    }

    private static void add(List<Fact> facts, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            facts.add(new Fact(name, value));
        }
    }

    /** How many bytes its tars have. */
    public long size() {
        return layers.stream().mapToLong(LayerFacts::size).sum();
    }

    /** How many bytes its layers store that no name is left for. */
    public long wasted() {
        return layers.stream().mapToLong(LayerFacts::wasted).sum();
    }

    /** The files whose bytes are stored and not seen, the largest first. */
    public List<Waste> waste() {
        List<Waste> waste = new ArrayList<>();
        for (LayerFacts layer : layers) {
            for (Change change : layer.changes()) {
                if (isWasted(change) && change.stored != null) {
                    waste.add(new Waste(path(change.node), change.size, layer.number(), change.stored.hiddenBy));
                }
            }
        }
        waste.sort(Comparator.comparingLong(Waste::bytes).reversed().thenComparing(Waste::path));
        return waste;
    }

    private static String path(PathNode node) {
        StringBuilder path = new StringBuilder();
        for (PathNode at = node; at.parent != null; at = at.parent) {
            path.insert(0, at.name).insert(0, '/');
        }
        return path.toString();
    }
}
