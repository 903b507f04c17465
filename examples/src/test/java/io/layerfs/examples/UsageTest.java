package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What needs no image: help, and command lines that are not understood. */
class UsageTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "import",
                "pull",
                "push",
                "images",
                "layers",
                "ls",
                "cat",
                "stat",
                "tree",
                "find-provider",
                "verify",
                "tag",
                "untag",
                "sign",
                "verify-signature",
                "rm-tag",
                "rmi",
                "gc",
                "df",
                "export-layer",
                "quickstart"
            })
    void helpTeaches(String command) {
        Run help = Run.layerfs(command, "--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.err()).isEmpty();
        assertThat(help.text()).contains("Usage: layerfs ", "Example", "Exit codes:", "--store=DIR");
        assertThat(help.lines().get(0)).endsWith(".");
        assertThat(help.lines()).allMatch(line -> line.length() <= 100);
        assertThat(Run.layerfs("--help").text())
                .contains(command)
                .contains(help.lines().get(0));
    }

    @Test
    void versionIsShown() {
        assertThat(Run.layerfs("--version").text()).startsWith("layerfs ");
    }

    @Test
    void whatIsNotUnderstoodEndsWith2() {
        assertUsage(Run.layerfs(), "which command?", "layerfs --help");
        assertUsage(Run.layerfs("lss"), "lss", "layerfs ls", "layerfs --help");
        assertUsage(Run.layerfs("cat", "app:1"), "PATH", "layerfs cat --help");
        assertUsage(Run.layerfs("images", "--jsn"), "--jsn");
        assertUsage(Run.layerfs("import", "x", "--platform", "linux"), "--platform", "linux", "OS/ARCH");
        assertUsage(Run.layerfs("import", "x", "--owner", "0:x"), "--owner", "0:x", "UID:GID");
        assertUsage(Run.layerfs("gc", "--older-than", "7w"), "--older-than", "7w", "7d");
        assertUsage(Run.layerfs("gc", "--keep-bytes", "1X"), "--keep-bytes", "1X", "20G");
    }

    private static void assertUsage(Run run, String... words) {
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("layerfs: ").contains(words);
    }

    @Test
    void theStoreIsNamedBeforeOrAfterTheCommand(@TempDir Path store) {
        assertThat(Run.layerfs("--store", store, "images", "--json").json())
                .asInstanceOf(LIST)
                .isEmpty();
        assertThat(Run.layerfs("images", "--json", "--store=" + store).json())
                .asInstanceOf(LIST)
                .isEmpty();
    }

    @Test
    void onlyImportMakesAStore(@TempDir Path directory) {
        Path store = directory.resolve("none");
        Run run = Run.layerfs("--store", store, "images");
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).isEqualTo("layerfs: no store at " + store + "; 'layerfs import' makes one\n");
        assertThat(store).doesNotExist();
    }
}
