package io.layerfs.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** URLs of paths: what opens them, and what the JDK builds on that (field faults, section 4, "URL handler"). */
class UrlTest {

    /** What a class loader finds; its class file is put into the image. */
    public static final class Greeting implements Supplier<String> {
        @Override
        public String get() {
            return "from " + getClass().getClassLoader().getClass().getSimpleName();
        }
    }

    private static final String CLASS_FILE = Greeting.class.getName().replace('.', '/') + ".class";

    private WritableTwin twin;

    @BeforeEach
    void make(@TempDir Path directory) throws IOException {
        twin = new WritableTwin(directory, UrlTest::fill);
    }

    @AfterEach
    void close() throws IOException {
        twin.close();
    }

    private static void fill(Path root) throws IOException {
        Files.createDirectories(root.resolve("classes").resolve(CLASS_FILE).getParent());
        try (InputStream in = UrlTest.class.getClassLoader().getResourceAsStream(CLASS_FILE);
                JarOutputStream jar = new JarOutputStream(Files.newOutputStream(root.resolve("a b+c%20.jar")))) {
            byte[] greeting = in.readAllBytes();
            Files.write(root.resolve("classes").resolve(CLASS_FILE), greeting);
            put(jar, CLASS_FILE, greeting);
            put(
                    jar,
                    "META-INF/services/java.util.function.Supplier",
                    Greeting.class.getName().getBytes(UTF_8));
            put(jar, "odd/ü #?.txt", "odd".getBytes(UTF_8));
        }
        Files.writeString(root.resolve("classes/ü #?;=%41.txt"), "odd");
        Files.writeString(root.resolve("page.html"), "<html>");
        Files.createDirectory(root.resolve("empty"));
        for (Path dated : List.of(root.resolve("page.html"), root.resolve("classes"), root.resolve("empty"))) {
            Files.setLastModifiedTime(dated, FileTime.fromMillis(1_600_000_000_123L));
        }
    }

    private static void put(JarOutputStream jar, String name, byte[] bytes) throws IOException {
        jar.putNextEntry(new ZipEntry(name));
        jar.write(bytes);
        jar.closeEntry();
    }

    private static String text(URL url) throws IOException {
        try (InputStream in = url.openStream()) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    @Test
    void aConnectionSaysWhatTheJdksOwnSaysOfAFile() throws IOException {
        for (String name :
                List.of("page.html", "a b+c%20.jar", "classes", "empty", "classes/ü #?;=%41.txt", "absent")) {
            twin.agree("content of " + name, root -> text(url(root, name)));
            twin.agree("headers of " + name, root -> {
                if (!Files.isRegularFile(root.resolve(name))) {
                    return ""; // the JDK gives the length of a directory, which that of the text is not, and 0 for what
                    // is absent
                }
                URLConnection connection = url(root, name).openConnection();
                boolean isJar = name.endsWith(".jar"); // two jars are made, and a jar knows when
                return List.of(
                        isJar ? 0 : connection.getContentLengthLong(),
                        String.valueOf(connection.getContentType()),
                        isJar ? 0 : connection.getLastModified(),
                        isJar
                                ? ""
                                : String.valueOf(connection.getHeaderField("Last-Modified"))
                                        .replaceAll("\\w+, 0?", ""),
                        isJar ? "" : String.valueOf(connection.getHeaderField("Content-Length")),
                        connection.getDoOutput());
            });
            twin.agree("writing to " + name, root -> {
                URLConnection connection = url(root, name).openConnection();
                connection.setDoOutput(true);
                return connection.getOutputStream();
            });
        }
    }

    private static URL url(Path root, String name) throws IOException {
        return root.resolve(name).toUri().toURL();
    }

    @Test
    void headersAreFoundByNameNumberAndAllAtOnce() throws IOException {
        URLConnection connection = url(twin.root(), "page.html").openConnection();
        Map<String, List<String>> byNumber = new LinkedHashMap<>();
        for (int i = 0; connection.getHeaderFieldKey(i) != null; i++) {
            byNumber.put(connection.getHeaderFieldKey(i), List.of(connection.getHeaderField(i)));
        }
        assertThat(byNumber).containsKeys("content-length", "content-type", "last-modified");
        assertThat(connection.getHeaderFields()).isEqualTo(byNumber);
        assertThat(connection.getHeaderField(byNumber.size())).isNull();
        assertThat(connection.getHeaderField(null)).isNull();
        assertThat(url(twin.root(), "absent").openConnection().getHeaderFields())
                .isEmpty();
    }

    @Test
    void aClassLoaderLoadsFromADirectoryAndFromAJar() throws Exception {
        for (String place : List.of("classes", "a b+c%20.jar")) {
            URL[] urls = {url(twin.root(), place)};
            try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
                Class<?> loaded = loader.loadClass(Greeting.class.getName());
                assertThat(loaded).isNotEqualTo(Greeting.class);
                assertThat(loaded.getDeclaredConstructor().newInstance())
                        .isInstanceOfSatisfying(
                                Supplier.class, s -> assertThat(s.get()).isEqualTo("from URLClassLoader"));
                assertThat(loader.getResource("absent")).isNull();
                assertThat(text(loader.getResource(place.equals("classes") ? "ü #?;=%41.txt" : "odd/ü #?.txt")))
                        .isEqualTo("odd");
                assertThat(Collections.list(loader.getResources(CLASS_FILE))).hasSize(1);
            }
        }
    }

