package io.layerfs.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.MalformedLayerException;
import io.layerfs.Utf8;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tars that are a little wrong, as other readers see them: where ours lists entries, every other one lists the same, or
 * refuses, but for {@link #EXPLAINED what is explained}; Python takes a header that it does not understand for the end of the
 * tar, unless it is the first, and so may show less. {@code layerfs.differential} says how many tars, {@code
 * layerfs.differential.seed} which.
 */
class TarDifferentialTest {

    private static final int TARS = Integer.getInteger("layerfs.differential", 2000);
    private static final long SEED = Long.getLong("layerfs.differential.seed", 1);

    /** In what two listings may differ. */
    private record Rule(String reason, Allowed allowed) {}

    private interface Allowed {
        boolean differ(byte[] tar, String[] ours, String[] theirs);
    }

    private static final List<Rule> EXPLAINED = List.of(new Rule(
            "an empty path record: POSIX has it mean the header's, Python has it mean no path",
            (tar, one, other) ->
                    other[1].isEmpty() && new String(tar, ISO_8859_1).contains(" path=\n") && sameBut(1, one, other)));

    private static boolean sameBut(int field, String[] one, String[] other) {
        return IntStream.range(0, one.length).allMatch(i -> i == field || one[i].equals(other[i]));
    }

    @TempDir
    private Path directory;

    private static String line(
            TarEntry.Kind kind, byte[] path, byte[] target, int mode, long uid, long gid, long mtime, long size) {
        int end = path.length;
        while (end > 0 && path[end - 1] == '/') {
            end--;
        }
        return kind + "|" + Utf8.printable(java.util.Arrays.copyOf(path, end)) + "|" + Utf8.printable(target) + "|"
                + Integer.toOctalString(mode) + "|" + uid + ":" + gid + "|" + mtime + "|" + size;
    }

    private static List<String> ours(byte[] tar) throws IOException {
        List<String> lines = new ArrayList<>();
        for (TarEntry entry : TarListing.entries(tar)) {
            lines.add(line(
                    entry.kind(),
                    entry.path(),
                    entry.linkTarget(),
                    entry.attributes().mode(),
                    Integer.toUnsignedLong(entry.attributes().uid()),
                    Integer.toUnsignedLong(entry.attributes().gid()),
                    entry.attributes().mtime().getEpochSecond(),
                    entry.size()));
        }
        return lines;
    }

    private static List<String> commonsCompress(byte[] tar) {
        List<String> lines = new ArrayList<>();
        try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(tar), "UTF-8")) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                TarEntry.Kind kind = TarLine.kind(entry);
                boolean link = kind == TarEntry.Kind.HARD_LINK || kind == TarEntry.Kind.SYMLINK;
                lines.add(line(
                        kind,
                        entry.getName().getBytes(UTF_8),
                        (link ? entry.getLinkName() : "").getBytes(UTF_8),
                        entry.getMode() & 07777,
                        entry.getLongUserId() & 0xffffffffL,
                        entry.getLongGroupId() & 0xffffffffL,
                        entry.getLastModifiedTime().toInstant().getEpochSecond(),
                        kind == TarEntry.Kind.FILE ? in.readAllBytes().length : 0));
            }
            return lines;
        } catch (IOException | RuntimeException e) {
            return List.of("refused: " + e);
        }
    }

    /** One process for many tars. */
    private static final class Python implements AutoCloseable {
        private final Process process;
        private final DataOutputStream to;
        private final BufferedReader from;

        Python(Path directory) throws IOException {
            Path script = directory.resolve("differ.py");
            try (InputStream in = TarDifferentialTest.class.getResourceAsStream("differ.py")) {
                Files.copy(in, script);
            }
            process = new ProcessBuilder("python3", script.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            to = new DataOutputStream(new java.io.BufferedOutputStream(process.getOutputStream(), 1 << 16));
            from = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        }

        List<String> list(byte[] tar) throws IOException {
            to.writeInt(tar.length);
            to.write(tar);
            to.flush();
            List<String> lines = new ArrayList<>();
            for (String line = from.readLine(); line != null && !line.isEmpty(); line = from.readLine()) {
                lines.add(line);
            }
            return lines;
        }

        @Override
        public void close() throws IOException {
            to.close();
            process.destroy();
        }
    }

    private static boolean has(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private int accepted;
    private int compared;
    private final List<String> differences = new ArrayList<>();

    private void compare(String who, long seed, byte[] tar, List<String> ours, List<String> theirs) {
        if (!theirs.isEmpty() && theirs.get(0).startsWith("refused: ")) {
            return;
        }
        compared++;
        boolean cut = who.equals("Python") && theirs.size() < ours.size();
        boolean same = (ours.size() == theirs.size() || cut)
                && IntStream.range(0, theirs.size())
                        .allMatch(
                                i -> ours.get(i).equals(theirs.get(i)) || isExplained(tar, ours.get(i), theirs.get(i)));
        if (!same) {
            differences.add("tar " + seed + ", ours: " + ours + ", " + who + ": " + theirs);
        }
    }

    private static boolean isExplained(byte[] tar, String ours, String theirs) {
        String[] one = ours.split("\\|", -1);
        String[] other = theirs.split("\\|", -1);
        return EXPLAINED.stream().anyMatch(rule -> rule.allowed.differ(tar, one, other));
    }

    @Test
    void readersAgreeOrOursRefuses() throws Exception {
        assumeTrue(has("python3", "--version"), "no python3 here");
        try (Python python = new Python(directory)) {
            for (long seed = SEED; seed < SEED + TARS; seed++) {
                byte[] tar = new RandomTars(seed).next();
                List<String> ours;
                try {
                    ours = ours(tar);
                } catch (MalformedLayerException e) {
                    continue;
                }
                accepted++;
                compare("commons-compress", seed, tar, ours, commonsCompress(tar));
                compare("Python", seed, tar, ours, python.list(tar));
            }
        }
        assertThat(differences.stream().limit(8))
                .as(differences.size() + " differences")
                .isEmpty();
        assertThat(accepted).isGreaterThan(TARS / 10);
        assertThat(compared).isGreaterThan(accepted);
    }
}
