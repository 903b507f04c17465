package io.layerfs.oci;

import java.io.IOException;
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
        for (String variable : config.strings("Env")) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                environment.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        String directory = config.string("WorkingDir");
        String user = config.string("User");
        return new RunConfig(
                environment,
                directory == null || directory.isEmpty() ? "/" : directory,
                user == null ? "" : user,
                config.strings("Entrypoint"),
                config.strings("Cmd"));
    }

    /** The program and arguments that are run where nothing else is asked for. */
    public List<String> command() {
        return java.util.stream.Stream.concat(entrypoint.stream(), arguments.stream())
                .toList();
    }
}
