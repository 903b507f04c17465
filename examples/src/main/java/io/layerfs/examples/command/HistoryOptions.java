package io.layerfs.examples.command;

import io.layerfs.History;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is said of a new layer. */
final class HistoryOptions {

    @Option(names = "--author", paramLabel = "NAME", description = "Who made the layer.")
    private @Nullable String author;

    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "A comment on the layer.")
    private @Nullable String message;

    /** With the time of {@code latest}, else of now. */
    History history(String createdBy, @Nullable Instant latest) {
        return new History(latest == null ? Instant.now() : latest, createdBy, author, message);
    }
}
