package io.layerfs.compose;

import io.layerfs.Platform;
import io.layerfs.oci.ImageConfig;
import io.layerfs.oci.Json;
import io.layerfs.oci.RunConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An image's config while it is changed; what is not changed stays, known or not (image-spec, config.md). */
final class ConfigDocument {

    private static final String WHAT = "the config of the base";

    private final Map<String, Object> document;
    private final Map<String, Object> config = new LinkedHashMap<>();
    private final List<String> variables;
    private final Map<String, Object> labels = new LinkedHashMap<>();

    private ConfigDocument(Json base) throws IOException {
        this.document = new LinkedHashMap<>(base.members());
        Json running = base.object("config");
        this.variables = running == null ? new ArrayList<>() : running.strings("Env");
        if (running != null) {
            config.putAll(running.members());
            Json said = running.object("Labels");
            labels.putAll(said == null ? Map.of() : said.members());
        }
    }

    static ConfigDocument parse(byte[] base) throws IOException {
        return new ConfigDocument(Json.parse(WHAT, base));
    }

    /** The config of an image that has nothing. */
    static byte[] empty(Platform platform) {
        return new ImageConfig(platform, List.of()).toBytes();
    }

    /** Sets a variable, in the place that it has. */
    void env(String name, String value) {
        String variable = name + "=" + value;
        for (int i = 0; i < variables.size(); i++) {
            if (variables.get(i).startsWith(name + "=")) {
                variables.set(i, variable);
                return;
            }
        }
        variables.add(variable);
    }

    void label(String name, String value) {
        labels.put(name, value);
    }

    /** Sets the entry point, and drops the arguments, which were for another one. */
    void entrypoint(List<String> command) {
        config.remove("Cmd");
        set("Entrypoint", command);
    }

    /** Sets a member to a string, or a list of strings. */
    void set(String name, Object value) {
        config.put(name, value);
    }

    byte[] toBytes() {
        Map<String, Object> running = new LinkedHashMap<>(config);
        putUnlessEmpty(running, "Env", variables, variables.isEmpty());
        putUnlessEmpty(running, "Labels", labels, labels.isEmpty());
        Map<String, Object> whole = new LinkedHashMap<>(document);
        putUnlessEmpty(whole, "config", running, running.isEmpty());
        return Json.write(whole);
    }

    /** What was not there, and of which nothing was said, does not come to be. */
    private static void putUnlessEmpty(Map<String, Object> target, String name, Object value, boolean empty) {
        if (!empty || target.containsKey(name)) {
            target.put(name, value);
        }
    }

    /** How programs run, as it says now. */
    RunConfig run() throws IOException {
        return RunConfig.parse(WHAT, toBytes());
    }
}
