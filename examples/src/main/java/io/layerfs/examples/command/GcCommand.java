package io.layerfs.examples.command;

import io.layerfs.GcOptions;
import io.layerfs.GcReport;
import io.layerfs.LayerStore;
import io.layerfs.examples.terminal.Columns;
import io.layerfs.examples.terminal.Json;
import io.layerfs.examples.terminal.Sizes;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code layerfs gc}. */
@Command(
        name = "gc",
        header = "Remove what nothing needs from the store.",
        description = {
            "What images with a name, writable views, and mounts, imports and leases of living processes need stays;"
                    + " images without a name do, too, unless --untagged is given. Safe while others use the store.",
            "Prints what was removed: its kind, its digest, its size."
        },
        footer = "%nExamples:%n  layerfs gc --dry-run%n  layerfs gc --untagged --older-than 7d%n"
                + "  layerfs gc --untagged --derived --keep-bytes 20G")
final class GcCommand extends StoreCommand {

    @Option(names = "--dry-run", description = "Remove nothing; print what would be.")
    private boolean dryRun;

    @Option(
            names = "--older-than",
            paramLabel = "DURATION",
            converter = Quantities.Durations.class,
            description = "Only what was written or used that long ago: 30s, 15m, 12h, 7d.")
    private @Nullable Duration age;

    @Option(
            names = "--keep-bytes",
            paramLabel = "SIZE",
            converter = Quantities.Bytes.class,
            description = "With --untagged or --derived: the least recently used first, until the store is no larger"
                    + " than this: 500M, 20G (powers of 1000).")
    private @Nullable Long keepBytes;

    @Option(names = "--untagged", description = "Images without a name, too.")
    private boolean untagged;

    @Option(names = "--derived", description = "Indexes and unpacked layers of images that stay, too.")
    private boolean derived;

    @Mixin
    private final JsonOption output = new JsonOption();

    @Override
    int run(LayerStore store) throws IOException, Failure {
        if (keepBytes != null && !untagged && !derived) {
            throw Failure.usage("--keep-bytes says how much stays of what --untagged and --derived let go: give one");
        }
        GcReport report = store.gc(new GcOptions(
                dryRun, age == null ? Duration.ZERO : age, keepBytes == null ? 0 : keepBytes, untagged, derived));
        if (output.json()) {
            printJson(report);
        } else {
            print(report);
        }
        return ExitCode.OK;
    }

    private void print(GcReport report) throws IOException {
        Columns columns = new Columns("llr");
        for (GcReport.Removed removed : report.removed()) {
            String size = removed.kind() == GcReport.Kind.IMAGE ? "" : Sizes.show(removed.bytes());
            columns.add(word(removed.kind()), References.abbreviate(removed.digest()), size);
        }
        columns.print(terminal());
        report.leftOver().forEach(left -> terminal().note("left over: " + left));
        terminal()
                .println((report.dryRun() ? "would free " : "freed ") + Sizes.show(report.bytes()) + ", "
                        + Sizes.show(report.remaining()) + " stay");
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void printJson(GcReport report) throws IOException {
        Json.print(terminal(), json -> {
            json.writeStartObject();
            json.writeBooleanField("dryRun", report.dryRun());
            json.writeNumberField("bytes", report.bytes());
            json.writeNumberField("remaining", report.remaining());
            json.writeArrayFieldStart("removed");
            for (GcReport.Removed removed : report.removed()) {
                json.writeStartObject();
                json.writeStringField("kind", word(removed.kind()));
                json.writeStringField("digest", removed.digest().toString());
                json.writeNumberField("bytes", removed.bytes());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("kept");
            for (GcReport.Kept kept : report.kept()) {
                json.writeStartObject();
                json.writeStringField("digest", kept.digest().toString());
                json.writeArrayFieldStart("names");
                for (String name : kept.names()) {
                    json.writeString(name);
                }
                json.writeEndArray();
                json.writeStringField("reason", word(kept.reason()));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("leftOver");
            for (String left : report.leftOver()) {
                json.writeString(left);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
