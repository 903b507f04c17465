package io.layerfs.compose;

import io.layerfs.Backend;
import io.layerfs.BackendUnavailableException;
import io.layerfs.Backends;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A program of an image, run in it by whichever backend can do that. */
final class Program {

    private final List<String> command;
    private final @Nullable Consumer<String> output;

    /**
     * @param output told each line that it prints; null where it prints to the streams of this process
     */
    Program(List<String> command, @Nullable Consumer<String> output) {
        this.command = command;
        this.output = output;
    }

    /** Takes a mount in which the program has run. */
    interface Use<T> {
        T with(Mount mount) throws IOException;
    }

    /** Runs it in an image, and hands on the mount when it has ended with 0. */
    <T> T runIn(LayerStore store, Image image, Use<T> use) throws IOException {
        List<String> refused = new ArrayList<>();
        for (Backend backend : Backends.all()) {
            String problem = backend.unavailable();
            if (problem != null) {
                refused.add("'" + backend.name() + "': " + problem);
                continue;
            }
            try (Mount mount = backend.mount(store, image, MountOptions.DISPOSABLE)) {
                ProcessBuilder builder = builder(mount, backend, refused);
                if (builder != null) {
                    run(builder);
                    return use.with(mount);
                }
            }
        }
        throw new BackendUnavailableException("no backend can run " + command + " here: "
                + (refused.isEmpty() ? "there is none on the class path" : String.join("; ", refused)));
    }

    private @Nullable ProcessBuilder builder(Mount mount, Backend backend, List<String> refused) throws IOException {
        try {
            return mount.command(command.toArray(new String[0]));
        } catch (UnsupportedOperationException e) {
            refused.add("'" + backend.name() + "': " + e.getMessage());
            return null;
        }
    }

    private void run(ProcessBuilder builder) throws IOException {
        builder.redirectErrorStream(output != null);
        if (output == null) {
            builder.redirectOutput(ProcessBuilder.Redirect.INHERIT).redirectError(ProcessBuilder.Redirect.INHERIT);
        }
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            if (output != null) {
                report(process, output);
            }
            int exitCode = process.waitFor();
            if (exitCode != 0) {
                throw new IOException("the program " + command + " ended with the exit code " + exitCode);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the program " + command + " ran");
        } finally {
            process.destroyForcibly();
        }
    }

    private static void report(Process process, Consumer<String> output) throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.accept(line);
            }
        }
    }
}
