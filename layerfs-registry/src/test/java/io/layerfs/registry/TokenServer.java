package io.layerfs.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.layerfs.oci.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives signed tokens (distribution's token authentication): to {@code alice} with {@code secret}, or with the identity token
 * {@code refresh}, for everything; to nobody in particular for pulling from {@code public/...}.
 */
final class TokenServer implements AutoCloseable {

    private static final char[] PASSWORD = "password".toCharArray();
    private static final String ALICE =
            "Basic " + Base64.getEncoder().encodeToString("alice:secret".getBytes(StandardCharsets.UTF_8));

    private final HttpServer server;
    private final Path certificate;
    private final PrivateKey key;
    private final String chain;
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    /** Made once: it takes keytool, and so a JVM, seconds. */
    private static KeyStore keys;

    private TokenServer(Path directory) throws Exception {
        KeyStore own = keys(directory);
        key = (PrivateKey) own.getKey("k", PASSWORD);
        Certificate shown = own.getCertificate("k");
        chain = Base64.getEncoder().encodeToString(shown.getEncoded());
        certificate = Files.writeString(
                directory.resolve("cert.pem"),
                "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder().encodeToString(shown.getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/token", this::serve);
        server.start();
    }

    private static synchronized KeyStore keys(Path directory) throws Exception {
        if (keys != null) {
            return keys;
        }
        Path file = directory.resolve("keys.p12");
        Process made = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "RSA",
                        "-keysize",
                        "2048",
                        "-dname",
                        "CN=tests",
                        "-alias",
                        "k",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .start();
        String output = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (made.waitFor() != 0) {
            throw new IOException(output);
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        keys = store;
        return store;
    }

    static TokenServer start(Path directory) throws Exception {
        return new TokenServer(Files.createDirectories(directory));
    }

    String realm() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/token";
    }

    Path certificate() {
        return certificate;
    }

    /** Who asked for which scopes. */
    List<String> log() {
        return List.copyOf(log);
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean post = exchange.getRequestMethod().equals("POST");
            String form = post
                    ? new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII)
                    : exchange.getRequestURI().getRawQuery();
            Map<String, List<String>> parameters = parse(form);
            String shown = exchange.getRequestHeaders().getFirst("Authorization");
            boolean alice = post
                    ? parameters.getOrDefault("refresh_token", List.of()).equals(List.of("refresh"))
                    : ALICE.equals(shown);
            if (!alice && (post || shown != null)) {
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            List<String> scopes = new ArrayList<>();
            parameters.getOrDefault("scope", List.of()).forEach(scope -> scopes.addAll(List.of(scope.split(" ", -1))));
            log.add((alice ? "alice " : "nobody ") + scopes);
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put(post ? "access_token" : "token", token(alice, scopes));
            answer.put("expires_in", 300L);
            byte[] bytes = Json.write(answer);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static Map<String, List<String>> parse(String form) {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        for (String pair : form.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            parameters
                    .computeIfAbsent(parts[0], name -> new ArrayList<>())
                    .add(URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return parameters;
    }

    private String token(boolean alice, List<String> scopes) throws GeneralSecurityException {
        List<Object> access = new ArrayList<>();
        for (String scope : scopes) {
            String[] parts = scope.split(":", -1);
            List<String> actions = alice
                    ? List.of(parts[2].split(",", -1))
                    : parts[1].startsWith("public/") ? List.of("pull") : List.<String>of();
            access.add(Map.of("type", parts[0], "name", parts[1], "actions", actions));
        }
        long now = Instant.now().getEpochSecond();
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", "tests");
        claims.put("sub", alice ? "alice" : "");
        claims.put("aud", "registry");
        claims.put("exp", now + 300);
        claims.put("nbf", now - 60);
        claims.put("iat", now);
        claims.put("jti", Long.toString(System.nanoTime()));
        claims.put("access", access);
        Map<String, Object> header = Map.of("typ", "JWT", "alg", "RS256", "x5c", List.of(chain));
        String signed = encode(Json.write(header)) + "." + encode(Json.write(claims));
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(key);
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + encode(signature.sign());
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
