package io.layerfs.examples.command;

import io.layerfs.ImagePolicy;
import io.layerfs.examples.terminal.Arguments;
import io.layerfs.examples.terminal.Terminal;
import io.layerfs.trust.TrustPolicy;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --policy}, for commands that take an image from somewhere, or show one. */
final class PolicyOption {

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = "Which signatures an image must have, as JSON; docs/trust.md has the form. Else none.")
    private @Nullable String file;

    boolean isGiven() {
        return file != null;
    }

    /** The policy, which notes its warnings on standard error. */
    ImagePolicy read(Terminal terminal) throws IOException {
        return file == null
                ? ImagePolicy.ANY
                : TrustPolicy.read(
                        Arguments.hostPath(file),
                        warning -> terminal.note("layerfs: warning: " + terminal.safe(warning)));
    }
}
