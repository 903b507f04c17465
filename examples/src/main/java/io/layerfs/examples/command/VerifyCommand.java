package io.layerfs.examples.command;

import io.layerfs.LayerStore;
import io.layerfs.Verification;
import io.layerfs.examples.terminal.Json;
import io.layerfs.examples.terminal.Progress;
import io.layerfs.examples.terminal.Sizes;
import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code layerfs verify}. */
@Command(
        name = "verify",
        header = "Check every byte of the store.",
        description = {
            "Hashes each blob anew, reads each document, and builds each index anew. Prints what is wrong, one finding"
                    + " per line: its kind, what it is about, and why. Ends with 4 if there is any but rebuilt-index,"
                    + " which tells of a derived file that was replaced, unchecked, of one that there was no room to"
                    + " compare, and left-over, of what a dead process left and nobody can delete; nothing else is"
                    + " changed."
        },
        footer = "%nExample:%n  layerfs verify && echo sound")
final class VerifyCommand extends StoreCommand {

    @Mixin
    private final JsonOption output = new JsonOption();

    @Override
    int run(LayerStore store) throws IOException {
        Verification found;
        try (Progress progress = Progress.start(terminal(), "verify")) {
            found = store.verify(progress);
        }
        if (output.json()) {
            printJson(found);
        } else {
            print(found);
        }
        return found.isSound() ? ExitCode.OK : ExitCode.DAMAGED;
    }

    private void print(Verification found) throws IOException {
        for (Verification.Finding finding : found.findings()) {
            terminal()
                    .println(kind(finding) + "  " + terminal().show(finding.subject()) + "  "
                            + terminal().safe(finding.message()));
        }
        if (found.isSound()) {
            terminal().println(found.blobs() + " blobs of " + Sizes.show(found.bytes()) + ", all sound");
        }
    }

    private static String kind(Verification.Finding finding) {
        return finding.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void printJson(Verification found) throws IOException {
        Json.print(terminal(), json -> {
            json.writeStartObject();
            json.writeBooleanField("sound", found.isSound());
            json.writeNumberField("blobs", found.blobs());
            json.writeNumberField("bytes", found.bytes());
            json.writeArrayFieldStart("findings");
            for (Verification.Finding finding : found.findings()) {
                json.writeStartObject();
                json.writeStringField("kind", kind(finding));
                json.writeStringField("subject", finding.subject());
                json.writeStringField("message", finding.message());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
