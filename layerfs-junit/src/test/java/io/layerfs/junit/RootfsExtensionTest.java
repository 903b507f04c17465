package io.layerfs.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.Xattrs;
import io.layerfs.overlay.OverlayBackend;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The extension as users have it: in JVMs of their own, with the oldest and the newest JUnit. */
class RootfsExtensionTest {

    private static final Path OLDEST = Path.of("target/junit-oldest").toAbsolutePath();

    @TempDir
    private Path directory;

    /** A version of JUnit. */
    enum JUnit {
        OLDEST,
        NEWEST;

        List<String> classPath() throws IOException {
            List<String> own =
                    Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator));
            if (this == NEWEST) {
                return own;
            }
            try (Stream<Path> jars = Files.list(RootfsExtensionTest.OLDEST)) {
                return Stream.concat(
                                jars.map(Path::toString),
                                own.stream()
                                        .filter(entry -> !Path.of(entry)
                                                .getFileName()
                                                .toString()
                                                .startsWith("junit-")))
                        .toList();
            }
        }

        String version() {
            return this == OLDEST ? "JUnit 5.10." : "JUnit 6.";
        }
    }

    @BeforeEach
    void makeSources() throws IOException {
        Path etc = Files.createDirectories(directory.resolve("tree/etc"));
        Files.writeString(etc.resolve("motd"), "hello");
        Files.writeString(directory.resolve("tree/gone"), "x");
        Attributes attributes = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
        byte[] content = "a tar".getBytes(StandardCharsets.UTF_8);
        try (LayerStore store = LayerStore.open(directory.resolve("other-store"))) {
            Layer layer = store.add(
                    new ChangesetBuilder().file("from", attributes, content).build());
            Image image = store.createImage(List.of(layer), Platform.host());
            store.tag(image, "named:1");
            try (InputStream tar = layer.openTar()) {
                Files.copy(tar, directory.resolve("layer.tar"));
            }
        }
        Path resources = Files.createDirectory(directory.resolve("resources"));
        Files.copy(directory.resolve("layer.tar"), resources.resolve("resource.tar"));
        try (OutputStream file = Files.newOutputStream(directory.resolve("resources.jar"));
                JarOutputStream jar = new JarOutputStream(file)) {
            jar.putNextEntry(new JarEntry("inside.tar"));
            Files.copy(directory.resolve("layer.tar"), jar);
        }
    }

    private List<String> run(JUnit junit, Class<?> tests, String... parameters) throws Exception {
        List<String> classPath = new ArrayList<>(junit.classPath());
        classPath.add(directory.resolve("resources").toString());
        classPath.add(directory.resolve("resources.jar").toString());
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                String.join(File.pathSeparator, classPath),
                LauncherMain.class.getName(),
                tests.getName()));
        command.addAll(List.of(parameters));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
        assertThat(lines.get(lines.size() - 1)).startsWith(junit.version());
        return lines.subList(0, lines.size() - 1);
    }

    @ParameterizedTest
    @EnumSource
    void testsThatRunAtOnceHaveTheirOwnRoots(JUnit junit) throws Exception {
        List<String> lines = run(
                junit,
                ForksCases.class,
                "junit.jupiter.execution.parallel.enabled=true",
                "junit.jupiter.execution.parallel.mode.default=concurrent",
                "junit.jupiter.execution.parallel.config.strategy=fixed",
                "junit.jupiter.execution.parallel.config.fixed.parallelism=8",
                "layerfs.store=some/store");
        assertThat(lines.stream().filter(line -> line.startsWith("SUCCESSFUL ")))
                .hasSize(64);
        assertThat(lines).noneMatch(line -> line.startsWith("FAILED "));
        assertThat(directory.resolve("some/store/oci-layout")).exists();
        assertNothingIsLeft(directory.resolve("some/store"));
    }

    private static void assertNothingIsLeft(Path store) throws IOException {
        for (String place : List.of("layerfs/tmp", "layerfs/mounts", "views")) {
            if (Files.exists(store.resolve(place))) {
                assertThat(store.resolve(place)).isEmptyDirectory();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void rootsAreOfAllSourcesAndAreFoundAgain(JUnit junit) throws Exception {
        Path store = directory.resolve("target/layerfs-store");
        List<String> expected = Stream.of("directory", "archive", "resource", "imageOfAStore", "empty", "nested")
                .map(test -> "SUCCESSFUL " + test)
                .toList();
        assertThat(names(run(junit, SourcesCases.class))).containsExactlyInAnyOrderElementsOf(expected);
        List<String> imported = imported(store);
        assertThat(imported)
                .as("a directory, a file, a resource that is a file, one that is none")
                .hasSize(4);
        assertThat(names(run(junit, SourcesCases.class))).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(imported(store)).isEqualTo(imported);
        Files.createFile(directory.resolve("tree/another"));
        run(junit, SourcesCases.class);
        assertThat(imported(store)).hasSize(5).containsAll(imported);
        assertNothingIsLeft(store);
    }

    /** Without the parameters that a display name tells. */
    private static List<String> names(List<String> lines) {
        return lines.stream().map(line -> line.replaceFirst("\\(.*\\)$", "")).toList();
    }

    private static List<String> imported(Path directory) throws IOException {
        try (LayerStore store = LayerStore.open(directory)) {
            return store.images().stream()
                    .flatMap(image -> image.tags().stream())
                    .filter(tag -> tag.startsWith("layerfs-junit/"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFailureTellsWhatWasChanged(JUnit junit) throws Exception {
        String all = String.join("\n", run(junit, FailingCases.class, "layerfs.export=failed"));
        assertThat(all).doesNotContain("SUCCESSFUL");
        String changes = """
                @Rootfs("tree") field root changed:
                  + /: directory 0755 0:0
                  + /binary: file 0644 0:0, 3 bytes
                  + /etc/motd: file 0644 0:0, 21 bytes
                      | changed
                      | in two lines
                  - /gone
                  + /link: link to motd
                """;
        assertThat(all)
                .contains("REPORT changesFilesAndFails(): {layerfs=" + changes)
                .contains("FAILED changesFilesAndFails(): expected: <1> but was: <2>\nSUPPRESSED " + changes)
                .contains("SUPPRESSED the whole tree: " + directory.resolve("failed"))
                .contains("changed:\n  nothing\n")
                .containsPattern("  and [0-9]+ more\n")
                .contains("nowhere:1: no file, no resource of the test's class, and no image in ")
                .contains("@Rootfs is for variables of the types Path and Mount that are not final; this is ")
                .contains("none: no backend of that name on the class path");
        assertThat(all.split("FAILED changesFilesAndFails", -1)).hasSize(2);
        try (Stream<Path> trees = Files.list(directory.resolve("failed"))) {
            assertThat(trees.map(tree -> tree.getFileName().toString()))
                    .contains("io.layerfs.junit.FailingCases-changesFilesAndFails_");
        }
        Path tree = directory.resolve("failed/io.layerfs.junit.FailingCases-changesFilesAndFails_");
        assertThat(tree.resolve("etc/motd")).hasContent("changed\nin two lines\n");
        assertThat(tree.resolve("gone")).doesNotExist();
        assertNothingIsLeft(directory.resolve("target/layerfs-store"));
    }

    @ParameterizedTest
    @EnumSource
    void theKernelCanBeAskedFor(JUnit junit) throws Exception {
        String problem = new OverlayBackend().unavailable();
        assumeTrue(problem == null, () -> "the kernel backend: " + problem);
        List<String> lines = run(junit, KernelCases.class);
        String all = String.join("\n", lines);
        assertThat(lines.stream().filter(line -> line.startsWith("SUCCESSFUL ")))
                .as(all)
                .hasSize(4);
        assertThat(all).contains("FAILED failsInTheKernel").contains("      | by the kernel\n");
        assertNothingIsLeft(directory.resolve("target/layerfs-store"));
    }

    @ParameterizedTest
    @EnumSource
    void whereTheBackendDoesNotWorkTheTestIsAborted(JUnit junit) throws Exception {
        Path services = Files.createDirectories(directory.resolve("resources/META-INF/services"));
        Files.writeString(services.resolve("io.layerfs.Backend"), AbortedCases.NeverBackend.class.getName());
        String reason = ": the backend 'never' cannot be used here: it never works";
        assertThat(run(junit, AbortedCases.class))
                .containsExactlyInAnyOrder("ABORTED byAParameter(Path)" + reason, "ABORTED byAField()" + reason);
    }
}
