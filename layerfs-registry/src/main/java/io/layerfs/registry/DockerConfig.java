package io.layerfs.registry;

import io.layerfs.oci.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Docker's config file. What is asked, in this order, as Docker does: the registry's own helper ({@code credHelpers}), the
 * helper for all ({@code credsStore}), the file itself ({@code auths}).
 */
final class DockerConfig implements CredentialSource {

    private static final String HUB_KEY = "https://index.docker.io/v1/";

    private final Path file;

    DockerConfig(Path file) {
        this.file = file;
    }

    @Override
    public @Nullable Credentials find(String registry) throws IOException {
        Json config;
        try {
            if (Files.size(file) > Json.MAX_BYTES) {
                throw new IOException(file + ": larger than " + Json.MAX_BYTES + " bytes");
            }
            config = Json.parse(file.toString(), Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return null;
        }
        String server = registry.equals("docker.io") ? HUB_KEY : registry;
        Credentials found = fromHelper(config, server);
        return found == null ? fromFile(config, registry, server) : found;
    }

    private static @Nullable Credentials fromHelper(Json config, String server) throws IOException {
        Json helpers = config.object("credHelpers");
        String helper = helpers == null ? null : helpers.string(server);
        if (helper == null) {
            helper = config.string("credsStore");
        }
        return helper == null || helper.isEmpty()
                ? null
                : CredentialHelper.named(helper).get(server);
    }

    private @Nullable Credentials fromFile(Json config, String registry, String server) throws IOException {
        Json auths = config.object("auths");
        if (auths == null) {
            return null;
        }
        List<String> keys = List.of(
                server,
                registry,
                "https://" + registry,
                "https://" + registry + "/v1/",
                "https://" + registry + "/v2/");
        for (String key : keys) {
            Json entry = auths.object(key);
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
        if (auth != null && !auth.isEmpty()) {
            String text;
            try {
                text = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                throw new IOException(file + ": an 'auth' is not base64", e);
            }
            int colon = text.indexOf(':');
            if (colon < 0) {
                throw new IOException(file + ": an 'auth' is not base64 of user:password");
            }
            return new Credentials.Password(text.substring(0, colon), text.substring(colon + 1));
        }
        String username = entry.string("username");
        String password = entry.string("password");
        return username == null || password == null ? null : new Credentials.Password(username, password);
    }
}
