package io.layerfs.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.BackendUnavailableException;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import io.layerfs.overlay.OverlayBackend;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs as steps, in a Debian image. */
class RunTest {

    private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000);

    private static LayerStore store;
    private final List<String> lines = new ArrayList<>();

    @BeforeAll
    static void open(@TempDir Path directory) throws IOException {
        Path archive = archive();
        store = LayerStore.open(directory.resolve("store"));
        store.importImage(archive, ImportOptions.DEFAULT.withTag("base:1"));
    }

    /** A real image, which lies beside the checkout. */
    private static Path archive() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path file = at.resolve("shared/images/app.oci.tar");
            if (Files.exists(file)) {
                return file;
            }
        }
        assumeTrue(false, "shared/images/app.oci.tar is in no directory above");
        throw new AssertionError();
    }

    @AfterAll
    static void close() throws IOException {
        if (store != null) {
            store.close();
        }
    }

    private Rootfs compose() throws IOException {
        return Rootfs.from(store, "base:1").time(TIME).output(lines::add);
    }

    private static void requireKernel() {
        String problem = new OverlayBackend().unavailable();
        assumeTrue(problem == null, () -> "the kernel backend: " + problem);
    }

    @Test
    void aProgramSeesTheStepsBeforeItAndIsAStep() throws IOException {
        requireKernel();
        Image image = compose()
                .write("/app/in", "input")
                .env("WHO", "me")
                .workdir("/app")
                .run("sh", "-c", "echo $WHO in $PWD; cp in out; touch -d @1600000000 old; echo done >&2")
                .env("WHO", "you")
                .remove("/app/in")
                .commit("app:1");
        assertThat(lines).containsExactly("me in /app", "done");
        assertThat(Shown.text(store, image, "/app/out")).isEqualTo("input");
        assertThat(Shown.has(store, image, "/app/in")).isFalse();
        assertThat(Shown.file(store, image, "/app/out")).isEqualTo("/app/out 100644 0:0 1700000000");
        assertThat(Shown.file(store, image, "/app/old")).isEqualTo("/app/old 100644 0:0 1600000000");
        assertThat(Shown.file(store, image, "/app")).isEqualTo("/app 40755 0:0 1700000000");
        assertThat(new String(image.config(), java.nio.charset.StandardCharsets.UTF_8))
                .contains("run sh -c echo")
                .contains("WHO=you");
    }

    @Test
    void itIsRunAgainWhenAnInputIsAnother() throws IOException {
        requireKernel();
        String[] program = {"sh", "-c", "echo run; date +%s%N > /stamp"};
        Image first = compose().run(program).commit(null);
        assertThat(compose().run(program).commit(null)).isEqualTo(first);
        assertThat(compose().run(program).label("a", "b").commit(null).layers()).isEqualTo(first.layers());
        assertThat(lines).as("runs").hasSize(1);
        compose().input("packages of today").run(program).commit(null);
        compose().env("A", "b").run(program).commit(null);
        compose().user("1:1").workdir("/tmp").run("sh", "-c", "echo run").commit(null);
        compose().write("/x", "x").run(program).commit(null);
        assertThat(lines).as("runs").hasSize(5);
        Image again = compose().noCache().run(program).commit(null);
        assertThat(lines).as("runs").hasSize(6);
        assertThat(again).isNotEqualTo(first);
        assertThat(compose().run(program).commit(null))
                .as("the last run is noted")
                .isEqualTo(again);
    }

    @Test
    void programsAndFilesCanBecomeOneLayer() throws IOException {
        requireKernel();
        Image image = compose()
                .write("/a", "a")
                .run("sh", "-c", "cat /a > /b; rm -r /etc/apt")
                .remove("/a")
                .inOneLayer()
                .commit(null);
        Image base = store.image("base:1");
        assertThat(image.layers()).hasSize(base.layers().size() + 1);
        assertThat(Shown.said(Shown.top(image))).contains("+ b", "- etc/apt").doesNotContain("+ a", "- a");
    }

    @Test
    void aProgramThatFailsFailsTheCommit() {
        requireKernel();
        assertThatIOException()
                .isThrownBy(() -> compose().run("sh", "-c", "exit 3").commit("app:1"))
                .withMessage("the program [sh, -c, exit 3] ended with the exit code 3");
        assertThatIllegalArgumentException().isThrownBy(() -> compose().run());
    }

    @Test
    void whereNoBackendRunsProgramsThatIsSaid() throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // sees the services of the pure-Java backend alone
        Path vfs = Path.of(io.layerfs.vfs.VfsBackend.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (WithoutKernel loader = new WithoutKernel(vfs.toUri().toURL(), before)) {
            thread.setContextClassLoader(loader);
            assertThatExceptionOfType(BackendUnavailableException.class)
                    .isThrownBy(() -> compose().run("true").commit(null))
                    .withMessage("no backend can run [true] here: 'vfs': a program cannot see the file system of a JVM;"
                            + " the backend 'overlay' runs programs");
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** A class loader that has the classes of another, and the resources of one place alone. */
    private static final class WithoutKernel extends URLClassLoader {
        WithoutKernel(URL place, ClassLoader parent) {
            super(new URL[] {place}, parent);
        }

        @Override
        public java.util.Enumeration<URL> getResources(String name) throws IOException {
            return findResources(name);
        }
    }
}
