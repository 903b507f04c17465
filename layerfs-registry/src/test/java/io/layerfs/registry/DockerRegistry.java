package io.layerfs.registry;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Debian's {@code docker-registry} with a file-system store, on a free port of this machine, until it is closed. */
final class DockerRegistry implements AutoCloseable {

    private final Path directory;
    private final int port;
    private Process process;

    private DockerRegistry(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /** One that anybody may use. */
    static DockerRegistry start(Path directory) throws IOException {
        return start(directory, "", "");
    }

    /** One that speaks TLS. */
    static DockerRegistry withTls(Path directory, TestCertificates certificates) throws IOException {
        return start(
                directory,
                "  tls: {certificate: '" + certificates.certificate() + "', key: '" + certificates.key() + "'}\n",
                "");
    }

    /** One for {@code alice}, whose password is {@code secret}. */
    static DockerRegistry withPasswords(Path directory) throws IOException {
        Path file = Files.createDirectories(directory).resolve("htpasswd");
        try {
            Process made = new ProcessBuilder("htpasswd", "-Bbn", "alice", "secret")
                    .redirectOutput(file.toFile())
                    .start();
            assumeTrue(made.waitFor() == 0, "htpasswd fails");
        } catch (IOException e) {
            assumeTrue(false, "htpasswd is not installed");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return start(directory, "", "auth: {htpasswd: {realm: 'a \"test\"', path: '" + file + "'}}\n");
    }

    /** One that wants tokens of {@code server}. */
    static DockerRegistry withTokens(Path directory, TokenServer server) throws IOException {
        return start(
                directory,
                "",
                "auth: {token: {realm: '" + server.realm() + "', service: registry, issuer: tests, rootcertbundle: '"
                        + server.certificate() + "'}}\n");
    }

    private static DockerRegistry start(Path directory, String http, String auth) throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        DockerRegistry registry = new DockerRegistry(Files.createDirectories(directory), port);
        Files.writeString(directory.resolve("config.yml"), """
                version: 0.1
                log: {level: warn, accesslog: {disabled: true}}
                storage:
                  filesystem: {rootdirectory: '%s'}
                  delete: {enabled: true}
                http:
                  addr: 127.0.0.1:%d
                  secret: of-a-test
                %s%s
                """.formatted(directory.resolve("data"), port, http, auth));
        registry.start();
        return registry;
    }

    /** Starts it again, after it was killed. */
    void start() throws IOException {
        try {
            process = new ProcessBuilder(
                            "docker-registry",
                            "serve",
                            directory.resolve("config.yml").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            directory.resolve("log").toFile()))
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "docker-registry is not installed");
        }
        for (int i = 0; i < 1000; i++) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
                return;
            } catch (IOException e) {
                pause();
            }
        }
        throw new IOException("docker-registry does not listen: " + Files.readString(directory.resolve("log")));
    }

    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** As {@code kill -9}. */
    void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new AssertionError("docker-registry survives being killed");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    int port() {
        return port;
    }

    /** Its name in references. */
    String host() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        kill();
    }
}
