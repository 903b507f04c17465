package io.layerfs.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is said when something fails, and what is not tried again (field-faults, section 5). */
@Timeout(60)
class NetworkErrorsTest {

    private static final RegistryOptions ONCE =
            TestImages.QUICK.withRetries(0, Duration.ZERO).withTimeouts(Duration.ofMillis(300), Duration.ofMillis(300));

    @TempDir
    Path directory;

    private static String failure(String reference, RegistryOptions options) {
        List<Throwable> failure = new ArrayList<>();
        assertThatThrownBy(() -> {
                    try (Registry registry = Registry.open(options)) {
                        registry.manifest(Reference.parse(reference));
                    }
                })
                .isInstanceOf(IOException.class)
                .satisfies(failure::add);
        return failure.get(0).getMessage();
    }

    @Test
    void anUnknownHostARefusedPortAndATimeOutAreThreeThings() throws IOException {
        assertThat(failure("nowhere.invalid/r:1", TestImages.QUICK))
                .contains("nowhere.invalid/r:1", "nowhere.invalid:443: the host is not known")
                .doesNotContain("tried");
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        assertThat(failure("127.0.0.1:" + port + "/r:1", ONCE))
                .contains("127.0.0.1:" + port + ": the connection is refused");
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            assertThat(failure("127.0.0.1:" + silent.getLocalPort() + "/r:1", ONCE))
                    .contains("the server stalled for 300 ms: time-out");
        }
    }

    /** Of a host that takes no more connections: the queue of this one is full. */
    @Test
    void aConnectionThatIsNotMadeInTimeIsSaidToBeSo() throws IOException {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<Socket> waiting = new ArrayList<>();
            String said = "";
            for (int i = 0; i < 8 && !said.contains("no connection"); i++) {
                said = failure("127.0.0.1:" + full.getLocalPort() + "/r:1", ONCE);
                Socket socket = new Socket();
                try {
                    socket.connect(full.getLocalSocketAddress(), 100);
                } catch (IOException e) {
                    // full, which is what this is for
                }
                waiting.add(socket);
            }
            assertThat(said).contains("no connection within 300 ms: time-out");
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    private static String answering(String answer) throws IOException {
        try (Connections server = new Connections(client -> {
            try (client) {
                client.getInputStream().read(new byte[4096]);
                client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            } catch (IOException e) {
                // it went away
            }
        })) {
            return failure("127.0.0.1:" + server.port() + "/r:1", ONCE);
        }
    }

    @Test
    void whoAnsweredWhatIsSaidWithoutWhatMovesATerminal() throws IOException {
        String words = "x".repeat(2000);
        String body = "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no\\u001b[31m\\u202e" + words + "\"}]}";
        assertThat(answering("HTTP/1.1 403 Forbidden\r\nContent-Length: " + body.length() + "\r\n\r\n" + body))
                .contains("status 403: DENIED, no\\u001b[31m\\u202ex")
                .doesNotContain("\u001b")
                .hasSizeLessThan(600);
        assertThat(answering("HTTP/1.1 418 \r\nContent-Type: text/plain\r\n\r\nI am a teapot\nmore"))
                .endsWith("status 418: I am a teapot");
        assertThat(answering("HTTP/1.1 500 x\r\nContent-Type: text/html\r\n\r\n<html>"))
                .endsWith("status 500");
        assertThat(answering("HTTP/1.1 400 x\r\n\r\n{\"details\":\"incorrect username or password\"}"))
                .endsWith("status 400: incorrect username or password");
        assertThat(answering("SSH-2.0-x\r\n")).contains("does not answer by HTTP, but with 'SSH-2.0-x'");
        assertThat(answering("")).contains("broke off without an answer");
        assertThat(answering("HTTP/1.1 200 OK\r\nContent-Le")).contains("the answer ends within its head");
        assertThat(answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"))
                .contains("the answer ends after 3 of 10 bytes");
        assertThat(answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"))
                .contains("a chunk without a length");
        assertThat(answering("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"))
                .contains("'Content-Length' is '1' and '2'");
        assertThat(answering("HTTP/1.1 200 OK\r\nX: " + "y".repeat(300_000) + "\r\n\r\n"))
                .contains("more than 262144 bytes");
    }

    /** Sending one byte a second within a TLS handshake or a head is stalling, too. */
    @Test
    void anAnswerThatDripsHasStalled() throws IOException {
        try (Connections server = new Connections(client -> {
            try (client) {
                for (byte b : "HTTP/1.1 200 OK\r\nX: ".concat("y".repeat(1000)).getBytes(StandardCharsets.US_ASCII)) {
                    client.getOutputStream().write(b);
                    Thread.sleep(40);
                }
            } catch (IOException | InterruptedException e) {
                // it went away
            }
        })) {
            assertThat(failure("127.0.0.1:" + server.port() + "/r:1", ONCE)).contains("stalled for 300 ms");
        }
    }

    @Test
    void whoDoesNotReadHasStalled() throws IOException {
        try (Connections server = new Connections(client -> {
                    try {
                        client.getInputStream().read(new byte[4096]);
                        Thread.sleep(10_000);
                    } catch (IOException | InterruptedException e) {
                        // it went away
                    }
                });
                Transport transport = new Transport(ONCE)) {
            Request request = Request.of("PUT", java.net.URI.create("http://127.0.0.1:" + server.port() + "/"))
                    .with(new Tokens.Bytes(new byte[50 << 20]), "a/b");
            assertThatThrownBy(() -> transport.send(request)).hasMessageContaining("stalled for 300 ms");
        }
    }

    @Test
    void whatFailsOnThisMachineIsNotTriedAgain() throws IOException {
        AtomicInteger opened = new AtomicInteger();
        Request.Body broken = new Request.Body() {
            @Override
            public long size() {
                return 10;
            }

            @Override
            public InputStream open() throws IOException {
                opened.incrementAndGet();
                throw new IOException("the disk is on fire");
            }
        };
        AtomicInteger asked = new AtomicInteger();
        CredentialSource failing = registry -> {
            asked.incrementAndGet();
            throw new IOException("docker-credential-x: locked");
        };
        try (FakeRegistry server = new FakeRegistry();
                FaultyProxy proxy = new FaultyProxy(server.port());
                Registry registry = Registry.open(TestImages.QUICK.withCredentials(failing));
                Session session = new Session(TestImages.QUICK)) {
            Reference reference = Reference.parse(proxy.host() + "/r:1");
            Repository repository = new Repository(session, reference);
            assertThatThrownBy(() ->
                            new BlobUpload(repository, io.layerfs.Digest.sha256(new byte[0]), broken, List.of()).run())
                    .hasMessage("the disk is on fire");
            assertThat(opened).hasValue(1);
            // a registry that wants nothing is not kept by a helper that fails
            server.putManifest("1", TestImages.MANIFEST, TestImages.bytes("{}"));
            registry.manifest(reference);
            assertThat(asked).hasValue(0);
            proxy.on("GET .*", 10, FaultyProxy.status(401, "WWW-Authenticate: Basic realm=x"));
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> registry.manifest(reference))
                        .hasMessageContaining("none are known")
                        .hasMessageContaining("docker-credential-x: locked");
            }
            assertThat(asked).as("once").hasValue(1);
        }
    }

    @Test
    void anInterruptEndsWaiting() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                Registry registry = Registry.open(TestImages.QUICK)) {
            List<Throwable> failures = new ArrayList<>();
            Thread waiting = new Thread(() -> {
                try {
                    registry.manifest(Reference.parse("127.0.0.1:" + silent.getLocalPort() + "/r:1"));
                } catch (IOException e) {
                    failures.add(e);
                }
            });
            waiting.start();
            silent.accept();
            waiting.interrupt();
            waiting.join(4000);
            assertThat(failures).singleElement().isInstanceOf(java.io.InterruptedIOException.class);
        }
    }
}
