package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line as a process of its own: locales, the bytes of arguments, a closed pipe, the environment. */
class ProcessTest {

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @TempDir
    private static Path directory;

    private static Path store;

    @BeforeAll
    static void makeImage() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no /bin/sh");
        store = directory.resolve("store");
        Attributes any = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
        try (LayerStore layers = LayerStore.open(store)) {
            ChangesetBuilder changes = new ChangesetBuilder()
                    .file("bad\udcffutf8", any, "bad\n".getBytes(StandardCharsets.US_ASCII))
                    .file("\u00fc", any, "umlaut\n".getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 2_000; i++) {
                changes.file("many/" + "x".repeat(100) + i, any, new byte[0]);
            }
            layers.tag(layers.createImage(List.of(layers.add(changes.build())), Platform.host()), "odd:1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void namesSurviveEveryLocale(String locale) throws Exception {
        assertThat(shell(locale, "$layerfs cat odd:1 \"$(printf 'bad\\377utf8')\""))
                .isEqualTo("bad\n");
        assertThat(shell(locale, "$layerfs cat odd:1 'bad\\xffutf8'")).isEqualTo("bad\n");
        assertThat(shell(locale, "$layerfs cat odd:1 \"$(printf '\\303\\274')\""))
                .isEqualTo("umlaut\n");
        String umlaut = locale.equals("C") ? "\\xc3\\xbc" : "\u00fc";
        assertThat(shell(locale, "$layerfs ls odd:1 /")).isEqualTo("bad\\xffutf8\nmany\n" + umlaut + "\n");
        assertThat(shell(locale, "$layerfs tree odd:1")).contains("\tbad\\xffutf8\n", "\t\\xc3\\xbc\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void filesOfTheHostMayHaveAnyName(String locale) throws Exception {
        String script = "d=$(printf \"$dir/in-\\377\\303\\274-%s\" " + locale + ");"
                + "mkdir -p \"$d/etc\" && echo hi >\"$d/etc/f\" &&"
                + "$layerfs --store \"$d-store\" import \"$d\" --tag host:1 >/dev/null &&"
                + "l=\"$layerfs --store $d-store\" && head -c 100000 /dev/zero >\"$d/large\" && { "
                + "$l new work host:1 && $l cp \"$d/large\" work:/ && $l commit work --tag host:2; } >/dev/null &&"
                + "$l cat host:2 /etc/f";
        assertThat(shell(locale, script)).isEqualTo("hi\n");
    }

    @Test
    void aClosedPipeEndsQuietly() throws Exception {
        String script = "{ $layerfs ls -R odd:1 /; echo $? >&2; } | head -n 1";
        assertThat(shell("C.UTF-8", "(" + script + ") 2>&1 | sort")).isEqualTo("/:\n141\n");
    }

    @Test
    void aFullDiskIsToldOnce() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/full")), "no /dev/full");
        String expected = "layerfs: standard output: No space left on device\n1\n";
        assertThat(shell("C", "$layerfs tree odd:1 2>&1 >/dev/full; echo $?")).isEqualTo(expected);
        assertThat(shell("C", "$layerfs images 2>&1 >/dev/full; echo $?")).isEqualTo(expected);
    }

    @Test
    void exitCodesReachTheShell() throws Exception {
        assertThat(shell("C", "$layerfs ls odd:1 /none 2>&1; echo $?"))
                .isEqualTo("layerfs: /none: no such file or directory\n3\n");
        assertThat(shell("C", "$layerfs nonsense 2>/dev/null; echo $?")).isEqualTo("2\n");
    }

    @Test
    void theEnvironmentNamesTheStore() throws Exception {
        String script = "unset LAYERFS_STORE; export XDG_DATA_HOME=$dir/data; mkdir -p $dir/data;"
                + "cp -r $dir/store $dir/data/layerfs; $layerfs cat odd:1 'bad\\xffutf8'";
        assertThat(shell("C", script)).isEqualTo("bad\n");
    }

    /** Field faults, sections 1 and 3: a copy, the working directory, and variables of the environment. */
    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void copiesTheWorkingDirectoryAndVariablesKeepTheBytesOfNames(String locale) throws Exception {
        String script =
                "d=$(printf \"$dir/cwd-\\377\\303\\274-%s\" " + locale + ") && mkdir -p \"$d/in/sub\" && cd \"$d\""
                        + " &&for n in '\\377' '\\376' '\\303\\274'"
                        + " '\\303\\266'; do printf x >\"in/$(printf"
                        + " $n)\"; done &&ln -s \"$(printf"
                        + " '\\303\\274')\" in/link && export"
                        + " LAYERFS_STORE=\"$d/s\" && { $layerfs import"
                        + " in --tag a:1 && $layerfs --store s new v"
                        + " a:1 && $layerfs cp in v:/copy &&$layerfs cp"
                        + " v:/copy out; } >/dev/null && diff -r"
                        + " --no-dereference in out &&test -d"
                        + " \"$d/s/blobs\" && ls out | wc -l";
        assertThat(shell(locale, script).strip()).isEqualTo("6");
    }

    @Test
    void whoHasNoHomeIsToldSo() throws Exception {
        String unset = "unset LAYERFS_STORE XDG_DATA_HOME; HOME=relative $layerfs images 2>&1; echo $?";
        assertThat(shell("C", unset)).startsWith("layerfs: where is the store?").endsWith("2\n");
        String home = "unset LAYERFS_STORE XDG_DATA_HOME; mkdir -p $dir/home/.local/share;"
                + "cp -r $dir/store $dir/home/.local/share/layerfs; HOME=$dir/home $layerfs cat odd:1 'bad\\xffutf8'";
        assertThat(shell("C", home)).isEqualTo("bad\n");
    }

    /** Runs a script with {@code $layerfs} and {@code $dir} set; what it wrote to standard output. */
    private static String shell(String locale, String script) throws Exception {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", script));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("LC_ALL", locale);
        builder.environment().put("LAYERFS_STORE", store.toString());
        builder.environment().put("dir", directory.toString());
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().put("layerfs", JAVA + " -XX:TieredStopAtLevel=1 " + Layerfs.class.getName());
        Process process = builder.start();
        process.getOutputStream().close();
        try (InputStream in = process.getInputStream()) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return text;
        }
    }
}
