package io.layerfs.examples.command;

import io.layerfs.LayerStore;
import io.layerfs.examples.terminal.Arguments;
import io.layerfs.examples.terminal.Terminal;
import io.layerfs.host.HostPaths;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code layerfs}: what all commands share, the store above all. */
@Command(
        name = "layerfs",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        usageHelpAutoWidth = true,
        sortOptions = false,
        synopsisSubcommandLabel = "COMMAND",
        header = "Container image layers as a file system: no daemon, no root.",
        description = {
            "Keeps images in a directory, each layer once, and shows each image as one tree of files.",
            "Results go to standard output, everything else to standard error."
        },
        descriptionHeading = "%n",
        parameterListHeading = "%n",
        optionListHeading = "%n",
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the operation failed: bad input, a damaged store, no space",
            "2:the command line was not understood",
            "3:what was named is not there: an image, a layer, a path, a file to import",
            "4:verify found damage",
            "5:an image is not signed as a policy or a key asks for",
            "6:lint found something that is a warning or worse",
            "141:whoever read standard output has gone"
        },
        footer = {
            "%nExamples:",
            "  layerfs import app.oci.tar --tag app:1",
            "  layerfs ls -l app:1 /etc",
            "  layerfs cat app:1 /etc/os-release",
            "  layerfs COMMAND --help"
        })
public final class LayerfsCommand implements Runnable {

    /** In the order in which the help lists them. */
    private static final List<Class<?>> COMMANDS = List.of(
            ImportCommand.class,
            PullCommand.class,
            PushCommand.class,
            ImagesCommand.class,
            LayersCommand.class,
            LsCommand.class,
            CatCommand.class,
            StatCommand.class,
            TreeCommand.class,
            FindProviderCommand.class,
            InspectCommand.class,
            LintCommand.class,
            ExplainCommand.class,
            VerifyCommand.class,
            TagCommand.class,
            UntagCommand.class,
            SignCommand.class,
            VerifySignatureCommand.class,
            RmiCommand.class,
            GcCommand.class,
            DfCommand.class,
            NewCommand.class,
            ViewsCommand.class,
            CpCommand.class,
            RmCommand.class,
            DiffCommand.class,
            CommitCommand.class,
            DropCommand.class,
            SquashCommand.class,
            FlattenCommand.class,
            RebaseCommand.class,
            ExportCommand.class,
            ExportLayerCommand.class,
            SaveCommand.class,
            RunCommand.class,
            DoctorCommand.class);

    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--store",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "The store: a directory, and an OCI image layout. Else $$LAYERFS_STORE, else "
                    + "$$XDG_DATA_HOME/layerfs, else $$HOME/.local/share/layerfs.")
    private @Nullable String store;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show where in the program an error arose.")
    private boolean debug;

    /** Writes to {@code terminal}. */
    public LayerfsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Shows how it is used: without a command there is nothing to do. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    Terminal terminal() {
        return terminal;
    }

    boolean debug() {
        return debug;
    }

    /** Opens the store, which is created where {@code create} and it is not there. */
    LayerStore openStore(boolean create) throws IOException, Failure {
        // As text, because a path's own text is that of the locale.
        String name = storeName();
        Path directory = Arguments.hostPath(name);
        if (!create && !Files.isDirectory(directory)) {
            throw Failure.notFound("no store at " + terminal.show(name) + "; 'layerfs import' makes one");
        }
        if (create) {
            Path parent = directory.toAbsolutePath().getParent();
            Files.createDirectories(parent == null ? directory : parent);
        }
        return LayerStore.open(directory);
    }

    private String storeName() throws Failure {
        String named = store == null ? HostPaths.environment("LAYERFS_STORE") : store;
        if (named != null) {
            return named;
        }
        String data = HostPaths.environment("XDG_DATA_HOME");
        return (data == null ? home() + "/.local/share" : data) + "/layerfs";
    }

    /** Where the environment does not say it, the JVM asks who the user is; of one whom nobody knows it has a question mark. */
    private static String home() throws Failure {
        String home = HostPaths.environment("HOME");
        String known = home == null ? System.getProperty("user.home", "") : home;
        if (!Path.of(known).isAbsolute()) {
            throw Failure.usage("where is the store? Neither --store nor LAYERFS_STORE, XDG_DATA_HOME or HOME says it");
        }
        return known;
    }

    /** The command line with all commands of this package, and more; errors become one line and an exit code. */
    public static CommandLine commandLine(Terminal terminal, Object... more) {
        List<Object> commands = new ArrayList<>(COMMANDS);
        commands.addAll(List.of(more));
        return of(terminal, commands);
    }

    /**
     * The same for these arguments: with one command alone where they start with its name, or with a store and its name, since
     * then no other can be meant. For picocli to look at all of them takes longer than many a command.
     */
    public static CommandLine commandLineFor(String[] arguments, Terminal terminal, Object... more) {
        int first = arguments.length > 2 && arguments[0].equals("--store") ? 2 : 0;
        if (first < arguments.length) {
            for (Class<?> command : COMMANDS) {
                if (command.getAnnotation(Command.class).name().equals(arguments[first])) {
                    return of(terminal, List.of(command));
                }
            }
        }
        return commandLine(terminal, more);
    }

    private static CommandLine of(Terminal terminal, List<?> commands) {
        LayerfsCommand root = new LayerfsCommand(terminal);
        Charset charset = terminal.unicode() ? StandardCharsets.UTF_8 : StandardCharsets.US_ASCII;
        CommandLine line = new CommandLine(root);
        commands.forEach(line::addSubcommand);
        // These settings reach the commands that are there by now.
        return line.setOut(new PrintWriter(new OutputStreamWriter(terminal.out(), charset), true))
                .setErr(new PrintWriter(new OutputStreamWriter(terminal.err(), charset), true))
                .setExpandAtFiles(false)
                .setUnmatchedOptionsArePositionalParams(false)
                .setParameterExceptionHandler((e, arguments) -> root.explain(e))
                .setExecutionExceptionHandler((e, failed, parsed) -> Errors.report(e, terminal, root.debug));
    }

    /** Runs a command line, and sends its output on its way; the exit code is the answer. */
    public static int execute(CommandLine line, Terminal terminal, String... arguments) {
        int exitCode = line.execute(arguments);
        try {
            terminal.flush();
        } catch (IOException e) {
            // A command that failed has said why: this may well have been why.
            return exitCode == ExitCode.OK ? Errors.report(e, terminal, false) : exitCode;
        }
        return exitCode;
    }

    private int explain(ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        terminal.note("layerfs: " + e.getMessage());
        UnmatchedArgumentException.printSuggestions(e, e.getCommandLine().getErr());
        terminal.note("Try '" + command + " --help'.");
        return ExitCode.USAGE;
    }
}
