package io.layerfs.examples.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerLint;
import io.layerfs.LayerLint.Finding;
import io.layerfs.LayerLint.Severity;
import io.layerfs.LayerStore;
import io.layerfs.LintRule;
import io.layerfs.examples.terminal.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code layerfs lint}. */
@Command(
        name = "lint",
        header = "Tell what is odd about an image's layers: what tools show differently, and what hides.",
        description = {
            "A line for each finding: the layer, its severity, the rule, the path and its offset in the tar, and what it is."
                    + " Of an image each layer is looked at as it lies on the ones below.",
            "Findings of severity info, which all tools treat alike, are only counted unless --all is given. Ends with 5 if"
                    + " there is a warning or an error."
        },
        footer = "%nExamples:%n  layerfs lint app:1%n  layerfs lint --layer 9a2f03 --all")
final class LintCommand extends StoreCommand {

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "IMAGE",
            description = "A tag, the digest of a manifest, or the start of one that fits no other.")
    private @Nullable String reference;

    @Option(
            names = "--layer",
            paramLabel = "DIFFID",
            description = "One layer by itself: its diff id, or the start of one.")
    private @Nullable String diffId;

    @Option(names = "--all", description = "Print the findings of severity info, too.")
    private boolean all;

    @Mixin
    private final JsonOption output = new JsonOption();

    /** What was found in a layer; its number is that in the image, base 0, or none. */
    private record Checked(Layer layer, LayerLint lint) {}

    @Override
    int run(LayerStore store) throws IOException, Failure {
        List<Checked> checked = new ArrayList<>();
        if (diffId != null && reference == null) {
            Layer layer = References.findLayer(store, diffId);
            checked.add(new Checked(layer, LayerLint.of(layer)));
        } else if (diffId == null && reference != null) {
            Image image = References.find(store, reference);
            for (int i = 0; i < image.layers().size(); i++) {
                Layer layer = image.layers().get(i);
                checked.add(new Checked(layer, LayerLint.of(image.layers().subList(0, i), layer)));
            }
        } else {
            throw Failure.usage("an IMAGE, or --layer DIFFID");
        }
        if (output.json()) {
            Json.print(terminal(), json -> write(json, checked));
        } else {
            print(checked);
        }
        boolean bad = checked.stream().map(c -> c.lint.worst()).anyMatch(w -> w != null && w != Severity.INFO);
        return bad ? ExitCode.FINDINGS : ExitCode.OK;
    }

    private void print(List<Checked> checked) throws IOException {
        Map<LintRule, Long> counts = new TreeMap<>();
        for (int i = 0; i < checked.size(); i++) {
            checked.get(i).lint.counts().forEach((rule, count) -> counts.merge(rule, count, Long::sum));
            for (Finding finding : checked.get(i).lint.findings()) {
                if (all || finding.severity() != Severity.INFO) {
                    print(i, finding);
                }
            }
        }
        List<String> words = new ArrayList<>();
        counts.forEach((rule, count) -> words.add(spelled(rule) + " " + count));
        terminal().println(words.isEmpty() ? "nothing found" : "found: " + String.join(", ", words));
    }

    private void print(int layer, Finding finding) throws IOException {
        String path = finding.place().path();
        LayerLint.Place related = finding.related();
        terminal()
                .println(layer + "  " + spelled(finding.severity()) + "  " + spelled(finding.rule()) + "  "
                        + (path.isEmpty() ? "-" : terminal().show(path)) + "  at "
                        + finding.place().offset() + ": "
                        + terminal().safe(finding.message())
                        + (related == null ? "" : "; see " + terminal().show(related.path()) + place(related)));
    }

    private static String place(LayerLint.Place related) {
        return related.offset() < 0 ? " below" : " at " + related.offset();
    }

    private static String spelled(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void write(JsonGenerator json, List<Checked> checked) throws IOException {
        json.writeStartArray();
        for (int i = 0; i < checked.size(); i++) {
            LayerLint lint = checked.get(i).lint;
            json.writeStartObject();
            json.writeNumberField("layer", i);
            json.writeStringField("diffId", checked.get(i).layer.diffId().toString());
            json.writeObjectFieldStart("counts");
            for (Map.Entry<LintRule, Long> count : lint.counts().entrySet()) {
                json.writeNumberField(spelled(count.getKey()), count.getValue());
            }
            json.writeEndObject();
            json.writeArrayFieldStart("findings");
            for (Finding finding : lint.findings()) {
                write(json, finding);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, Finding finding) throws IOException {
        json.writeStartObject();
        json.writeStringField("rule", spelled(finding.rule()));
        json.writeStringField("severity", spelled(finding.severity()));
        json.writeStringField("path", finding.place().path());
        json.writeNumberField("offset", finding.place().offset());
        json.writeStringField("message", finding.message());
        LayerLint.Place related = finding.related();
        if (related != null) {
            json.writeObjectFieldStart("related");
            json.writeStringField("path", related.path());
            json.writeNumberField("offset", related.offset());
            json.writeEndObject();
        }
        json.writeEndObject();
    }
}
