package io.layerfs.programs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import javax.tools.StandardLocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JDK's own: javac, class loaders, services, zip files as file systems. Field faults, section 4. */
class JavaToolsTest {

    private static final String CALLER = """
        package app;
        public class Main {
            public static String main() throws Exception {
                return new sample.Greeting().call() + "!";
            }
        }
        """;

    @TempDir
    private Path work;

    /** javac asks for the {@code File} of a jar on its class path, but not for that of a directory, which the jar's inside is. */
    @Test
    void javacCompilesAgainstAJarOfTheImage() throws Exception {
        try (TwoPlaces places = TwoPlaces.of(work, Samples::jar)) {
            Object said = places.same(directory -> {
                Path jar = directory.resolve("lib/greeting.jar");
                try (FileSystem inside = FileSystems.newFileSystem(jar)) {
                    return compileAndRun(directory, StandardLocation.CLASS_PATH, inside.getPath("/"), "");
                }
            });
            assertThat(said).isEqualTo("hello from a jar!");
        }
    }

    @Test
    void javacFindsModulesInJarsOfTheImage() throws Exception {
        try (TwoPlaces places = TwoPlaces.of(work, Samples::jar)) {
            Object said = places.same(directory -> {
                Path jar = directory.resolve("lib/greeting.jar");
                return compileAndRun(directory, StandardLocation.MODULE_PATH, jar, "module app { requires greeting; }");
            });
            assertThat(said).isEqualTo("hello from a jar!");
        }
    }

    @Test
    void javacsClassPathTakesJarsOfTheKernelsMount() throws Exception {
        try (TwoPlaces places = TwoPlaces.ofKernel(work, Samples::jar)) {
            places.same(directory ->
                    compileAndRun(directory, StandardLocation.CLASS_PATH, directory.resolve("lib/greeting.jar"), ""));
        }
    }

    private static Object compileAndRun(Path directory, StandardLocation location, Path entry, String module)
            throws Exception {
        List<Path> sources = new ArrayList<>();
        Path app = Files.createDirectories(directory.resolve("src/app"));
        sources.add(Files.writeString(app.resolve("Main.java"), CALLER));
        if (!module.isEmpty()) {
            sources.add(Files.writeString(directory.resolve("src/module-info.java"), module));
        }
        Path classes = Files.createDirectories(directory.resolve("out"));
        Samples.compile(sources, location, List.of(entry), classes);
        try (URLClassLoader loader = loader(directory.resolve("lib/greeting.jar"), classes)) {
            return loader.loadClass("app.Main").getMethod("main").invoke(null);
        }
    }

    @Test
    void javacSaysWhatIsWrongWithAFileOfTheImage() throws Exception {
        try (TwoPlaces places = TwoPlaces.of(work, Samples::jar)) {
            places.same(directory -> {
                Path source = Files.writeString(directory.resolve("Broken.java"), "class Broken { int x = \"\"; }\n");
                try {
                    Samples.compile(List.of(source), StandardLocation.CLASS_PATH, List.of(), directory);
                    return "compiled";
                } catch (IOException e) {
                    return e.getMessage().replace(directory.toString(), "").replaceFirst("^/", "");
                }
            });
        }
    }

    private static URLClassLoader loader(Path... paths) throws IOException {
        List<URL> urls = new ArrayList<>();
        for (Path path : paths) {
            urls.add(path.toUri().toURL());
        }
        return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    @Test
    @SuppressWarnings("rawtypes") // a service's type is a class
    void servicesAndResourcesOfAJarAreFound() throws Exception {
        try (TwoPlaces places = TwoPlaces.of(work, Samples::jar)) {
            List<Object> found = places.same(directory -> {
                List<Object> answers = new ArrayList<>();
                try (URLClassLoader loader = loader(directory.resolve("lib/greeting.jar"))) {
                    for (Callable service : ServiceLoader.load(Callable.class, loader)) {
                        answers.add(service.call());
                    }
                    URL text = loader.getResource("sample/greeting.txt");
                    try (InputStream in = text.openStream()) {
                        answers.add(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                    }
                    answers.add(String.valueOf(loader.getResource("sample/missing.txt")));
                    answers.add(String.valueOf(
                            loader.loadClass("sample.Greeting").getPackage().getName()));
                }
                return answers;
            });
            assertThat(found).containsExactly("hello from a jar", "hello from a jar", "null", "sample");
        }
    }

    @Test
    void classesOfADirectoryAreLoaded() throws Exception {
        try (TwoPlaces places = TwoPlaces.of(work, Samples::jar)) {
            places.same(directory -> {
                Files.writeString(directory.resolve("classes/sample/greeting.txt"), "hello from a directory");
                try (URLClassLoader loader = loader(directory.resolve("classes"))) {
                    Object greeting =
                            loader.loadClass("sample.Greeting").getConstructor().newInstance();
                    return ((Callable<?>) greeting).call();
                }
            });
        }
    }

    @Test
    void zipFilesAreFileSystems() throws Exception {
        try (TwoPlaces places = TwoPlaces.of(work, Samples::jar)) {
            List<String> tree = places.same(directory -> {
                Path jar = directory.resolve("lib/greeting.jar");
                try (FileSystem zip = FileSystems.newFileSystem(jar)) {
                    Files.writeString(zip.getPath("sample/greeting.txt"), "changed");
                    Files.delete(zip.getPath("META-INF/services/" + Samples.SERVICE));
                }
                Path made = directory.resolve("made.zip");
                try (FileSystem zip = FileSystems.newFileSystem(made, Map.of("create", "true"))) {
                    Files.copy(jar, zip.getPath("copy.jar"), StandardCopyOption.COPY_ATTRIBUTES);
                }
                try (FileSystem zip = FileSystems.newFileSystem(URI.create("jar:" + made.toUri()), Map.of());
                        FileSystem inner = FileSystems.newFileSystem(jar)) {
                    assertThat(Files.size(zip.getPath("copy.jar"))).isEqualTo(Files.size(jar));
                    return TwoPlaces.tree(inner.getPath("/"));
                }
            });
            assertThat(tree).noneMatch(line -> line.contains(Samples.SERVICE));
        }
    }
}