    @Test
    void aServiceIsFoundInAJar() throws IOException {
        URL[] urls = {url(twin.root(), "a b+c%20.jar")};
        try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            assertThat(ServiceLoader.load(Supplier.class, loader))
                    .extracting(s -> s.getClass().getName())
                    .containsExactly(Greeting.class.getName());
        }
    }

    @Test
    void aJarUrlReadsAnEntry() throws IOException {
        URL entry = new URL("jar:" + url(twin.root(), "a b+c%20.jar") + "!/odd/%C3%BC%20%23%3F.txt");
        assertThat(text(entry)).isEqualTo("odd");
        JarURLConnection connection = (JarURLConnection) entry.openConnection();
        connection.setUseCaches(false);
        assertThat(connection.getContentLength()).isEqualTo(3);
        connection.getInputStream().close();
        assertThatThrownBy(() -> text(new URL("jar:" + url(twin.root(), "absent.jar") + "!/x")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aUrlIsBuiltOnAnotherAndEqualToOneOfTheSameText() throws Exception {
        URL page = url(twin.root(), "page.html");
        assertThat(new URL(url(twin.root(), "classes"), "../page.html")).isEqualTo(page);
        assertThat(new URL(page.toString()).hashCode()).isEqualTo(page.hashCode());
        assertThat(page.toURI()).isEqualTo(twin.root().resolve("page.html").toUri());
        assertThat(Path.of(page.toURI())).isEqualTo(twin.root().resolve("page.html"));
        assertThat(text(new URL(page + "?query#fragment"))).isEqualTo("<html>");
        // spelt without its percent signs, as no URI can be
        assertThat(text(new URL(url(twin.root(), "classes") + "ü %23%3F;=%2541.txt")))
                .isEqualTo("odd");
    }

    @Test
    void whatIsNoUrlOfOursIsRefusedWithAReason() throws IOException {
        for (String text :
                List.of("layerfs:/f", "layerfs://host/f", "layerfs://1:2/f", "layerfs://1/%4", "layerfs://1/%zz")) {
            assertThatExceptionOfType(MalformedURLException.class)
                    .as(text)
                    .isThrownBy(() -> new URL(text.replace("//1/", "//" + id() + "/")).openStream())
                    .withMessageContaining("layerfs:");
        }
        assertThatThrownBy(() -> new URL("layerfs://999999999999/f").openStream())
                .isInstanceOf(IOException.class)
                .hasMessage("layerfs://999999999999/f: its file system is not open");
    }

    private String id() {
        return URI.create(twin.root().toUri().toString()).getAuthority();
    }

    @Test
    void aClosedFileSystemHasNoUrls() throws IOException {
        URL page = url(twin.root(), "page.html");
        URLConnection connected = page.openConnection();
        connected.connect();
        twin.files().close();
        assertThatThrownBy(page::openStream).isInstanceOf(IOException.class).hasMessageEndingWith("is not open");
        assertThatThrownBy(connected::getInputStream)
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("is not open");
    }
}
