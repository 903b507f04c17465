package io.layerfs.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.layerfs.Digest;
import io.layerfs.oci.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A registry in this process that does by the letter what distribution-spec allows and Debian's does not: it keeps what came
 * before an upload was cut, has relative addresses, wants chunks of a least size, and lists referrers.
 */
final class FakeRegistry implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger count = new AtomicInteger();
    private final Map<String, ByteArrayOutputStream> uploads = new ConcurrentHashMap<>();
    final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    final Map<String, byte[]> manifests = new ConcurrentHashMap<>();
    final Map<String, String> types = new ConcurrentHashMap<>();
    /** Headers of each answer to a manifest's request. */
    final Map<String, String> manifestHeaders = new ConcurrentHashMap<>();

    int leastChunk;
    boolean listsReferrers;
    /** Whether it ignores ranges, as it may. */
    boolean ignoresRanges;
    /** How many tags a page has. */
    int pageSize = Integer.MAX_VALUE;

    FakeRegistry() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v2/", this::serve);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    String host() {
        return "127.0.0.1:" + port();
    }

    Reference reference(String name) {
        return Reference.parse(host() + "/" + name);
    }

    String putBlob(byte[] bytes) {
        String digest = Digest.sha256(bytes).toString();
        blobs.put(digest, bytes);
        return digest;
    }

    /** Under a tag or digest, and under its own digest. */
    String putManifest(String name, String type, byte[] bytes) {
        String digest = Digest.sha256(bytes).toString();
        for (String key : List.of(name, digest)) {
            manifests.put(key, bytes);
            types.put(key, type);
        }
        return digest;
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String name = path.substring(path.lastIndexOf('/') + 1);
            if (path.contains("/manifests/")) {
                manifest(exchange, name);
            } else if (path.contains("/blobs/uploads/")) {
                upload(exchange, name);
            } else if (path.contains("/blobs/")) {
                blob(exchange, blobs.get(name));
            } else if (path.contains("/referrers/") && listsReferrers) {
                referrers(exchange, name);
            } else if (path.endsWith("/tags/list")) {
                tags(exchange);
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private void manifest(HttpExchange exchange, String name) throws IOException {
        if (exchange.getRequestMethod().equals("PUT")) {
            byte[] bytes = exchange.getRequestBody().readAllBytes();
            putManifest(name, exchange.getRequestHeaders().getFirst("Content-Type"), bytes);
            if (listsReferrers && Json.parse("manifest", bytes).has("subject")) {
                exchange.getResponseHeaders().set("OCI-Subject", "noted");
            }
            exchange.sendResponseHeaders(201, -1);
            return;
        }
        byte[] bytes = manifests.get(name);
        if (bytes == null) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        String type = types.get(name);
        if (!type.isEmpty()) {
            exchange.getResponseHeaders().set("Content-Type", type);
        }
        manifestHeaders.forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private void blob(HttpExchange exchange, byte[] bytes) throws IOException {
        if (bytes == null) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = range == null || ignoresRanges ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        if (from > 0) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (bytes.length - 1) + "/" + bytes.length);
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, bytes.length - from);
        exchange.getResponseBody().write(bytes, from, bytes.length - from);
    }

    private void upload(HttpExchange exchange, String id) throws IOException {
        ByteArrayOutputStream upload = uploads.get(id);
        if (id.isEmpty()) {
            String fresh = Integer.toString(count.incrementAndGet());
            uploads.put(fresh, new ByteArrayOutputStream());
            if (leastChunk > 0) {
                exchange.getResponseHeaders().set("OCI-Chunk-Min-Length", Integer.toString(leastChunk));
            }
            answer(exchange, fresh, 202);
        } else if (upload == null) {
            exchange.sendResponseHeaders(404, -1);
        } else if (exchange.getRequestMethod().equals("GET")) {
            answer(exchange, id, 204);
        } else {
            take(exchange, id, upload);
        }
    }

    private void take(HttpExchange exchange, String id, ByteArrayOutputStream upload) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Content-Range");
        if (range != null && Integer.parseInt(range.replaceFirst("-.*", "")) != upload.size()) {
            answer(exchange, id, 416);
            return;
        }
        byte[] buffer = new byte[4096];
        InputStream body = exchange.getRequestBody();
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
            upload.write(buffer, 0, n);
        }
        if (exchange.getRequestMethod().equals("PATCH")) {
            answer(exchange, id, 202);
            return;
        }
        String digest = exchange.getRequestURI().getQuery().replaceFirst(".*digest=", "");
        byte[] bytes = upload.toByteArray();
        boolean right = Digest.sha256(bytes).toString().equals(digest);
        if (right) {
            blobs.put(digest, bytes);
        }
        exchange.sendResponseHeaders(right ? 201 : 400, -1);
    }

    private void answer(HttpExchange exchange, String id, int status) throws IOException {
        exchange.getResponseHeaders().set("Location", "/v2/r/blobs/uploads/" + id + "?state=a%2Fb");
        exchange.getResponseHeaders()
                .set("Range", "0-" + Math.max(0, uploads.get(id).size() - 1));
        exchange.sendResponseHeaders(status, -1);
    }

    private void referrers(HttpExchange exchange, String subject) throws IOException {
        List<String> found = manifests.entrySet().stream()
                .filter(e -> e.getKey().startsWith("sha256:"))
                .filter(e -> new String(e.getValue(), StandardCharsets.UTF_8).contains(subject))
                .map(e -> TestImages.descriptor(
                        types.get(e.getKey()),
                        Digest.parse(e.getKey()),
                        e.getValue().length,
                        ",\"artifactType\":\"a/b\""))
                .toList();
        answer(exchange, "{\"schemaVersion\":2,\"manifests\":[" + String.join(",", found) + "]}");
    }

    private void tags(HttpExchange exchange) throws IOException {
        List<String> all = manifests.keySet().stream()
                .filter(k -> !k.contains(":"))
                .sorted()
                .toList();
        String query = exchange.getRequestURI().getQuery();
        int from = query == null ? 0 : Integer.parseInt(query.replaceFirst("from=", ""));
        int to = (int) Math.min(all.size(), (long) from + pageSize);
        if (to < all.size()) {
            exchange.getResponseHeaders().set("Link", "</v2/r/tags/list?from=" + to + ">; rel=\"next\"");
        }
        List<String> quoted =
                all.subList(from, to).stream().map(t -> "\"" + t + "\"").toList();
        answer(exchange, "{\"name\":\"r\",\"tags\":[" + String.join(",", quoted) + "]}");
    }

    private static void answer(HttpExchange exchange, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** What was uploaded so far in all sessions, ended or not. */
    List<Integer> uploaded() {
        return Arrays.stream(uploads.values().toArray(ByteArrayOutputStream[]::new))
                .map(ByteArrayOutputStream::size)
                .toList();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
