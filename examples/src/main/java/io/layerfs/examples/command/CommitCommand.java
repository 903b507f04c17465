package io.layerfs.examples.command;

import io.layerfs.History;
import io.layerfs.Image;
import io.layerfs.LayerOptions;
import io.layerfs.LayerStore;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code layerfs commit}. */
@Command(
        name = "commit",
        header = "Make an image of a writable view: its image, and a layer of what was changed.",
        description = {
            "Prints the digest of the image's manifest. The view stays as it is. Where SOURCE_DATE_EPOCH is set, the layer has"
                    + " no later time than that, and the image says that it was made then: the same changes give the same image."
        },
        footer = "%nExample:%n  layerfs commit work --tag app:2")
final class CommitCommand extends StoreCommand {

    @Parameters(index = "0", paramLabel = "NAME", description = "The name of a view.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String name;

    @Option(names = "--tag", paramLabel = "TAG", description = "What to call the image, such as app:2.")
    private @Nullable String tag;

    @Option(names = "--whole-seconds", description = "Leave the fractions of times out of the layer.")
    private boolean wholeSeconds;

    @Mixin
    private final HistoryOptions said = new HistoryOptions();

    @Override
    int run(LayerStore store) throws IOException, Failure {
        Image base =
                References.find(store, References.findView(store, name).image().toString());
        try (StoredView view = StoredView.open(store, name)) {
            LayerOptions environment = LayerOptions.fromEnvironment();
            LayerOptions options = new LayerOptions(wholeSeconds, environment.latest());
            History history = said.history("layerfs commit", environment.latest());
            Image image = store.commit(base, view.changes(), options, history, tag);
            terminal().println(image.digest().toString());
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
        return ExitCode.OK;
    }
}
