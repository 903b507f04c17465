package io.layerfs.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same inputs give the same bytes, wherever, whenever and by whomever. */
class ReproducibleTest {

    /** A change of these is a change of what users get from the same sources, and belongs into the change log. */
    private static final String IMAGE = "sha256:31f28fc9d8522fe501b7077c8f213c1f0b2a3abaa2e474876c69608071dcfd3b";

    private static final String IN_ONE_LAYER =
            "sha256:e65ae74bf135f7be467f7019b241b705f0a62e043306ba7341012ed6685dab5b";

    @TempDir
    private Path directory;

    private Path sources(String name, List<String> order, String directories, String files, long time)
            throws IOException {
        Path sources = Files.createDirectories(directory.resolve(name));
        for (String file : order) {
            Path path = sources.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, "content of " + file);
            boolean program = file.startsWith("bin/");
            Files.setPosixFilePermissions(
                    path, PosixFilePermissions.fromString(program ? files.replaceFirst("-", "x") : files));
            Files.setLastModifiedTime(path, FileTime.from(Instant.ofEpochSecond(time)));
            Files.setPosixFilePermissions(path.getParent(), PosixFilePermissions.fromString(directories));
        }
        return sources;
    }

    private Rootfs compose(LayerStore store, Path sources) {
        return Rootfs.empty(store, new Platform("linux", "amd64", null))
                .time(Instant.ofEpochSecond(1_700_000_000, 500))
                .copy(sources, "/app")
                .write("/etc/passwd", "root:x:0:0::/:/bin/sh\n")
                .symlink("/usr/bin/app", "/app/bin/run")
                .remove("/app/lib/b*")
                .owner("/app/**", 10, 20)
                .mode("/etc/passwd", 0600)
                .entrypoint("/usr/bin/app")
                .label("a", "b");
    }

    @Test
    void neitherTheHostNorTheStoreTells() throws IOException {
        Path some = sources("some", List.of("lib/a", "lib/b", "bin/run", "conf"), "rwx------", "rw-r--r--", 1);
        Path others = sources(
                "others/deep", List.of("conf", "bin/run", "lib/b", "lib/a"), "rwxrwxrwx", "rw-rw-rw-", 1_000_000_000);
        try (LayerStore first = LayerStore.open(directory.resolve("first"));
                LayerStore second = LayerStore.open(directory.resolve("second"))) {
            second.add(new ByteArrayInputStream(new byte[1024]));
            Image one = compose(first, some).commit("app:1");
            Image two = compose(second, others).commit("other");
            assertThat(two.diffIds()).isEqualTo(one.diffIds());
            assertThat(two.digest()).isEqualTo(one.digest());
            assertThat(one.digest()).hasToString(IMAGE);
            Image whole = compose(first, some).inOneLayer().commit(null);
            assertThat(compose(second, others).inOneLayer().commit(null)).isEqualTo(whole);
            assertThat(whole.digest()).hasToString(IN_ONE_LAYER);
        }
    }
}
