package io.layerfs.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.MalformedLayerException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tars that are a little wrong, as other readers see them: where ours lists entries, every other one lists the same, or
 * refuses, but for {@link #EXPLAINED what is explained}; Python takes a header that it does not understand for the end of the
 * tar, unless it is the first, and so may show less. GNU tar, a process for each tar, sees every fourth in the build. {@code
 * layerfs.differential} says how many tars, {@code layerfs.differential.seed} which.
 */
class TarDifferentialTest {

    private static final int TARS = Integer.getInteger("layerfs.differential", 2000);
    private static final long SEED = Long.getLong("layerfs.differential.seed", 1);

    private static final int KIND = 0;
    private static final int PATH = 1;
    private static final int TARGET = 2;
    private static final int MODE = 3;
    private static final int OWNER = 4;
    private static final int MTIME = 5;
    private static final int SIZE = 6;

    /** In what the listings of some may differ from ours. */
    private record Rule(String reason, Set<Other> others, Allowed allowed) {}

    private interface Allowed {
        boolean differ(byte[] tar, int field, String ours, String theirs);
    }

    private static final List<Rule> EXPLAINED = List.of(
            new Rule(
                    "a long name with NUL inside: all others, Go too, take what is before that",
                    Set.of(Other.COMMONS_COMPRESS),
                    (tar, field, ours, theirs) ->
                            (field == PATH || field == TARGET) && theirs.startsWith(ours + "\\x00")),
            new Rule(
                    "an absolute path that has a header of its own: the slash is taken away, as ours does later",
                    Set.of(Other.COMMONS_COMPRESS),
                    (tar, field, ours, theirs) -> field == PATH && ours.equals("/" + theirs)),
            new Rule(
                    "digits behind a NUL, in other numbers than sizes: as to Go and GNU tar, they count; a real tar has them",
                    Set.of(Other.COMMONS_COMPRESS, Other.PYTHON),
                    (tar, field, ours, theirs) -> field >= MODE && field <= MTIME && hasDigitsBehindNul(tar)),
            new Rule(
                    "a GNU sparse file that is one hole: its size is what GNU tar takes it for",
                    Set.of(Other.COMMONS_COMPRESS, Other.PYTHON),
                    (tar, field, ours, theirs) ->
                            field == SIZE && theirs.equals("0") && types(tar).indexOf('S') >= 0),
            new Rule(
                    "the time of access of a GNU header: it lies where ustar has the prefix of the path",
                    Set.of(Other.PYTHON),
                    (tar, field, ours, theirs) -> field == PATH && theirs.matches("[0-7]+/" + Pattern.quote(ours))),
            new Rule(
                    "a global header: as to container engines, what it says of owners and times means nothing to ours",
                    Set.of(Other.COMMONS_COMPRESS, Other.PYTHON, Other.GNU_TAR),
                    (tar, field, ours, theirs) ->
                            (field == OWNER || field == MTIME) && types(tar).indexOf('g') >= 0),
            new Rule(
                    "CVE-2025-13462: to a Python without its fix the header's path alone says what an untyped entry is",
                    Set.of(Other.PYTHON),
                    (tar, field, ours, theirs) -> (field == KIND || field == SIZE)
                            && (hasSlash(tar, "\0") || hasRecord(tar, "path=[^\n]*/"))));

    private static boolean hasRecord(byte[] tar, String pattern) {
        return Pattern.compile(" " + pattern + "\n")
                .matcher(new String(tar, ISO_8859_1))
                .find();
    }

    @TempDir
    private Path directory;

    private static List<String> ours(byte[] tar) throws IOException {
        List<String> lines = new ArrayList<>();
        for (TarEntry entry : TarListing.entries(tar)) {
            lines.add(TarLine.summary(
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
                lines.add(TarLine.summary(
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

    /** Another reader. */
    interface Judge extends AutoCloseable {
        /** Its lines in the form of {@link TarLine#summary}; a single one that says why, where it refuses. */
        List<String> list(byte[] tar) throws Exception;

        @Override
        default void close() throws IOException {}
    }

    /** What the others are, and what each wants. */
    private enum Other {
        /** To it a label is a file, a dump's names are a header; the map of a sparse file behind PAX headers is lost. */
        COMMONS_COMPRESS("[VD]|[gx].*S") {
            @Override
            Judge open(Path directory) {
                return TarDifferentialTest::commonsCompress;
            }
        },
        /** To it labels and dumps are files. */
        PYTHON("[VD]") {
            @Override
            Judge open(Path directory) throws Exception {
                assumeTrue(PythonTarfile.isHere(), "no python3 here");
                return new PythonTarfile(directory);
            }
        },
        GNU_TAR("(?!)") {
            @Override
            Judge open(Path directory) throws Exception {
                assumeTrue(GnuTar.isHere(), "no GNU tar here");
                return new GnuTar(directory);
            }
        };

        /** The types of headers in a row that it takes for something else than GNU tar, whose they are. */
        private final Pattern mistaken;

        Other(String mistaken) {
            this.mistaken = Pattern.compile(mistaken, Pattern.DOTALL);
        }

        /** Of every how many tars it judges one. */
        int every() {
            return this == GNU_TAR && TARS <= 2000 ? 4 : 1;
        }

        /** Whether it is known to read other entries than all the others; an extension whose path ends in a slash is none. */
        boolean isMistaken(byte[] tar) {
            return mistaken.matcher(types(tar)).find() || (this == COMMONS_COMPRESS && hasSlash(tar, "LKxg"));
        }

        abstract Judge open(Path directory) throws Exception;
    }

    private int accepted;
    private int compared;
    private final List<String> differences = new ArrayList<>();

    @ParameterizedTest
    @EnumSource
    void readersAgreeOrOursRefuses(Other other) throws Exception {
        try (Judge judge = other.open(directory)) {
            for (long seed = SEED; seed < SEED + TARS; seed += other.every()) {
                byte[] tar = new RandomTars(seed).next();
                try {
                    List<String> ours = ours(tar);
                    if (!other.isMistaken(tar)) {
                        accepted++;
                        compare(other, seed, tar, ours, judge.list(tar));
                    }
                } catch (MalformedLayerException e) {
                    // Ours refuses.
                }
            }
        }
        assertThat(differences.stream().limit(8))
                .as(differences.size() + " differences")
                .isEmpty();
        assertThat(accepted).isGreaterThan(TARS / other.every() / 10);
        assertThat(compared).isGreaterThan(accepted / 2);
    }

    private void compare(Other who, long seed, byte[] tar, List<String> ours, List<String> theirs) {
        if (!theirs.isEmpty() && theirs.get(0).startsWith("refused: ")) {
            return;
        }
        compared++;
        boolean cut = who == Other.PYTHON && theirs.size() < ours.size();
        boolean same = (ours.size() == theirs.size() || cut)
                && IntStream.range(0, theirs.size())
                        .allMatch(i ->
                                ours.get(i).equals(theirs.get(i)) || isExplained(who, tar, ours.get(i), theirs.get(i)));
        if (!same) {
            differences.add("tar " + seed + ", ours: " + ours + ", " + who + ": " + theirs);
        }
    }

    /** The byte that would be the type of each block, if it were a header. */
    private static String types(byte[] tar) {
        StringBuilder types = new StringBuilder();
        for (int at = 156; at < tar.length; at += 512) {
            types.append((char) (tar[at] & 0xff));
        }
        return types.toString();
    }

    /** Whether there is a header of one of these types whose own path ends in a slash. */
    private static boolean hasSlash(byte[] tar, String types) {
        return IntStream.range(0, tar.length / 512)
                .filter(block -> types.indexOf(tar[block * 512 + 156]) >= 0)
                .mapToObj(block -> TarHeader.upToNul(tar, block * 512, block * 512 + 100))
                .anyMatch(name -> name.length > 0 && name[name.length - 1] == '/');
    }

    private static boolean hasDigitsBehindNul(byte[] tar) {
        return IntStream.range(0, tar.length / 512)
                .map(block -> block * 512)
                .anyMatch(block -> IntStream.of(100, 108, 116, 136)
                        .anyMatch(at -> tar[block + at] == 0 && Character.isDigit(tar[block + at + 1])));
    }

    private static boolean isExplained(Other who, byte[] tar, String ours, String theirs) {
        String[] one = ours.split("\\|", -1);
        String[] other = theirs.split("\\|", -1);
        return one.length == other.length
                && IntStream.range(0, one.length)
                        .allMatch(i -> one[i].equals(other[i]) || isExplained(who, tar, i, one[i], other[i]));
    }

    private static boolean isExplained(Other who, byte[] tar, int field, String ours, String theirs) {
        return EXPLAINED.stream()
                .anyMatch(rule -> rule.others.contains(who) && rule.allowed.differ(tar, field, ours, theirs));
    }
}
