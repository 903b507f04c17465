package io.layerfs.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Digest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ResourceHandler;
import org.eclipse.jetty.util.resource.PathResourceFactory;
import org.eclipse.jetty.util.resource.ResourceFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jetty serves files of the image. It asks to be told once which schemes are those of paths. */
class JettyTest {

    @TempDir
    private Path work;

    @BeforeAll
    static void register() {
        ResourceFactory.registerResourceFactory("layerfs", new PathResourceFactory());
    }

    @AfterAll
    static void unregister() {
        ResourceFactory.unregisterResourceFactory("layerfs");
    }

    @Test
    void filesAreServed() throws Exception {
        try (TwoPlaces places = TwoPlaces.of(work, Samples::texts)) {
            List<String> answers = places.same(JettyTest::serve);
            assertThat(answers).contains("200 text/html", "206 bytes 10-19/11000", "304", "listing truetrue");
        }
    }

    private static List<String> serve(Path directory) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server, 1, 1);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ResourceHandler handler = new ResourceHandler();
        handler.setBaseResource(ResourceFactory.of(server).newResource(directory));
        handler.setDirAllowed(true);
        handler.setEtags(true);
        server.setHandler(handler);
        server.start();
        try {
            return ask("http://127.0.0.1:" + connector.getLocalPort());
        } finally {
            server.stop();
        }
    }

    private static List<String> ask(String server) throws IOException, InterruptedException {
        List<String> answers = new ArrayList<>();
        HttpClient client = HttpClient.newHttpClient();
        for (String path :
                List.of("/", "/a/one.txt", "/a/%C3%A4%20%E4%BD%A0.txt", "/a/link", "/a/none", "/a/../../x")) {
            HttpResponse<byte[]> answer =
                    client.send(request(server + path).build(), HttpResponse.BodyHandlers.ofByteArray());
            answers.add(answer.statusCode()
                    + answer.headers()
                            .firstValue("Content-Type")
                            .map(t -> " " + t)
                            .orElse(""));
            if (answer.statusCode() == 200) {
                answers.add(Digest.sha256(answer.body()).toString());
            }
        }
        HttpResponse<byte[]> part = client.send(
                request(server + "/a/one.txt").header("Range", "bytes=10-19").build(),
                HttpResponse.BodyHandlers.ofByteArray());
        answers.add(part.statusCode() + " "
                + part.headers().firstValue("Content-Range").orElse(""));
        HttpResponse<byte[]> whole =
                client.send(request(server + "/a/one.txt").build(), HttpResponse.BodyHandlers.ofByteArray());
        String tag = whole.headers().firstValue("ETag").orElseThrow();
        answers.add(""
                + client.send(
                                request(server + "/a/one.txt")
                                        .header("If-None-Match", tag)
                                        .build(),
                                HttpResponse.BodyHandlers.discarding())
                        .statusCode());
        String listing = client.send(request(server + "/a/b/").build(), HttpResponse.BodyHandlers.ofString())
                .body();
        answers.add("listing " + listing.contains("two.txt") + listing.contains("c/"));
        return answers;
    }

    private static HttpRequest.Builder request(String uri) {
        return HttpRequest.newBuilder(URI.create(uri));
    }
}
