package io.layerfs.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.layerfs.Name;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Names are bytes: whatever they are, they are listed, opened, matched, and found again by string and by URI. */
class NamesTest {

    private static Name randomName(Random random) {
        byte[] bytes = new byte[1 + random.nextInt(6)];
        for (int i = 0; i < bytes.length; i++) {
            byte b;
            do {
                b = (byte) random.nextInt(256);
            } while (b == 0 || b == '/');
            bytes[i] = b;
        }
        return Name.of(bytes);
    }

    @Test
    void anyBytesAreFoundAgain() throws IOException {
        MemoryView view = new MemoryView();
        Random random = new Random(23);
        for (int i = 0; i < 3_000; i++) {
            Name name = randomName(random);
            if (!name.isDot()) {
                view.file(name.toString(), name.toBytes());
            }
        }
        try (FileSystem files = LayerFileSystems.open(view);
                Stream<Path> all = Files.list(files.getPath("/"))) {
            for (Path path : all.toList()) {
                byte[] bytes = Name.of(String.valueOf(path.getFileName())).toBytes();
                assertThat(Files.readAllBytes(path)).as("%s", path).isEqualTo(bytes);
                assertThat(Files.readAllBytes(files.getPath(path.toString()))).isEqualTo(bytes);
                assertThat(Path.of(path.toUri())).isEqualTo(path);
                assertThat(files.getPathMatcher("glob:/*").matches(path)).isTrue();
                assertThat(files.getPathMatcher("glob:**").matches(path)).isTrue();
            }
        }
    }

    @Test
    void aByteThatIsNoUtf8IsALoneSurrogate() throws IOException {
        MemoryView view = new MemoryView();
        view.file(Name.of(new byte[] {'b', 'a', 'd', (byte) 0xff}).toString(), "found".getBytes(UTF_8));
        try (FileSystem files = LayerFileSystems.open(view)) {
            assertThat(Files.readString(files.getPath("/bad\uDCFF"))).isEqualTo("found");
            assertThat(files.getPath("/bad\uDCFF").toUri().toString()).endsWith("/bad%FF");
            assertThat(files.getPath("bad\uDCFF").compareTo(files.getPath("badz")))
                    .isPositive();
            for (String text : List.of("a\0b", "\uD800", "x/\uDC00")) {
                assertThatExceptionOfType(InvalidPathException.class).isThrownBy(() -> files.getPath(text));
            }
        }
    }
}
