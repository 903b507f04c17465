package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.examples.command.LayerfsCommand;
import io.layerfs.examples.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Every command and option of {@code layerfs} that a document names is there. */
class DocumentedCommandsTest {

    /** A line of a listing, or text between backquotes. */
    private static final Pattern COMMAND = Pattern.compile("(?m)(?:^    |`)(?:examples/)?layerfs\\s+([^`\n]+)");

    private static CommandLine layerfs() {
        Terminal terminal = Terminal.of(new ByteArrayOutputStream(), new ByteArrayOutputStream(), true);
        return LayerfsCommand.commandLine(terminal, new QuickStartCommand(terminal));
    }

    @Test
    void theDocumentsNameNoOtherCommandsAndOptions() throws IOException {
        CommandLine layerfs = layerfs();
        List<String> unknown = new ArrayList<>();
        int seen = 0;
        for (Path document : Documents.all()) {
            Matcher matcher = COMMAND.matcher(Files.readString(document));
            while (matcher.find()) {
                seen++;
                for (String problem : problems(layerfs, matcher.group(1).split("\\s+", -1))) {
                    unknown.add(Documents.name(document) + ": layerfs " + matcher.group(1) + ": " + problem);
                }
            }
        }
        assertThat(unknown).isEmpty();
        assertThat(seen).isGreaterThan(30);
    }

    private static List<String> problems(CommandLine layerfs, String... words) {
        List<String> problems = new ArrayList<>();
        CommandLine command = layerfs;
        for (String word : words) {
            if (word.equals("--") || word.equals("#")) {
                break;
            }
            if (word.startsWith("-") && word.length() > 1) { // a dash alone is standard input or output
                if (command.getCommandSpec().findOption(word.split("=", 2)[0]) == null) {
                    problems.add("no option " + word);
                }
            } else if (command == layerfs) {
                command = layerfs.getSubcommands().get(word);
                if (command == null) {
                    return List.of("no command " + word);
                }
            }
        }
        return problems;
    }
}
