package io.layerfs.tar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Random archives by three writers; commons-compress and Python's tarfile say what is in them. */
class TarOracleTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"ustar", "gnu", "pax"})
    void pythonsArchives(String format) throws Exception {
        assumeTool("python3");
        for (int seed = 1; seed <= 3; seed++) {
            Path tar = directory.resolve(format + seed + ".tar");
            run("python3", script("make.py"), tar.toString(), format, String.valueOf(seed));
            assertThat(TarListing.entries(tar)).hasSizeGreaterThan(30);
            assertSame(TarLine.ours(tar, true), python(tar));
        }
    }

    @ParameterizedTest
    @CsvSource({"GNU, true, false", "POSIX, true, true", "GNU, false, true", "POSIX, false, false"})
    void commonsCompressArchives(String longNames, boolean starNumbers, boolean paxNames) throws Exception {
        for (int seed = 1; seed <= 3; seed++) {
            Path tar = directory.resolve("commons" + seed + ".tar");
            try (TarArchiveOutputStream out =
                    new TarArchiveOutputStream(new BufferedOutputStream(Files.newOutputStream(tar)), "UTF-8")) {
                out.setLongFileMode(
                        longNames.equals("GNU")
                                ? TarArchiveOutputStream.LONGFILE_GNU
                                : TarArchiveOutputStream.LONGFILE_POSIX);
                out.setBigNumberMode(
                        starNumbers ? TarArchiveOutputStream.BIGNUMBER_STAR : TarArchiveOutputStream.BIGNUMBER_POSIX);
                out.setAddPaxHeadersForNonAsciiNames(paxNames);
                writeRandomly(out, new Random(seed));
            }
            assertThat(TarListing.entries(tar)).hasSize(200);
            assertSame(TarLine.ours(tar, false), TarLine.commonsCompress(tar));
            if (has("python3")) {
                assertSame(TarLine.ours(tar, true), python(tar));
            }
        }
    }

    private static void writeRandomly(TarArchiveOutputStream out, Random random) throws IOException {
        byte[] types = {
            TarConstants.LF_NORMAL, TarConstants.LF_NORMAL, TarConstants.LF_DIR, TarConstants.LF_SYMLINK,
            TarConstants.LF_LINK, TarConstants.LF_CHR, TarConstants.LF_BLK, TarConstants.LF_FIFO
        };
        long[] ids = {0, 1000, 07777777, 010000000, 0xffffffffL};
        long[] times = {0, 1_700_000_000, -1, -2_000_000_000, 1L << 34};
        for (int i = 0; i < 200; i++) {
            byte type = types[random.nextInt(types.length)];
            TarArchiveEntry entry = new TarArchiveEntry(name(random) + (type == TarConstants.LF_DIR ? "/" : ""), type);
            entry.setMode(random.nextInt(010000));
            entry.setUserId(ids[random.nextInt(ids.length)]);
            entry.setGroupId(ids[random.nextInt(ids.length)]);
            entry.setLastModifiedTime(FileTime.from(Instant.ofEpochSecond(times[random.nextInt(times.length)])));
            entry.setLinkName(entry.isLink() || entry.isSymbolicLink() ? name(random) : "");
            entry.setDevMajor(random.nextInt(256));
            entry.setDevMinor(random.nextInt(256));
            byte[] content = new byte[type == TarConstants.LF_NORMAL ? random.nextInt(2000) : 0];
            random.nextBytes(content);
            entry.setSize(content.length);
            out.putArchiveEntry(entry);
            out.write(content);
            out.closeArchiveEntry();
        }
    }

    private static String name(Random random) {
        String letters = random.nextInt(3) == 0 ? "\u00e4\u4e16x" : "abc-_.,=";
        StringBuilder name = new StringBuilder("n");
        for (int i = random.nextInt(5) * random.nextInt(60); i > 0; i--) {
            name.append(i % 40 == 39 ? '/' : letters.charAt(random.nextInt(letters.length())));
        }
        return name.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--format=v7",
                "--format=oldgnu --sparse",
                "--format=gnu --sparse",
                "--format=ustar",
                "--format=posix --xattrs",
                "--format=posix --sparse-version=0.0",
                "--format=posix --sparse-version=0.1",
                "--format=posix --sparse-version=1.0 --xattrs"
            })
    void gnuTarsArchives(String options) throws Exception {
        assumeTool("tar");
        assumeTrue(run("tar", "--version").contains("GNU tar"), "tar is not GNU tar");
        Path tree = directory.resolve("tree");
        boolean longNames = !options.contains("v7");
        boolean longLinks = longNames && !options.contains("ustar");
        makeTree(tree, longNames, longLinks, new Random(options.hashCode()));
        Path tar = directory.resolve("gnu.tar");
        List<String> command = new ArrayList<>(List.of("tar"));
        command.addAll(List.of(options.split(" ", -1)));
        command.addAll(List.of("--sort=name", "-C", tree.toString(), "-cf", tar.toString(), "."));
        run(command.toArray(new String[0]));
        assertThat(TarListing.entries(tar)).hasSizeGreaterThan(20);
        assertSame(TarLine.ours(tar, false), TarLine.commonsCompress(tar));
        if (has("python3")) {
            assertSame(TarLine.ours(tar, true), python(tar));
        }
    }

    private static void makeTree(Path tree, boolean longNames, boolean longLinks, Random random) throws IOException {
        Path deep = tree.resolve("d".repeat(60));
        Files.createDirectories(deep);
        for (int i = 0; i < 12; i++) {
            byte[] content = new byte[random.nextInt(3000)];
            random.nextBytes(content);
            Path file = (i % 2 == 0 ? tree : deep).resolve("file" + i);
            Files.write(file, content);
            Files.setLastModifiedTime(
                    file, FileTime.from(Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000))));
        }
        Files.writeString(tree.resolve("\u00e4\u4e16"), "utf-8");
        Files.createLink(tree.resolve("hard"), tree.resolve("file0"));
        Path longName = deep.resolve("n".repeat(60));
        if (longNames) {
            Files.writeString(longName, "long");
        }
        if (longLinks) {
            Files.createLink(tree.resolve("long-link"), longName);
            Files.createSymbolicLink(tree.resolve("long-symlink"), Path.of("x".repeat(300)));
        }
        Files.createSymbolicLink(tree.resolve("link"), Path.of("x".repeat(70)));
        Files.createSymbolicLink(tree.resolve("absolute"), Path.of("/a/b"));
        for (int extents : new int[] {0, 1, 3, 40}) {
            try (RandomAccessFile sparse =
                    new RandomAccessFile(tree.resolve("sparse" + extents).toFile(), "rw")) {
                for (int i = 0; i < extents; i++) {
                    sparse.seek(65536L * i + 4096);
                    sparse.write(new byte[] {1, 2, 3, (byte) i});
                }
                sparse.setLength(65536L * extents + 300_001);
            }
        }
        try {
            UserDefinedFileAttributeView xattrs =
                    Files.getFileAttributeView(tree.resolve("file0"), UserDefinedFileAttributeView.class);
            xattrs.write("binary", ByteBuffer.wrap(new byte[] {0, '\n', '=', (byte) 0xff}));
            xattrs.write("text", ByteBuffer.wrap("value".getBytes(UTF_8)));
        } catch (FileSystemException e) {
            // A file system without extended attributes: the archives then have none either.
            assertThat(e).isNotNull();
        }
    }

    @Test
    void gnuTarsExtendedAttributesArrive() throws Exception {
        assumeTool("tar");
        assumeTrue(run("tar", "--version").contains("GNU tar"), "tar is not GNU tar");
        makeTree(directory.resolve("tree"), true, true, new Random(1));
        boolean supported = Files.getFileStore(directory).supportsFileAttributeView(UserDefinedFileAttributeView.class);
        assumeTrue(supported, "no extended attributes in the temporary directory");
        Path tar = directory.resolve("xattrs.tar");
        run(
                "tar",
                "--format=posix",
                "--xattrs",
                "-C",
                directory.resolve("tree").toString(),
                "-cf",
                tar.toString(),
                "file0");
        TarEntry entry = TarListing.entries(tar).get(0);
        assertThat(entry.attributes().xattrs().get("user.binary")).containsExactly(0, '\n', '=', 0xff);
        assertThat(entry.attributes().xattrs().get("user.text")).isEqualTo("value".getBytes(UTF_8));
    }

    private static void assertSame(List<String> ours, List<String> theirs) {
        for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
            assertThat(ours.get(i)).as("entry " + i).isEqualTo(theirs.get(i));
        }
        assertThat(ours).hasSameSizeAs(theirs);
    }

    private List<String> python(Path tar) throws Exception {
        return run("python3", script("list.py"), tar.toString()).lines().toList();
    }

    private String script(String name) throws IOException {
        Path file = directory.resolve(name);
        if (Files.notExists(file)) {
            try (InputStream in = TarOracleTest.class.getResourceAsStream(name)) {
                Files.copy(in, file);
            }
        }
        return file.toString();
    }

    private static void assumeTool(String name) throws InterruptedException {
        assumeTrue(has(name), "no " + name + " here");
    }

    private static boolean has(String tool) throws InterruptedException {
        try {
            run(tool, "--version");
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String run(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + ": " + output)
                .isZero();
        return output;
    }
}
