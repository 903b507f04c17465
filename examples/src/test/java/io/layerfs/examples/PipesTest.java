package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.SaveOptions;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pipes, devices and {@code -} where commands read and write, by a process each (field faults, section 2). */
@Timeout(300)
class PipesTest {

    @TempDir
    static Path directory;

    private static String digest;

    @BeforeAll
    static void make() throws IOException {
        byte[] large = new byte[300_000];
        new Random(1).nextBytes(large);
        Attributes any = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
        try (LayerStore store = LayerStore.open(directory.resolve("store"))) {
            ChangesetBuilder changes = new ChangesetBuilder().file("large", any, large);
            store.tag(store.createImage(List.of(store.add(changes.build())), Platform.host()), "app:1");
            Image image = store.image("app:1");
            digest = image.digest().toString();
            store.save(image, directory.resolve("app.tar"), SaveOptions.DEFAULT);
        }
    }

    private static String shell(String script) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", "cd \"$dir\"; exec 2>&1; " + script);
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("LAYERFS_STORE", directory.resolve("store").toString());
        builder.environment().put("dir", directory.toString());
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment()
                .put(
                        "layerfs",
                        Path.of(System.getProperty("java.home"), "bin/java") + " -XX:TieredStopAtLevel=1 "
                                + Layerfs.class.getName());
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void standardInputAndOutputStandForFiles() throws Exception {
        String copy =
                "$layerfs save app:1 -o - | tee o1 | gzip | $layerfs import - --tag app:1; cmp o1 app.tar && echo same";
        assertThat(shell(copy)).isEqualTo(digest + "\nsame\n");
        assertThat(shell("$layerfs import /dev/stdin --tag app:1 <app.tar")).isEqualTo(digest + "\n");
        assertThat(shell("$layerfs import - </dev/null; echo $?"))
                .isEqualTo("layerfs: the stream: an empty file, which is neither an image nor a layer\n1\n");
    }

    @Test
    void aPipeOrADeviceIsWrittenIntoAndNeverReplaced() throws Exception {
        String fifo =
                "mkfifo f && { cmp f app.tar && echo same & } && $layerfs save app:1 -o f --replace; wait; test -p f";
        assertThat(shell(fifo + " && echo pipe")).isEqualTo("same\npipe\n");
        assertThat(shell("(cat app.tar >f &) && $layerfs import f --tag app:1; ls -1 f"))
                .endsWith("f\n");
        assertThat(shell("$layerfs save app:1 -o /dev/null --replace && test -c /dev/null && echo device"))
                .isEqualTo("device\n");
        String out = "printf x >o; $layerfs save app:1 -o /dev/stdout --replace >>o; test -L /dev/stdout && echo link;";
        assertThat(shell(out + "tail -c +2 o | cmp - app.tar && echo same")).isEqualTo("link\nsame\n");
        assertThat(shell("(tar -t <f &) && $layerfs export app:1 f && echo done"))
                .contains("large\n", "done\n");
    }

    @Test
    void whoeverStopsReadingIsTold() throws Exception {
        assertThat(shell("{ $layerfs save app:1 -o -; echo $? >&2; } | head -c 10 >/dev/null"))
                .isEqualTo(
                        "layerfs: standard output: whoever read it has gone before all was written (broken pipe)\n141\n");
        assertThat(shell("mkfifo g && (head -c 10 g >/dev/null &) && $layerfs save app:1 -o g; echo $?"))
                .isEqualTo("layerfs: g: whoever read it has gone before all was written\n1\n");
    }
}
