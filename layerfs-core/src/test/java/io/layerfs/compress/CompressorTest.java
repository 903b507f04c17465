package io.layerfs.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams of every length around the size of a block come back whole, and are the same bytes with any number of threads. */
class CompressorTest {

    private static final int BLOCK = 256 << 10;

    @TempDir
    Path directory;

    /** Half text, in which there is much to find, half noise, in which there is nothing. */
    private static byte[] sample(int length, long seed) {
        Random random = new Random(seed);
        byte[] bytes = new byte[length];
        for (int at = 0; at < length; ) {
            byte[] word = random.nextInt(8) == 0
                    ? noise(random)
                    : ("entry " + random.nextInt(500) + " of a layer\n").getBytes(StandardCharsets.US_ASCII);
            int n = Math.min(word.length, length - at);
            System.arraycopy(word, 0, bytes, at, n);
            at += n;
        }
        return bytes;
    }

    private static byte[] noise(Random random) {
        byte[] noise = new byte[random.nextInt(3000)];
        random.nextBytes(noise);
        return noise;
    }

    private static byte[] compress(Compressor compressor, byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        // in small pieces, as no stream promises large ones
        compressor.compress(
                new FilterInputStream(new ByteArrayInputStream(bytes)) {
                    @Override
                    public int read(byte[] target, int offset, int length) throws IOException {
                        return super.read(target, offset, Math.min(length, 10_007));
                    }
                },
                out);
        return out.toByteArray();
    }

    @Test
    void gzipOfEveryLengthComesBackAndDoesNotDependOnThreads() throws IOException {
        for (int level : new int[] {1, 6, 9}) {
            try (Compressor one = Compressor.gzip(level, 1);
                    Compressor two = Compressor.gzip(level, 2);
                    Compressor seven = Compressor.gzip(level, 7)) {
                for (int length : new int[] {0, 1, 100, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 9 * BLOCK + 4711}) {
                    byte[] bytes = sample(length, length);
                    byte[] compressed = compress(one, bytes);
                    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
                        assertThat(in.readAllBytes()).isEqualTo(bytes);
                    }
                    assertThat(compress(two, bytes)).isEqualTo(compressed);
                    assertThat(compress(seven, bytes)).isEqualTo(compressed);
                }
            }
        }
    }

    @Test
    void gzipHasAFixedHeaderAndGrowsNoiseByLittle() throws IOException {
        byte[] noise = new byte[5 * BLOCK];
        new Random(1).nextBytes(noise);
        try (Compressor compressor = Compressor.gzip(6, 2)) {
            byte[] compressed = compress(compressor, noise);
            assertThat(compressed).startsWith(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
            assertThat(compressed.length - noise.length).isLessThan(noise.length / 1000);
            byte[] zeros = compress(compressor, new byte[5 * BLOCK]);
            assertThat(zeros.length).isLessThan(5 * BLOCK / 500);
        }
    }

    @Test
    void otherToolsReadTheGzip() throws Exception {
        Path file = directory.resolve("sample.gz");
        byte[] bytes = sample(6 * BLOCK + 5, 3);
        try (Compressor compressor = Compressor.gzip(6, 2)) {
            Files.write(file, compress(compressor, bytes));
        }
        int asked = 0;
        for (String tool :
                List.of("gzip -t", "pigz -t", "python3 -c 'import gzip,sys; gzip.open(sys.argv[1]).read()'")) {
            String name = tool.substring(0, tool.indexOf(' '));
            if (run("command -v " + name) == 0) {
                asked++;
                assertThat(run(tool + " " + file)).as(tool).isZero();
            }
        }
        assumeTrue(asked > 0, "neither gzip nor pigz nor python3 is installed");
    }

    private static int run(String command) throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void zstdComesBackAndDoesNotDependOnThreads() throws IOException {
        try (Compressor one = Compressor.zstd(3, 1);
                Compressor two = Compressor.zstd(3, 2);
                Compressor five = Compressor.zstd(3, 5)) {
            // at level 3 libzstd cuts a stream into jobs of 8 MiB
            for (int length : new int[] {0, 1, 700_000, (24 << 20) + 17}) {
                byte[] bytes = sample(length, length);
                byte[] compressed = compress(one, bytes);
                try (InputStream in = new ZstdInputStream(new ByteArrayInputStream(compressed))) {
                    assertThat(in.readAllBytes()).isEqualTo(bytes);
                }
                assertThat(compress(two, bytes)).isEqualTo(compressed);
                assertThat(compress(five, bytes)).isEqualTo(compressed);
            }
        }
    }

    @Test
    void aFailureOfEitherSideIsToldAndNoThreadStays() throws IOException {
        byte[] bytes = sample(20 * BLOCK, 5);
        for (boolean gzip : new boolean[] {true, false}) {
            InputStream broken = new FilterInputStream(new ByteArrayInputStream(bytes)) {
                private int reads;

                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    if (++reads > 5) {
                        throw new IOException("cannot be read");
                    }
                    return super.read(target, offset, Math.min(length, BLOCK));
                }
            };
            OutputStream full = new OutputStream() {
                private int room = 100_000;

                @Override
                public void write(int b) throws IOException {
                    if (--room < 0) {
                        throw new IOException("no space left");
                    }
                }
            };
            try (Compressor compressor = compressor(gzip)) {
                assertThatThrownBy(() -> compressor.compress(broken, OutputStream.nullOutputStream()))
                        .isInstanceOf(IOException.class)
                        .hasMessage("cannot be read");
            }
            try (Compressor compressor = compressor(gzip)) {
                assertThatThrownBy(() -> compressor.compress(new ByteArrayInputStream(bytes), full))
                        .isInstanceOf(IOException.class)
                        .hasMessage("no space left");
            }
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("layerfs-gzip"));
    }

    private static Compressor compressor(boolean gzip) throws IOException {
        return gzip ? Compressor.gzip(6, 2) : Compressor.zstd(3, 2);
    }

    @Test
    void anInterruptEndsIt() throws IOException {
        for (boolean gzip : new boolean[] {true, false}) {
            try (Compressor compressor = compressor(gzip)) {
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> compressor.compress(
                                new ByteArrayInputStream(sample(20 * BLOCK, 7)), OutputStream.nullOutputStream()))
                        .isInstanceOf(InterruptedIOException.class);
                assertThat(Thread.interrupted()).isTrue();
            }
        }
    }

    @Test
    void zstdWithoutItsLibrarySaysWhatIsMissing() throws Exception {
        List<URL> others = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!entry.contains("zstd-jni")) {
                others.add(Path.of(entry).toUri().toURL());
            }
        }
        try (URLClassLoader loader =
                new URLClassLoader(others.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Class<?> compressor = loader.loadClass(Compressor.class.getName());
            assertThatThrownBy(() ->
                            compressor.getMethod("zstd", int.class, int.class).invoke(null, 3, 1))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("com.github.luben:zstd-jni");
        }
    }
}
