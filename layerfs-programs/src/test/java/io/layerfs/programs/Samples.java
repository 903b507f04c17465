package io.layerfs.programs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** What the programs find in the image: files, a jar with a service in it. */
final class Samples {

    static final String SERVICE = "java.util.concurrent.Callable";

    private static final String SOURCE = """
        package sample;
        public class Greeting implements java.util.concurrent.Callable<String> {
            public String call() throws Exception {
                try (var in = Greeting.class.getResourceAsStream("greeting.txt")) {
                    return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
                }
            }
        }
        """;

    private Samples() {}

    /** Text files in directories, a link, names beyond ASCII. */
    static Path texts(Path directory) throws IOException {
        for (String name :
                List.of("a/one.txt", "a/b/two.txt", "a/b/c/three.txt", "a/\u00e4 \u4f60.txt", "index.html")) {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, ("the text of " + name + "\n").repeat(500));
        }
        Files.createSymbolicLink(directory.resolve("a/link"), Path.of("b/two.txt"));
        return directory;
    }

    /** {@code lib/greeting.jar}, with {@code sample.Greeting} in it as a service. */
    static Path jar(Path directory) throws IOException {
        Path source = directory.resolve("src/sample/Greeting.java");
        Files.createDirectories(source.getParent());
        Files.writeString(source, SOURCE);
        Path classes = Files.createDirectories(directory.resolve("classes"));
        compile(List.of(source), StandardLocation.CLASS_PATH, List.of(), classes);
        zip(
                Files.createDirectories(directory.resolve("lib")).resolve("greeting.jar"),
                Map.of(
                        "sample/Greeting.class",
                        Files.readAllBytes(classes.resolve("sample/Greeting.class")),
                        "sample/greeting.txt",
                        "hello from a jar".getBytes(StandardCharsets.UTF_8),
                        "META-INF/services/" + SERVICE,
                        "sample.Greeting\n".getBytes(StandardCharsets.UTF_8)));
        return directory;
    }

    private static void zip(Path file, Map<String, byte[]> entries) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
    }

    /** Compiles with the compiler's file manager of paths; fails with what the compiler says. */
    static void compile(List<Path> sources, StandardLocation location, List<Path> needed, Path classes)
            throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            files.setLocationFromPaths(location, needed);
            // else javac looks for processors on the class path, as files
            files.setLocationFromPaths(StandardLocation.ANNOTATION_PROCESSOR_PATH, List.of());
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
            java.io.StringWriter said = new java.io.StringWriter();
            Boolean compiled = compiler.getTask(
                            said, files, null, List.of("-proc:none"), null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            if (!compiled) {
                throw new IOException(said.toString());
            }
        }
    }
}
