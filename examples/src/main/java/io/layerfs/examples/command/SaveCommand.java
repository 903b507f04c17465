package io.layerfs.examples.command;

import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.SaveOptions;
import io.layerfs.examples.terminal.Arguments;
import io.layerfs.examples.terminal.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code layerfs save}. */
@Command(
        name = "save",
        header = "Write images into an archive, or a layout, for other tools.",
        description = {
            "As one tar that is an OCI layout and that docker load reads, too, unless --format says otherwise. The same images"
                    + " give the same bytes, on every machine, with any number of threads.",
            "An archive that is there is not touched without --replace. To an OCI layout that is a directory, images are added."
        },
        footer =
                "%nExamples:%n  layerfs save app:1 -o app.tar%n  layerfs save app:1 -o - | docker load%n  layerfs save app:1 app:2 -o apps --format oci-dir"
                        + " --compress zstd --level 9")
final class SaveCommand extends StoreCommand {

    @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "A tag, or the start of a digest.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private List<String> references;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE|DIR|-",
            required = true,
            description = "Where to; - is standard output. A pipe or a device is written into.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String target;

    @Option(
            names = "--format",
            paramLabel = "oci|oci-dir|docker|both",
            converter = Format.class,
            description =
                    "An OCI layout as a tar or a directory; a docker archive; or one tar that is both (which is meant"
                            + " where the output is no directory).")
    private SaveOptions.@Nullable Format format;

    @Mixin
    private final CompressionOption compression = new CompressionOption();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What to call the image there, such as app:1; may be given several times. Else its tags.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "How many threads compress; else as many as there are processors.")
    private int threads = SaveOptions.DEFAULT.threads();

    @Option(names = "--replace", description = "Replace an archive that is there.")
    private boolean replace;

    /** Reads the names of {@link SaveOptions.Format}. */
    static final class Format implements picocli.CommandLine.ITypeConverter<SaveOptions.Format> {
        @Override
        public SaveOptions.Format convert(String value) {
            return switch (value) {
                case "oci" -> SaveOptions.Format.OCI;
                case "oci-dir" -> SaveOptions.Format.OCI_DIRECTORY;
                case "docker" -> SaveOptions.Format.DOCKER;
                case "both" -> SaveOptions.Format.BOTH;
                default ->
                    throw new picocli.CommandLine.TypeConversionException(
                            "'" + value + "' is none of oci, oci-dir, docker, both");
            };
        }
    }

    @Override
    int run(LayerStore store) throws IOException, Failure {
        List<Image> images = new ArrayList<>();
        for (String reference : references) {
            images.add(References.find(store, reference));
        }
        Path path = Arguments.hostPath(target);
        try (Progress progress = Progress.start(terminal(), "save")) {
            SaveOptions options = options(path).withListener(progress);
            if (target.equals("-")) {
                writeTo(target, replace, out -> store.save(images, out, options));
            } else {
                store.save(images, path, options);
            }
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
        return ExitCode.OK;
    }

    private SaveOptions options(Path path) {
        SaveOptions.Format both = Files.isDirectory(path) ? SaveOptions.Format.OCI_DIRECTORY : SaveOptions.Format.BOTH;
        SaveOptions options = SaveOptions.DEFAULT
                .withFormat(format == null ? both : format)
                .withCompression(compression.read())
                .withNames(names)
                .withThreads(threads);
        return replace ? options.replacing() : options;
    }
}
