package io.layerfs.libraries;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** A registry, read only: it serves one image layout, with the manifest that its {@code index.json} names first under any tag. */
final class ImageRegistry implements AutoCloseable {

    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    private final Path layout;
    private final String manifest;
    private final HttpServer server;

    /**
     * Starts one at a free port.
     *
     * @param manifest the digest of the manifest
     */
    ImageRegistry(Path layout, String manifest) throws IOException {
        this.layout = layout;
        this.manifest = manifest;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v2/", this::answer);
        server.start();
    }

    /** Where it is. */
    String address() {
        return "localhost:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String digest = path.contains("/manifests/") ? manifest : path.substring(path.lastIndexOf('/') + 1);
            Path blob = layout.resolve("blobs").resolve(digest.replace(':', '/'));
            if (path.equals("/v2/")) {
                exchange.sendResponseHeaders(200, -1);
            } else if (!Files.isRegularFile(blob)) {
                exchange.sendResponseHeaders(404, -1);
            } else {
                send(exchange, digest, Files.readAllBytes(blob));
            }
        }
    }

    private void send(HttpExchange exchange, String digest, byte[] bytes) throws IOException {
        exchange.getResponseHeaders().set("Docker-Content-Digest", digest);
        exchange.getResponseHeaders()
                .set("Content-Type", digest.equals(manifest) ? MANIFEST : "application/octet-stream");
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(200, head ? -1 : bytes.length);
        if (!head) {
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
