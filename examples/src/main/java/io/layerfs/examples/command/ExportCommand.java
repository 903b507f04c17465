package io.layerfs.examples.command;

import io.layerfs.ExportPolicy;
import io.layerfs.LayerOptions;
import io.layerfs.LayerStore;
import io.layerfs.View;
import io.layerfs.examples.terminal.Arguments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code layerfs export}. */
@Command(
        name = "export",
        header = "Write all files of an image or a view into a directory, or into one tar.",
        description = {
            "A target that ends in .tar, or -, or a pipe, is a tar with everything in it; one that is there is not touched"
                    + " without --replace. Else it is a directory, empty or absent: the files are yours, devices are left"
                    + " out, setuid bits are dropped, unless an option says otherwise. What is left out is told on"
                    + " standard error. No name and no link in the image leads outside of the directory."
        },
        footer = "%nExamples:%n  layerfs export app:1 rootfs%n  layerfs export app:1 - | tar -t")
final class ExportCommand extends StoreCommand {

    @Parameters(index = "0", paramLabel = "IMAGE", description = "A tag, the start of a digest, or the name of a view.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String reference;

    @Parameters(index = "1", paramLabel = "DIR|FILE.tar|-", description = "Where to; - is standard output.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String target;

    @Option(names = "--owners", description = "Files belong to whom they belong in the image; needs root.")
    private boolean owners;

    @Option(
            names = "--devices",
            paramLabel = "create|skip|fail",
            converter = Devices.class,
            description = "What becomes of devices; to create them needs root.")
    private ExportPolicy.Devices devices = ExportPolicy.Devices.SKIP;

    @Option(names = "--replace", description = "Replace a tar that is there.")
    private boolean replace;

    @Option(names = "--setuid", description = "Keep setuid and setgid bits of files.")
    private boolean setuid;

    /** Reads the names of {@link ExportPolicy.Devices}. */
    static final class Devices implements picocli.CommandLine.ITypeConverter<ExportPolicy.Devices> {
        @Override
        public ExportPolicy.Devices convert(String value) {
            return switch (value) {
                case "create" -> ExportPolicy.Devices.CREATE;
                case "skip" -> ExportPolicy.Devices.SKIP;
                case "fail" -> ExportPolicy.Devices.FAIL;
                default ->
                    throw new picocli.CommandLine.TypeConversionException(
                            "'" + value + "' is none of create, skip, fail");
            };
        }
    }

    @Override
    int run(LayerStore store) throws IOException, Failure {
        if (References.isView(store, reference)) {
            try (StoredView view = StoredView.open(store, reference)) {
                export(store, view.view());
            }
        } else {
            export(store, store.view(References.find(store, reference)));
        }
        return ExitCode.OK;
    }

    private static boolean isStream(Path target) {
        return Files.exists(target) && !Files.isDirectory(target) && !Files.isRegularFile(target);
    }

    private void export(LayerStore store, View view) throws IOException, Failure {
        if (target.equals("-") || target.endsWith(".tar") || isStream(Arguments.hostPath(target))) {
            writeTo(target, replace, out -> store.exportTar(view, out, LayerOptions.fromEnvironment()));
        } else {
            ExportPolicy policy = new ExportPolicy(
                    owners,
                    devices,
                    setuid,
                    true,
                    (path, reason) -> terminal().note("left out: " + terminal().show("/" + path) + ": " + reason));
            store.export(view, Arguments.hostPath(target), policy);
        }
    }
}
