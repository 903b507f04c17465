package io.layerfs.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the config. */
class ConfigTest {

    private static final Platform ARM = new Platform("linux", "arm64", "v8");

    private LayerStore store;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        store = LayerStore.open(directory);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private static String config(Image image) {
        String json = new String(image.config(), StandardCharsets.UTF_8);
        for (int i = 0; i < image.layers().size(); i++) {
            json = json.replace(image.diffIds().get(i).toString(), "L" + i);
        }
        return json;
    }

    @Test
    void itSaysWhatWasSaidAndHowTheLayersCameAbout() throws IOException {
        Image image = Rootfs.empty(store, ARM)
                .time(Instant.ofEpochSecond(1))
                .write("/a", "1")
                .env("PATH", "/bin")
                .env("A", "=1")
                .env("PATH", "/bin:/app")
                .workdir("/app")
                .user("10:20")
                .entrypoint("java", "-jar")
                .cmd("app.jar")
                .label("org.opencontainers.image.title", "app")
                .commit(null);
        assertThat(image.platform()).isEqualTo(ARM);
        assertThat(config(image))
                .isEqualTo("{\"architecture\":\"arm64\",\"variant\":\"v8\",\"os\":\"linux\","
                        + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"L0\"]},"
                        + "\"config\":{\"WorkingDir\":\"/app\",\"User\":\"10:20\",\"Entrypoint\":[\"java\",\"-jar\"],"
                        + "\"Cmd\":[\"app.jar\"],\"Env\":[\"PATH=/bin:/app\",\"A==1\"],"
                        + "\"Labels\":{\"org.opencontainers.image.title\":\"app\"}},"
                        + "\"created\":\"1970-01-01T00:00:01Z\","
                        + "\"history\":[{\"created\":\"1970-01-01T00:00:01Z\",\"created_by\":\"write /a\"}]}");
    }

    @Test
    void whatTheBaseSaysIsKept() throws IOException {
        Image base = Rootfs.empty(store, ARM)
                .write("/a", "1")
                .env("PATH", "/bin")
                .env("A", "a")
                .user("app")
                .entrypoint("sh")
                .cmd("-c", "true")
                .label("a", "b")
                .commit("base:1");
        Image same = Rootfs.from(store, "base:1").commit(null);
        assertThat(same.layers()).isEqualTo(base.layers());
        assertThat(config(same)).isEqualTo(config(base));
        Image derived = Rootfs.from(store, "base:1")
                .env("A", "b")
                .entrypoint("java")
                .write("/b", "2")
                .mkdir("/c")
                .inOneLayer()
                .commit(null);
        assertThat(config(derived))
                .contains("\"User\":\"app\"")
                .contains("\"Env\":[\"PATH=/bin\",\"A=b\"]")
                .contains("\"Labels\":{\"a\":\"b\"}")
                .contains("\"Entrypoint\":[\"java\"]")
                .contains("\"write /a\"")
                .contains("\"write /b; mkdir /c\"")
                .doesNotContain("\"Cmd\"");
        assertThat(store.image("base:1")).isEqualTo(base);
    }

    @Test
    void aVariableHasAName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rootfs.empty(store, ARM).env("A=B", "c"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rootfs.empty(store, ARM).env("", "c"));
    }
}
