package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class QuickStartTest {

    @Test
    void showsTheFirstStepsAndLeavesNothing() {
        Run run = Run.layerfs("quickstart");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.text())
                .contains(
                        "  /etc/motd\n", "  Hello from a layer on top.\n", "Files.exists(/etc/obsolete.conf): false\n")
                .doesNotContain("  /etc/obsolete.conf\n");
        String first = run.lines().get(0);
        Path store = Path.of(first.substring(first.lastIndexOf(' ') + 1));
        assertThat(Files.exists(store)).isFalse();
        assertThat(Files.exists(store.getParent())).isFalse();
    }
}
