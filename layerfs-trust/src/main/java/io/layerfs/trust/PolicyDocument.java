package io.layerfs.trust;

import io.layerfs.MalformedLayerException;
import io.layerfs.oci.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A policy as JSON: keys by name, and rules in their order. Members that are not known are refused. */
final class PolicyDocument {

    private PolicyDocument() {}

    static List<TrustRule> read(Path file) throws IOException {
        if (Files.size(file) > Json.MAX_BYTES) {
            throw new MalformedLayerException(file + ": larger than " + Json.MAX_BYTES + " bytes");
        }
        Json json = Json.parse(file.toString(), Files.readAllBytes(file));
        only(json, Set.of("version", "keys", "rules"));
        if (json.requireLong("version") != 1) {
            throw new MalformedLayerException(json.where() + ": 'version' is not 1");
        }
        Map<String, VerificationKey> keys = keys(json, file);
        List<TrustRule> rules = new ArrayList<>();
        for (Json rule : json.objects("rules")) {
            try {
                rules.add(rule(rule, keys));
            } catch (IllegalArgumentException e) {
                throw new MalformedLayerException(rule.where() + ": " + e.getMessage(), e);
            }
        }
        return rules;
    }

    private static void only(Json json, Set<String> known) throws MalformedLayerException {
        for (String name : json.members().keySet()) {
            if (!known.contains(name)) {
                throw new MalformedLayerException(json.where() + ": '" + name + "' is not known");
            }
        }
    }

    private static Map<String, VerificationKey> keys(Json json, Path file) throws IOException {
        Map<String, VerificationKey> keys = new LinkedHashMap<>();
        Json named = json.object("keys");
        if (named != null) {
            for (String name : named.members().keySet()) {
                String value = named.requireString(name);
                String pem = value.startsWith("-----BEGIN ") ? value : KeyBlock.read(file.resolveSibling(value));
                keys.put(name, VerificationKey.parse(name, pem));
            }
        }
        return keys;
    }

    private static TrustRule rule(Json json, Map<String, VerificationKey> keys) throws MalformedLayerException {
        only(json, Set.of("match", "mode", "keys", "require", "identity"));
        TrustRule.Mode mode = mode(json);
        TrustRule rule = TrustRule.of(json.requireString("match")).mode(mode);
        List<VerificationKey> by = new ArrayList<>();
        for (String name : json.strings("keys")) {
            VerificationKey key = keys.get(name);
            if (key == null) {
                throw new MalformedLayerException(
                        json.where() + ": 'keys' names '" + name + "', which is none of " + keys.keySet());
            }
            by.add(key);
        }
        boolean asks = json.has("keys") || json.has("require") || json.has("identity");
        if (mode == TrustRule.Mode.ACCEPT && asks) {
            throw new MalformedLayerException(json.where()
                    + ": 'mode' is 'accept', which asks for no signature, so there is nothing more to say");
        }
        if (asks) {
            rule = rule.signedBy(json.has("require") ? count(json) : 1, by);
        }
        String identity = json.string("identity");
        return identity == null ? rule : rule.identity(identity);
    }

    private static int count(Json json) throws MalformedLayerException {
        return (int) Math.max(0, Math.min(Integer.MAX_VALUE, json.requireLong("require")));
    }

    private static TrustRule.Mode mode(Json json) throws MalformedLayerException {
        String mode = json.string("mode");
        for (TrustRule.Mode known : TrustRule.Mode.values()) {
            if (known.name().toLowerCase(Locale.ROOT).equals(mode == null ? "refuse" : mode)) {
                return known;
            }
        }
        throw new MalformedLayerException(
                json.where() + ": 'mode' is '" + mode + "', not 'refuse', 'warn' or 'accept'");
    }
}
