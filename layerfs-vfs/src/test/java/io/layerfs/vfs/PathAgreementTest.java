package io.layerfs.vfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Paths without files: every operation gives what the default provider's gives, which on Linux is the measure. */
class PathAgreementTest {

    private static HostTwin twin;

    @BeforeAll
    static void make(@TempDir Path directory) throws IOException {
        twin = new HostTwin(directory);
    }

    @AfterAll
    static void close() throws IOException {
        twin.close();
    }

    private static final Map<String, BiFunction<Path, Path, Object>> OPERATIONS = new LinkedHashMap<>();

    static {
        OPERATIONS.put("toString", (a, b) -> a);
        OPERATIONS.put("isAbsolute", (a, b) -> a.isAbsolute());
        OPERATIONS.put("getRoot", (a, b) -> a.getRoot());
        OPERATIONS.put("getFileName", (a, b) -> a.getFileName());
        OPERATIONS.put("getParent", (a, b) -> a.getParent());
        OPERATIONS.put("getNameCount", (a, b) -> a.getNameCount());
        OPERATIONS.put("getName", (a, b) -> a.getName(0));
        OPERATIONS.put("getName behind", (a, b) -> a.getName(a.getNameCount()));
        OPERATIONS.put("subpath", (a, b) -> a.subpath(0, Math.max(1, a.getNameCount() - 1)));
        OPERATIONS.put("startsWith", (a, b) -> a.startsWith(b));
        OPERATIONS.put("endsWith", (a, b) -> a.endsWith(b));
        OPERATIONS.put("normalize", (a, b) -> a.normalize());
        OPERATIONS.put("resolve", (a, b) -> a.resolve(b));
        OPERATIONS.put("resolveSibling", (a, b) -> a.resolveSibling(b));
        OPERATIONS.put("relativize", (a, b) -> a.relativize(b));
        OPERATIONS.put("compareTo", (a, b) -> Integer.signum(a.compareTo(b)));
        OPERATIONS.put("equals", (a, b) -> a.equals(b));
        OPERATIONS.put("iterator", (a, b) -> {
            List<Path> names = new ArrayList<>();
            a.forEach(names::add);
            return names;
        });
    }

    private static String outcome(BiFunction<Path, Path, Object> operation, Path a, Path b) {
        try {
            return String.valueOf(operation.apply(a, b));
        } catch (RuntimeException e) {
            return e.getClass().getName();
        }
    }

    @Test
    void randomPathsAgree() {
        Random random = new Random(11);
        for (int i = 0; i < 60_000; i++) {
            String a = randomPath(random);
            String b = random.nextInt(4) == 0 ? a + "/" + randomPath(random) : randomPath(random);
            for (Map.Entry<String, BiFunction<Path, Path, Object>> e : OPERATIONS.entrySet()) {
                String expected = outcome(e.getValue(), Path.of(a), Path.of(b));
                String actual = outcome(e.getValue(), twin.files.getPath(a), twin.files.getPath(b));
                if (!expected.equals(actual)) {
                    assertThat(actual)
                            .as("%s of '%s' and '%s'", e.getKey(), a, b)
                            .isEqualTo(expected);
                }
            }
        }
    }

    private static String randomPath(Random random) {
        String[] parts = {"a", "b", "ab", ".", "..", "", "ä", "a.b"};
        StringBuilder path = new StringBuilder(random.nextInt(3) == 0 ? "/" : "");
        for (int i = random.nextInt(5); i > 0; i--) {
            path.append(parts[random.nextInt(parts.length)]).append(i > 1 || random.nextInt(5) == 0 ? "/" : "");
        }
        return path.toString();
    }

    @Test
    void globsAgree() {
        String[] globs = {
            "*", "**", "a*", "*.b", "?", "[ab]", "[!a]*", "{a,b}", "{a,b}*", "*/b", "**/b", "a/**", "[a-c]?", "\\*",
                    "[^a]",
            "a{b,.b}", "[]", "[", "{", "a\\", "[b-a]", "{a,{b}}", "}", ",", "[a/b]", "[-a]", "[a-]", "(a)+$", "a.b", "ä"
        };
        String[] paths = {
            "", "a", "b", "ab", "a.b", "a/b", "a/b/ab", "*", "^", "-", "]", "}", ",", "ä", "(a)+$", "\uD83D\uDE00"
        };
        for (String glob : globs) {
            for (String path : paths) {
                BiFunction<Path, Path, Object> match = (a, b) ->
                        a.getFileSystem().getPathMatcher("glob:" + glob).matches(a);
                assertThat(outcome(match, twin.files.getPath(path), twin.files.getPath("")))
                        .as("%s on '%s'", glob, path)
                        .isEqualTo(outcome(match, Path.of(path), Path.of("")));
            }
        }
    }

    @Test
    void randomGlobsAgree() {
        String[] parts = {
            "*", "**", "?", "[", "]", "{", "}", ",", "-", "!", "^", "\\", "/", "a", "b", "c", ".", "&&", "(", "$"
        };
        String[] paths = {"", "a", "b", "ab", "abc", "a/b", "/a", "a.b", "-", "^", "&", "*", "a,b", "[", "]", "(", "$"};
        Random random = new Random(29);
        BiFunction<Path, String, String> matches = (path, glob) -> {
            try {
                return "" + path.getFileSystem().getPathMatcher("glob:" + glob).matches(path);
            } catch (RuntimeException e) {
                return e.getClass().getName();
            }
        };
        for (int i = 0; i < 30_000; i++) {
            StringBuilder glob = new StringBuilder();
            for (int k = 1 + random.nextInt(7); k > 0; k--) {
                glob.append(parts[random.nextInt(parts.length)]);
            }
            for (String path : paths) {
                String expected = matches.apply(Path.of(path), glob.toString());
                String actual = matches.apply(twin.files.getPath(path), glob.toString());
                if (!expected.equals(actual)) {
                    assertThat(actual).as("glob %s on '%s'", glob, path).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void urisLeadBack() throws IOException {
        for (String text : List.of("/", "/f", "/d/e/x", "/ümläut-€-\uD83D\uDE00", "/a b%20?#[]", "/bad\uDCFFutf8")) {
            Path path = twin.files.getPath(text);
            URI uri = path.toUri();
            assertThat(uri.getScheme()).isEqualTo("layerfs");
            assertThat(Path.of(uri)).as("%s", uri).isEqualTo(path);
        }
        assertThat(Files.readString(Path.of(twin.files.getPath("/f").toUri()))).isEqualTo("content");
    }
}
