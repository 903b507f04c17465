package io.layerfs.examples.command;

import io.layerfs.Backend;
import io.layerfs.Backends;
import io.layerfs.Image;
import io.layerfs.LayerOptions;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code layerfs run}. */
@Command(
        name = "run",
        header = "Run a program in an image, mounted by the kernel; with --commit, make an image of what it changed.",
        description = {
            "The program has the image as its root, its environment, directory and user as the image's config says, and a"
                    + " mount and pid namespace of its own. What it changes is gone when it ends, unless it is committed. Without a"
                    + " program the config's is run. The exit code is the program's. It is no sandbox, and needs Linux and root,"
                    + " or user namespaces: see 'layerfs doctor'."
        },
        footer = {
            "%nExamples:",
            "  layerfs run app:1 -- sh -c 'apt-get --version'",
            "  layerfs run app:1 --commit app:2 -- apt-get install -y tree"
        })
final class RunCommand extends StoreCommand {

    @Parameters(index = "0", paramLabel = "IMAGE", description = "A tag, or the start of a digest.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String reference;

    @Parameters(index = "1..*", paramLabel = "COMMAND", description = "The program and its arguments, behind '--'.")
    private List<String> command = new ArrayList<>();

    @Option(
            names = "--commit",
            paramLabel = "TAG",
            description = "Make an image of the result if the program succeeds.")
    private @Nullable String tag;

    @Option(names = "--env", paramLabel = "NAME=VALUE", description = "Set a variable for the program.")
    private Map<String, String> variables = new LinkedHashMap<>();

    @Mixin
    private final PolicyOption policy = new PolicyOption();

    @Mixin
    private final HistoryOptions said = new HistoryOptions();

    @Override
    int run(LayerStore store) throws Exception {
        Image image = References.find(store, reference);
        Backend backend = Backends.named("overlay");
        try (Mount mount = backend.mount(store, image, MountOptions.DISPOSABLE.withPolicy(policy.read(terminal())))) {
            int exitCode = run(mount);
            if (tag != null && exitCode == 0) {
                commit(store, image, mount, tag);
            }
            return exitCode;
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
    }

    private int run(Mount mount) throws IOException, InterruptedException {
        ProcessBuilder builder = mount.command(command.toArray(new String[0])).inheritIO();
        String terminal = System.getenv("TERM");
        if (terminal != null) {
            builder.environment().putIfAbsent("TERM", terminal);
        }
        builder.environment().putAll(variables);
        return builder.start().waitFor();
    }

    private void commit(LayerStore store, Image base, Mount mount, String name) throws IOException {
        LayerOptions options = LayerOptions.fromEnvironment();
        String what = "layerfs run " + String.join(" ", command);
        Image made = store.commit(base, mount.changes(), options, said.history(what, options.latest()), name);
        terminal().note(made.digest().toString());
    }
}
