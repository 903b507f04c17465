package io.layerfs.examples.command;

import io.layerfs.Digest;
import io.layerfs.LayerStore;
import io.layerfs.StoreUsage;
import io.layerfs.examples.terminal.Columns;
import io.layerfs.examples.terminal.Json;
import io.layerfs.examples.terminal.Sizes;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code layerfs df}. */
@Command(
        name = "df",
        header = "Show what images and layers cost.",
        description = {
            "For each image: its size with all that is kept for it, what of that no other image needs (its removal frees"
                    + " so much), its layers' tars, what is derived of them, and when it was last used.",
            "Then what several images share, what only views, mounts and leases need, what nothing needs, and how much"
                    + " derived data could go. With --json the layers, too."
        },
        footer = "%nExample:%n  layerfs df --json")
final class DfCommand extends StoreCommand {

    @Mixin
    private final JsonOption output = new JsonOption();

    @Override
    int run(LayerStore store) throws IOException {
        StoreUsage usage = store.usage();
        if (output.json()) {
            printJson(usage);
        } else {
            print(usage);
        }
        return ExitCode.OK;
    }

    private void print(StoreUsage usage) throws IOException {
        Columns columns = new Columns("llrrrrl");
        columns.add("TAG", "DIGEST", "SIZE", "EXCLUSIVE", "TARS", "DERIVED", "USED");
        for (StoreUsage.OfImage image : usage.images()) {
            columns.add(
                    image.tags().isEmpty() ? "-" : terminal().show(String.join(",", image.tags())),
                    References.abbreviate(image.digest()),
                    Sizes.show(image.total()),
                    Sizes.show(image.exclusive()),
                    Sizes.show(image.tars()),
                    Sizes.show(image.indexes() + image.unpacked()),
                    image.lastUsed().truncatedTo(ChronoUnit.SECONDS).toString());
        }
        columns.print(terminal());
        terminal()
                .println("in all " + Sizes.show(usage.total()) + ": shared " + Sizes.show(usage.shared())
                        + ", held by views, mounts and leases alone " + Sizes.show(usage.held())
                        + ", needed by nothing "
                        + Sizes.show(usage.unreferenced()) + "; derived and not in use "
                        + Sizes.show(usage.droppable()));
    }

    private void printJson(StoreUsage usage) throws IOException {
        Json.print(terminal(), json -> {
            json.writeStartObject();
            json.writeNumberField("total", usage.total());
            json.writeNumberField("shared", usage.shared());
            json.writeNumberField("held", usage.held());
            json.writeNumberField("unreferenced", usage.unreferenced());
            json.writeNumberField("droppable", usage.droppable());
            json.writeArrayFieldStart("images");
            for (StoreUsage.OfImage image : usage.images()) {
                json.writeStartObject();
                json.writeStringField("digest", image.digest().toString());
                json.writeArrayFieldStart("tags");
                for (String tag : image.tags()) {
                    json.writeString(tag);
                }
                json.writeEndArray();
                json.writeStringField("lastUsed", image.lastUsed().toString());
                json.writeNumberField("total", image.total());
                json.writeNumberField("exclusive", image.exclusive());
                json.writeNumberField("tars", image.tars());
                json.writeNumberField("originals", image.originals());
                json.writeNumberField("documents", image.documents());
                json.writeNumberField("indexes", image.indexes());
                json.writeNumberField("unpacked", image.unpacked());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("layers");
            for (StoreUsage.OfLayer layer : usage.layers()) {
                json.writeStartObject();
                json.writeStringField("diffId", layer.diffId().toString());
                json.writeNumberField("tar", layer.tar());
                json.writeNumberField("index", layer.index());
                json.writeArrayFieldStart("images");
                for (Digest image : layer.images()) {
                    json.writeString(image.toString());
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
