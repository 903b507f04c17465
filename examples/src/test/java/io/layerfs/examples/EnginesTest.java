package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.SaveOptions;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Docker's daemon and containerd as judges, both ways. They need root, and run from a directory in which Debian's packages were
 * unpacked, which {@code -Dlayerfs.engines} names: {@code apt-get download docker.io containerd runc tini}, and {@code dpkg -x} of each.
 */
@EnabledIfSystemProperty(named = "layerfs.engines", matches = ".+", disabledReason = "no engines are named")
@Timeout(300)
class EnginesTest {

    private static final Path ENGINES = Path.of(System.getProperty("layerfs.engines", "/nonexistent"));

    @TempDir(cleanup = CleanupMode.NEVER) // mounts of a daemon may end after it
    static Path directory;

    private static Process daemon;
    private static Process registry;
    private static String host;
    private static LayerStore store;
    private static Image image;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(Files.isExecutable(ENGINES.resolve("usr/sbin/dockerd")), "no dockerd in " + ENGINES);
        assumeTrue("root".equals(System.getProperty("user.name")), "a daemon needs root");
        ProcessBuilder builder = new ProcessBuilder(
                        ENGINES.resolve("usr/sbin/dockerd").toString(),
                        "--iptables=false",
                        "--ip6tables=false",
                        "--bridge=none",
                        "--data-root=" + directory.resolve("data"),
                        "--exec-root=" + directory.resolve("exec"),
                        "--pidfile=" + directory.resolve("pid"),
                        "--host=unix://" + directory.resolve("sock"))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile());
        builder.environment()
                .merge(
                        "PATH",
                        ENGINES.resolve("usr/bin") + ":" + ENGINES.resolve("usr/sbin"),
                        (old, more) -> more + ":" + old);
        daemon = builder.start();
        for (int i = 0; i < 300 && !run("docker", "version").isOk(); i++) {
            assertThat(daemon.isAlive())
                    .as(Files.readString(directory.resolve("log")))
                    .isTrue();
            Thread.sleep(100);
        }
        store = LayerStore.open(directory.resolve("store"));
        Attributes any = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
        ChangesetBuilder base =
                new ChangesetBuilder().file("etc/a", any, new byte[] {'a'}).file("gone", any, new byte[1]);
        ChangesetBuilder top =
                new ChangesetBuilder().file("b", any, new byte[100_000]).whiteout("gone");
        image = store.createImage(List.of(store.add(base.build()), store.add(top.build())), Platform.host());
        store.tag(image, "team/app:1");
        image = store.image("team/app:1");
    }

    @AfterAll
    static void stop() throws Exception {
        for (Process process : new Process[] {registry, daemon}) {
            if (process != null) {
                process.destroy();
                process.waitFor();
            }
        }
        if (store != null) {
            store.close();
        }
    }

    private record Result(int exitCode, String output) {
        boolean isOk() {
            return exitCode == 0;
        }
    }

    private static Result run(String tool, String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(ENGINES.resolve("usr/bin/" + tool).toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of("DOCKER_HOST", "unix://" + directory.resolve("sock"), "HOME", directory.toString()));
        Process process = builder.start();
        process.getOutputStream().close();
        try (InputStream out = process.getInputStream()) {
            String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), text.strip());
        }
    }

    private static String docker(String... arguments) throws Exception {
        Result result = run("docker", arguments);
        assertThat(result.isOk()).as(List.of(arguments) + ": " + result.output).isTrue();
        return result.output;
    }

    private static String ctr(String... arguments) throws Exception {
        List<String> all =
                new ArrayList<>(List.of("--address", directory + "/exec/containerd/containerd.sock", "images"));
        all.addAll(List.of(arguments));
        Result result = run("ctr", all.toArray(new String[0]));
        assertThat(result.isOk()).as(all + ": " + result.output).isTrue();
        return result.output;
    }

    private static void assertSame(Image found) {
        assertThat(found.configDigest()).isEqualTo(image.configDigest());
        assertThat(found.diffIds()).isEqualTo(image.diffIds());
    }

    private static Path save(String name, SaveOptions.Format format) throws IOException {
        Path file = directory.resolve(name);
        store.save(image, file, SaveOptions.DEFAULT.withFormat(format));
        return file;
    }

    @Test
    void dockerLoadsWhatIsSavedAndItsOwnIsImported() throws Exception {
        for (SaveOptions.Format format : List.of(SaveOptions.Format.BOTH, SaveOptions.Format.DOCKER)) {
            Path saved = save("load-" + format + ".tar", format);
            assertThat(docker("load", "-i", saved.toString())).contains("team/app:1");
            assertThat(docker("image", "inspect", "-f", "{{.Id}} {{.RootFS.Layers}}", "team/app:1"))
                    .isEqualTo(image.configDigest() + " "
                            + image.diffIds().toString().replace(",", ""));
            Path back = directory.resolve("docker-" + format + ".tar");
            docker("save", "-o", back.toString(), "team/app:1");
            Image found = store.importImage(back, ImportOptions.DEFAULT.withTag("back:1"));
            assertSame(found);
            docker("rmi", "team/app:1");
        }
    }

    @Test
    void whatDockerMadeOfATarIsImported() throws Exception {
        Path tar = directory.resolve("root.tar");
        try (java.io.OutputStream out = Files.newOutputStream(tar)) {
            store.exportTar(store.view(image), out, io.layerfs.LayerOptions.EXACT);
        }
        String id = docker("import", tar.toString(), "made:1");
        Path saved = directory.resolve("made.tar");
        docker("save", "-o", saved.toString(), "made:1");
        Image made = store.importImage(saved, ImportOptions.DEFAULT);
        assertThat(made.configDigest()).isEqualTo(Digest.parse(id));
        assertThat(made.tags()).containsExactly("made:1");
    }

    @Test
    void containerdImportsAndExportsWithTheSameManifest() throws Exception {
        for (SaveOptions.Format format : List.of(SaveOptions.Format.BOTH, SaveOptions.Format.OCI)) {
            Path saved = directory.resolve("ctr-" + format + ".tar");
            boolean both = format == SaveOptions.Format.BOTH;
            // of a plain layout it takes the names for tags
            List<String> names = both ? List.of() : List.of("1");
            store.save(image, saved, SaveOptions.DEFAULT.withFormat(format).withNames(names));
            ctr("import", "--base-name", "docker.io/team/app", saved.toString());
            String listed = ctr("ls");
            assertThat(listed).contains(image.digest().toString());
            String name = listed.lines()
                    .filter(line -> line.contains(image.digest().toString()))
                    .findFirst()
                    .orElseThrow();
            Path back = directory.resolve("ctr-back-" + format + ".tar");
            ctr("export", back.toString(), name.substring(0, name.indexOf(' ')));
            Image found = store.importImage(back, ImportOptions.DEFAULT.withTag("ctr:1"));
            assertSame(found);
            assertThat(found.digest()).isEqualTo(image.digest());
            ctr("rm", name.substring(0, name.indexOf(' ')));
        }
    }

    @Test
    void imagesGoBothWaysThroughARegistry() throws Exception {
        startRegistry();
        String name = host + "/team/app:1";
        Path path = directory.resolve("store");
        store.tag(image, name);
        Run pushed = Run.layerfs("--store", path, "push", name, name, "--plain-http", host);
        assertThat(pushed.exitCode()).as(pushed.err()).isZero();
        docker("pull", name);
        assertThat(docker("image", "inspect", "-f", "{{.Id}}", name))
                .isEqualTo(image.configDigest().toString());
        docker("tag", name, host + "/team/other:1");
        docker("push", host + "/team/other:1");
        Run pulled = Run.layerfs("--store", path, "pull", host + "/team/other:1", "--plain-http", host);
        assertThat(pulled.exitCode()).as(pulled.err()).isZero();
        assertSame(store.image(host + "/team/other:1"));
    }

    private static void startRegistry() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        host = "127.0.0.1:" + port;
        Path config =
                Files.writeString(directory.resolve("config.yml"), """
                    version: 0.1
                    storage: {filesystem: {rootdirectory: '%s'}}
                    http: {addr: '%s'}
                    """.formatted(directory.resolve("registry"), host));
        try {
            registry = new ProcessBuilder("docker-registry", "serve", config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("registry.log").toFile())
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "docker-registry is not installed");
        }
        Thread.sleep(2000);
    }
}
