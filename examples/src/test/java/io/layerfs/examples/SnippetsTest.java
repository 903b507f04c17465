package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.LayerCompression;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every block of Java in the documents compiles, and those that need nothing but this machine run. */
class SnippetsTest {

    private static final String CLASS_PATH = System.getProperty("java.class.path");

    @TempDir
    private static Path directory;

    private static Path archive;
    private static Path classes;
    private static List<Snippet> snippets;

    private static final class Source extends SimpleJavaFileObject {

        private final Snippet snippet;

        Source(Snippet snippet) {
            super(URI.create("string:///" + snippet.className().replace('.', '/') + ".java"), Kind.SOURCE);
            this.snippet = snippet;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return snippet.source();
        }
    }

    @BeforeAll
    static void compile() throws IOException {
        archive = directory.resolve("sample.oci.tar");
        SampleImage.write(directory.resolve("store"), archive, LayerCompression.gzip(6));
        classes = Files.createDirectory(directory.resolve("classes"));
        snippets = new ArrayList<>();
        for (Path document : Documents.all()) {
            snippets.addAll(Snippet.of(document, snippets.size()));
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        compiler.getTask(
                        null,
                        null,
                        found,
                        List.of("-d", classes.toString(), "-cp", CLASS_PATH, "-proc:none"),
                        null,
                        snippets.stream().map(Source::new).toList())
                .call();
        assertThat(found.getDiagnostics().stream()
                        .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
                        .map(d -> place(d) + ": " + d.getMessage(Locale.ROOT)))
                .isEmpty();
    }

    private static String place(Diagnostic<? extends JavaFileObject> diagnostic) {
        return diagnostic.getSource() instanceof Source source
                ? source.snippet.place(diagnostic.getLineNumber())
                : String.valueOf(diagnostic.getSource());
    }

    @TestFactory
    Stream<DynamicTest> everySnippetRuns() {
        return snippets.stream()
                .filter(Snippet::isRun)
                .map(snippet -> DynamicTest.dynamicTest(snippet.toString(), () -> run(snippet)));
    }

    private static void run(Snippet snippet) throws Exception {
        Path work = Files.createTempDirectory(directory, "work");
        if (snippet.isProgram()) {
            runProgram(snippet, work);
        } else {
            runBody(snippet, work);
        }
    }

    private static void runBody(Snippet snippet, Path work) throws Exception {
        PrintStream out = System.out;
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
            System.setOut(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
            loader.loadClass(snippet.className())
                    .getMethod("run", Path.class, Path.class)
                    .invoke(null, archive, work);
        } catch (InvocationTargetException e) {
            throw new AssertionError(place(snippet, e.getCause()) + ": " + e.getCause(), e.getCause());
        } finally {
            System.setOut(out);
        }
    }

    private static String place(Snippet snippet, Throwable failure) {
        for (StackTraceElement frame : failure.getStackTrace()) {
            if (frame.getClassName().equals(snippet.className())) {
                return snippet.place(frame.getLineNumber());
            }
        }
        return snippet.toString();
    }

    /** As a reader would: a process of its own, with the image as its argument. */
    private static void runProgram(Snippet snippet, Path work) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classes + System.getProperty("path.separator") + CLASS_PATH,
                        snippet.className(),
                        archive.toString())
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int exitCode = process.waitFor();
        assertThat(exitCode).as(snippet + ": " + Files.readString(output)).isZero();
    }
}
