package io.layerfs.examples.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Terminal terminal = Terminal.of(out, OutputStream.nullOutputStream(), true);

    @Test
    void columnsAlign() throws IOException {
        Columns columns = new Columns("lrl");
        columns.add("a", "1", "x");
        columns.add("l\u00e4nger", "100", "yy");
        columns.print(terminal);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("a         1  x\nl\u00e4nger  100  yy\n");
    }

    @Test
    void jsonIsAsciiAndKeepsBytesThatAreNotUtf8() throws IOException {
        Json.print(terminal, json -> json.writeString("\u00fc\udcff"));
        assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualToIgnoringCase("\"\\u00fc\\udcff\"\n");
    }

    @Test
    void sizesHaveThreeDigitsOrSo() {
        assertThat(List.of(0L, 999L, 1000L, 52_705_280L, 999_499L, 999_500L, Long.MAX_VALUE))
                .map(Sizes::show)
                .containsExactly("0 B", "999 B", "1.0 kB", "52.7 MB", "999 kB", "1.0 MB", "9.2 EB");
    }

    @Test
    void eachBlobHasABarAndWhatIsDoneStays() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal shown = new Terminal(out, new PrintStream(err, true, StandardCharsets.UTF_8), true, true);
        try (Progress progress = Progress.ofEach(shown)) {
            progress.progress("sha256:0123456789abcdef", 5_000_000, 10_000_000);
            progress.progress("sha256:fedcba9876543210", 1, 1);
            progress.progress("sha256:fedcba9876543210", 1, 1);
        }
        String half = "0123456789ab [===============               ] 5.0 MB / 10.0 MB\n";
        String whole = "fedcba987654 [==============================] 1 B / 1 B\n";
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo(half + "\033[1A\033[J" + whole + half + "\033[1A\033[J");
        try (Progress progress = Progress.ofEach(terminal)) {
            assertThat(progress).isSameAs(Progress.NONE);
        }
    }

    @Test
    void aClosedPipeIsToldFromAFailure() {
        assertThatThrownBy(() -> failing("Broken pipe").write(1)).isInstanceOf(ClosedPipeException.class);
        assertThatThrownBy(() -> failing("No space left on device").write(1))
                .isNotInstanceOf(ClosedPipeException.class)
                .hasMessage("standard output: No space left on device");
    }

    private static OutputStream failing(String message) {
        return new PipeOutputStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(message);
            }
        });
    }

    @Test
    void resultsComeInTheOrderOfTheWork() throws IOException {
        List<Integer> results = new ArrayList<>();
        List<Integer> expected = new ArrayList<>();
        try (InOrder<Integer> work = new InOrder<>(results::add)) {
            for (int i = 0; i < 5_000; i++) {
                int number = i;
                expected.add(i);
                work.submit(() -> {
                    // Some take longer than others.
                    return IntStream.rangeClosed(0, number % 7 * 10_000)
                            .map(x -> number)
                            .max()
                            .orElseThrow();
                });
            }
            work.finish();
        }
        assertThat(results).isEqualTo(expected);
    }

    @Test
    void aFailureOfTheWorkIsThrown() throws IOException {
        try (InOrder<Integer> work = new InOrder<>(result -> {})) {
            work.submit(() -> {
                throw new IOException("read error");
            });
            assertThatThrownBy(work::finish).isInstanceOf(IOException.class).hasMessage("read error");
        }
    }

    @Test
    void hostPathsAreTheBytesOfTheArgument(@TempDir Path directory) throws IOException {
        Path odd = Arguments.hostPath(directory + "/odd\udcff \u00fc%41");
        Files.writeString(odd, "x");
        assertThat(odd.toUri().getRawPath()).endsWith("/odd%FF%20%C3%BC%2541");
        assertThat(Files.exists(Arguments.hostPath(odd.getParent() + "/odd\udcff \u00fc%41")))
                .isTrue();
        assertThat(Arguments.hostPath("rel\udcfftive/x")
                        .toAbsolutePath()
                        .toUri()
                        .getRawPath())
                .endsWith("/rel%FFtive/x");
        assertThat(Arguments.hostPath("//a//b")).isEqualTo(Path.of("/a/b"));
    }
}
