package io.layerfs.registry;

import io.layerfs.oci.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Docker's config file, or podman's of the same form (containers-auth.json(5)). What is asked, in this order, as Docker does: the
 * registry's own helper ({@code credHelpers}), the helper for all ({@code credsStore}), the file itself ({@code auths}).
 *
 * <p>Keys of the file are as programs and people wrote them over the years: a registry, with {@code http://} or {@code https://},
 * with {@code /v1/} or {@code /v2}; or, as podman has it, a registry with the beginning of a repository's path, of which the
 * longest counts.
 */
final class DockerConfig implements CredentialSource, AskedHelpers.Asking {

    private static final String HUB = "docker.io";
    private static final String HUB_KEY = "https://index.docker.io/v1/";
    private static final Set<String> HUB_HOSTS = Set.of(HUB, "index.docker.io", "registry-1.docker.io");

    /** Reads the document anew each time: somebody may log in meanwhile. */
    private interface Document {
        byte[] read() throws IOException;
    }

    private final String what;
    private final Document document;
    private final @Nullable AskedHelpers helpers;

    private DockerConfig(String what, Document document, @Nullable AskedHelpers helpers) {
        this.what = what;
        this.document = document;
        this.helpers = helpers;
    }

    static DockerConfig file(Path file) {
        return new DockerConfig(
                file.toString(),
                () -> {
                    try (InputStream in = Files.newInputStream(file)) {
                        return in.readNBytes(Json.MAX_BYTES + 1);
                    } catch (NoSuchFileException e) {
                        return new byte[0];
                    }
                },
                null);
    }

    static DockerConfig text(String what, byte[] text) {
        return new DockerConfig(what, () -> text, null);
    }

    @Override
    public DockerConfig by(AskedHelpers asked) {
        return new DockerConfig(what, document, asked);
    }

    @Override
    public @Nullable Credentials find(String registry) throws IOException {
        return find(registry, "");
    }

    @Override
    public @Nullable Credentials find(String registry, String repository) throws IOException {
        byte[] bytes = stripped(document.read());
        if (bytes.length == 0) {
            return null;
        }
        Json config = Json.parseLenient(what, bytes);
        List<String> wanted = wanted(registry, repository);
        Credentials found = fromHelper(config, registry, wanted.subList(wanted.size() - 1, wanted.size()));
        return found == null ? fromFile(config, wanted) : found;
    }

    /** Without what editors and secrets of clusters put at the end: white space, and zero bytes. */
    private static byte[] stripped(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] <= ' ' && bytes[end - 1] >= 0) {
            end--;
        }
        return Arrays.copyOf(bytes, end);
    }

    /** The keys that would have it, the most special first: the repository, what its path begins with, the registry. */
    private static List<String> wanted(String registry, String repository) {
        String host = registry.toLowerCase(Locale.ROOT);
        List<String> keys = new ArrayList<>();
        for (String path = repository; !path.isEmpty(); path = path.substring(0, Math.max(0, path.lastIndexOf('/')))) {
            keys.add(host + "/" + path);
        }
        keys.add(host);
        return keys;
    }

    /** What a key means, in the form of those that are wanted. */
    private static String meaning(String key) {
        String text = key.replaceFirst("^https?://", "");
        boolean isAddress = text.length() < key.length();
        text = text.replaceFirst("/+$", "").replaceFirst("/v[12]$", "");
        int slash = text.indexOf('/');
        String host = (slash < 0 ? text : text.substring(0, slash)).toLowerCase(Locale.ROOT);
        // the path of an address never was one of a repository
        String path = slash < 0 || isAddress ? "" : text.substring(slash);
        return (HUB_HOSTS.contains(host) ? HUB : host) + path;
    }

    /** The name of the member that is wanted: one that is written just so before others of the same meaning. */
    private static @Nullable String key(Json members, String wanted) {
        String exact = wanted.equals(HUB) ? HUB_KEY : wanted;
        if (members.has(exact)) {
            return exact;
        }
        return members.members().keySet().stream()
                .filter(key -> meaning(key).equals(wanted))
                .findFirst()
                .orElse(null);
    }

    private @Nullable Credentials fromHelper(Json config, String registry, List<String> wanted) throws IOException {
        Json special = config.object("credHelpers");
        String key = special == null ? null : key(special, wanted.get(0));
        String helper = special == null || key == null ? config.string("credsStore") : special.string(key);
        if (helper == null || helper.isEmpty()) {
            return null;
        }
        AskedHelpers asked = helpers == null ? new AskedHelpers() : helpers;
        return asked.get(helper, registry.equals(HUB) ? HUB_KEY : registry);
    }

    private @Nullable Credentials fromFile(Json config, List<String> wanted) throws IOException {
        Json auths = config.object("auths");
        if (auths == null) {
            return null;
        }
        for (String name : wanted) {
            String key = key(auths, name);
            Json entry = key == null ? null : auths.object(key);
            Credentials found = entry == null ? null : credentials(entry);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private @Nullable Credentials credentials(Json entry) throws IOException {
        String token = entry.string("identitytoken");
        if (token != null && !token.isEmpty()) {
            return new Credentials.IdentityToken(token);
        }
        String auth = entry.string("auth");
        if (auth != null && !auth.isBlank()) {
            String text = decoded(auth);
            int colon = text.indexOf(':');
            if (colon < 0) {
                throw new IOException(what + ": an 'auth' is not base64 of user:password");
            }
            String password = text.substring(colon + 1).replaceAll("^\\x00+|\\x00+$", "");
            return colon == 0 ? null : new Credentials.Password(text.substring(0, colon), password);
        }
        String username = entry.string("username");
        String password = entry.string("password");
        return username == null || username.isEmpty() || password == null
                ? null
                : new Credentials.Password(username, password);
    }

    /** Base64 as people paste it: broken into lines, with the padding that it should have or without. */
    private String decoded(String auth) throws IOException {
        try {
            byte[] bytes =
                    Base64.getDecoder().decode(auth.replaceAll("[\\s\\x00]", "").replaceFirst("=+$", ""));
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IOException(what + ": an 'auth' is not base64", e);
        }
    }
}
