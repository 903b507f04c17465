package io.layerfs.oci;

import io.layerfs.MalformedLayerException;
import io.layerfs.Utf8;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How an image's config says that programs run (image-spec, config.md: the member {@code config}).
 *
 * @param environment variables, in their order
 * @param workingDirectory where they start
 * @param user who they run as: {@code user}, {@code uid}, {@code user:group} and so on; empty for root
 * @param entrypoint what is run before all arguments
 * @param arguments what follows, unless others are given
 */
public record RunConfig(
        Map<String, String> environment,
        String workingDirectory,
        String user,
        List<String> entrypoint,
        List<String> arguments) {

    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** Reads it from a config document. */
    public static RunConfig parse(String document, byte[] bytes) throws IOException {
        Json config = Json.parse(document, bytes).object("config");
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", PATH);
        if (config == null) {
            return new RunConfig(environment, "/", "", List.of(), List.of());
        }
        for (String variable : strings(config, "Env")) {
            int equals = variable.indexOf('=');
            if (equals <= 0) {
                throw new MalformedLayerException(
                        config.where() + ": Env has '" + variable + "', which is not NAME=VALUE");
            }
            environment.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        String directory = string(config, "WorkingDir");
        return new RunConfig(
                environment,
                directory.isEmpty() ? "/" : directory,
                string(config, "User"),
                strings(config, "Entrypoint"),
                strings(config, "Cmd"));
    }

    private static String string(Json config, String name) throws MalformedLayerException {
        String value = config.string(name);
        return value == null ? "" : requireText(config, name, value);
    }

    private static List<String> strings(Json config, String name) throws MalformedLayerException {
        List<String> values = config.strings(name);
        for (String value : values) {
            requireText(config, name, value);
        }
        return values;
    }

    /** A program cannot be given what has a NUL in it, or is no text. */
    private static String requireText(Json config, String name, String value) throws MalformedLayerException {
        boolean text = value.indexOf('\0') < 0;
        try {
            Utf8.encode(value);
        } catch (IllegalArgumentException e) {
            text = false;
        }
        if (!text) {
            String shown = Utf8.printable(value.getBytes(StandardCharsets.UTF_8));
            throw new MalformedLayerException(
                    config.where() + ": " + name + " has '" + shown + "', which no program can be given");
        }
        return value;
    }

    /** The program and arguments that are run where nothing else is asked for. */
    public List<String> command() {
        return java.util.stream.Stream.concat(entrypoint.stream(), arguments.stream())
                .toList();
    }
}
