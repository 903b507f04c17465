package io.layerfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every attack in {@code docs/security.md} names a test that is there. */
class SecurityPageTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern PROOF = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

    private static List<Path> sources(String kind) throws IOException {
        List<Path> sources = new ArrayList<>();
        try (var modules = Files.newDirectoryStream(ROOT, "{layerfs-*,examples}")) {
            for (Path module : modules) {
                Path java = module.resolve("src").resolve(kind).resolve("java");
                if (Files.isDirectory(java)) {
                    try (var files = Files.walk(java)) {
                        files.filter(f -> f.toString().endsWith(".java")).forEach(sources::add);
                    }
                }
            }
        }
        return sources;
    }

    @Test
    void everyAttackHasATest() throws IOException {
        List<Path> tests = sources("test");
        String page = Files.readString(ROOT.resolve("docs/security.md"));
        int limits = page.indexOf("## What is limited"); // a table of numbers, not of attacks
        String attacks = page.substring(0, limits) + page.substring(page.indexOf("\n## ", limits));
        List<String> rows = attacks.lines()
                .filter(line ->
                        line.startsWith("| ") && line.contains(" | ") && !line.matches("\\| (attack|target) \\|.*"))
                .toList();
        assertThat(rows)
                .as("attacks, and targets of the fuzzer; none is taken out")
                .hasSizeGreaterThanOrEqualTo(42);
        for (String row : rows) {
            List<String> proofs =
                    PROOF.matcher(row).results().map(m -> m.group()).toList();
            assertThat(proofs).as(row).isNotEmpty();
            for (String proof : proofs) {
                String[] parts = proof.replace("`", "").split("\\.", -1);
                Path source = tests.stream()
                        .filter(file -> file.getFileName().toString().equals(parts[0] + ".java"))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no such test: " + proof));
                assertThat(Files.readString(source)).as(proof).containsPattern("void " + parts[1] + "\\(");
            }
        }
    }

    @Test
    void noTarIsReadByCommonsCompress() throws IOException {
        for (Path source : sources("main")) {
            if (!source.startsWith(ROOT.resolve("layerfs-bench"))) {
                assertThat(Files.readString(source)).as(source.toString()).doesNotContain("compress.archivers");
            }
        }
    }
}
