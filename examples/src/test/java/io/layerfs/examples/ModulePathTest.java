package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.LayerCompression;
import java.io.File;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolvedModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A module of a user's that requires layerfs' modules is compiled and run on the module path: by this JDK, and by those at the
 * directories that the system property {@code layerfs.jdks} names, with the path separator between.
 */
class ModulePathTest {

    private static final List<String> REQUIRED =
            List.of("io.layerfs", "io.layerfs.vfs", "io.layerfs.registry", "io.layerfs.trust", "io.layerfs.compose");

    private static final String MODULE = """
            module app {
                requires io.layerfs;
                requires io.layerfs.vfs;
                requires io.layerfs.registry;
                requires io.layerfs.trust;
                requires io.layerfs.compose;
            }
            """;

    private static final String MAIN = """
            package app;

            import io.layerfs.*;
            import io.layerfs.registry.*;
            import io.layerfs.trust.*;
            import java.nio.file.*;
            import java.util.*;

            class Main {
                public static void main(String[] args) throws Exception {
                    TrustPolicy policy = TrustPolicy.of(
                            List.of(TrustRule.of("**").mode(TrustRule.Mode.ACCEPT)), System.err::println);
                    try (LayerStore store = LayerStore.open(Path.of(args[1]));
                            Registry registry = Registry.open(RegistryOptions.DEFAULT)) {
                        Image base = store.importImage(Path.of(args[0]), ImportOptions.DEFAULT.withPolicy(policy));
                        Image image = io.layerfs.compose.Rootfs.from(store, base).write("/greeting", "hello\\n").commit(null);
                        try (Mount mount = Backends.named("vfs").mount(store, image, MountOptions.READ_ONLY)) {
                            System.out.print(Files.readString(mount.root().resolve("etc/os-release")));
                            System.out.print(Files.readString(mount.root().resolve("greeting")));
                        }
                    }
                }
            }
            """;

    @TempDir
    private static Path directory;

    private static Path classes;
    private static String modulePath;

    @BeforeAll
    static void compile() throws IOException {
        modulePath = modulePath();
        classes = directory.resolve("classes");
        Path sources = Files.createDirectories(directory.resolve("sources/app"));
        Path main = Files.writeString(sources.resolve("Main.java"), MAIN);
        Path info = Files.writeString(sources.resolveSibling("module-info.java"), MODULE);
        int exitCode = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-d",
                        classes.toString(),
                        "-p",
                        modulePath,
                        info.toString(),
                        main.toString());
        assertThat(exitCode).isZero();
    }

    /** What of the class path the modules need, and no more. */
    private static String modulePath() {
        ModuleFinder finder =
                ModuleFinder.of(Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                        .map(Path::of)
                        .filter(ModulePathTest::isModule)
                        .toArray(Path[]::new));
        Set<String> roots = new LinkedHashSet<>(REQUIRED);
        roots.add("com.github.luben.zstd_jni"); // of those that are optional
        roots.add("org.jspecify"); // javac wants it, the JVM does not
        Configuration modules = ModuleLayer.boot().configuration().resolve(finder, ModuleFinder.of(), roots);
        return modules.modules().stream()
                .map(ResolvedModule::reference)
                .map(module -> Path.of(module.location().orElseThrow()).toString())
                .sorted()
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static boolean isModule(Path entry) {
        try {
            return ModuleFinder.of(entry).findAll().stream()
                    .anyMatch(module -> !module.descriptor().isAutomatic());
        } catch (FindException e) {
            return false; // classes without a name
        }
    }

    static Stream<String> jdks() {
        String others = System.getProperty("layerfs.jdks", "");
        return Stream.concat(
                Stream.of(System.getProperty("java.home")),
                Stream.of(others.split(File.pathSeparator, -1)).filter(home -> !home.isEmpty()));
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void nothingIsToBeSaidToTheJvm(String jdk) throws Exception {
        assertRuns(jdk, LayerCompression.GZIP);
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void zstdIsAddedAndAllowedItsNativeCode(String jdk) throws Exception {
        assertRuns(
                jdk,
                LayerCompression.ZSTD,
                "--add-modules=com.github.luben.zstd_jni",
                "--enable-native-access=com.github.luben.zstd_jni");
    }

    private static void assertRuns(String jdk, LayerCompression compression, String... options) throws Exception {
        Path work = Files.createTempDirectory(directory, "work");
        Path archive = work.resolve("sample.oci.tar");
        SampleImage.write(work.resolve("sample"), archive, compression);
        List<String> command = new ArrayList<>();
        command.add(Path.of(jdk, "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-p", classes + File.pathSeparator + modulePath, "-m", "app/app.Main"));
        command.addAll(List.of(archive.toString(), work.resolve("store").toString()));
        Path out = work.resolve("out");
        Path err = work.resolve("err");
        int exitCode = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start()
                .waitFor();
        assertThat(Files.readString(err)).isEmpty();
        assertThat(exitCode).isZero();
        assertThat(Files.readString(out)).isEqualTo("ID=sample\nVERSION_ID=1\nhello\n");
    }
}
