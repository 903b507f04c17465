package io.layerfs.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** GNU tar, the program, as a reader: what it lists of a tar, one process for each. */
final class GnuTar implements TarDifferentialTest.Judge {

    private static final Map<Character, TarEntry.Kind> KINDS = Map.of(
            '-', TarEntry.Kind.FILE,
            'C', TarEntry.Kind.FILE,
            'h', TarEntry.Kind.HARD_LINK,
            'l', TarEntry.Kind.SYMLINK,
            'c', TarEntry.Kind.CHARACTER_DEVICE,
            'b', TarEntry.Kind.BLOCK_DEVICE,
            'd', TarEntry.Kind.DIRECTORY,
            'p', TarEntry.Kind.FIFO);

    private static final Pattern LINE = Pattern.compile("(.)([-rwxsStT]{9}) +(\\d+)/(\\d+) +([\\d,]+) "
            + "(-?\\d+)-(\\d\\d)-(\\d\\d) (\\d\\d):(\\d\\d):(\\d\\d)(\\.\\d+)? +NAME(?: (?:->|link to) NAME)?"
                    .replace("NAME", "((?:\\\\.|[^ \\\\])*)"));

    private final Path file;

    /** Has its tars in a file of {@code directory}. */
    GnuTar(Path directory) {
        this.file = directory.resolve("gnu.tar");
    }

    static boolean isHere() throws InterruptedException {
        try {
            Process process = new ProcessBuilder("tar", "--version").start();
            String version = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
            return process.waitFor() == 0 && version.contains("GNU tar");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public List<String> list(byte[] tar) throws IOException, InterruptedException {
        Files.write(file, tar);
        ProcessBuilder builder = new ProcessBuilder(
                "tar",
                "--force-local",
                "-tvvPf",
                file.toString(),
                "--full-time",
                "--numeric-owner",
                "--quoting-style=escape",
                "--quote-chars= ");
        builder.environment().putAll(Map.of("LC_ALL", "C", "TZ", "UTC0"));
        builder.environment().remove("TAR_OPTIONS");
        Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String output = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
        int status = process.waitFor();
        return status == 0 ? lines(output) : List.of("refused: status " + status);
    }

    private static List<String> lines(String output) {
        List<String> lines = new ArrayList<>();
        for (String line : output.split("\n", -1)) {
            if (!line.isEmpty() && line.charAt(0) != 'V') {
                Matcher matcher = LINE.matcher(line);
                lines.add(matcher.matches() ? line(matcher) : "not understood: " + line);
            }
        }
        return lines;
    }

    private static String line(Matcher line) {
        TarEntry.Kind kind = KINDS.get(line.group(1).charAt(0));
        LocalDateTime shown = LocalDateTime.of(
                number(line, 6), number(line, 7), number(line, 8), number(line, 9), number(line, 10), number(line, 11));
        long seconds = shown.toEpochSecond(ZoneOffset.UTC);
        // A fraction that it shows of a time before 1970 is one further back.
        boolean back = seconds < 0 && line.group(12) != null;
        return TarLine.summary(
                kind,
                bytes(line.group(13)),
                bytes(line.group(14) == null ? "" : line.group(14)),
                mode(line.group(2)),
                Long.parseLong(line.group(3)),
                Long.parseLong(line.group(4)),
                seconds - (back ? 1 : 0),
                kind == TarEntry.Kind.FILE ? Long.parseLong(line.group(5)) : 0);
    }

    private static int number(Matcher line, int group) {
        return Integer.parseInt(line.group(group));
    }

    private static int mode(String letters) {
        int mode = 0;
        for (int i = 0; i < 9; i++) {
            char letter = letters.charAt(i);
            mode = mode << 1 | (letter == '-' || letter == 'S' || letter == 'T' ? 0 : 1);
        }
        String special = "" + letters.charAt(2) + letters.charAt(5) + letters.charAt(8);
        for (int i = 0; i < 3; i++) {
            mode |= Character.toLowerCase(special.charAt(i)) == (i == 2 ? 't' : 's') ? 04000 >> i : 0;
        }
        return mode;
    }

    /** What {@code --quoting-style=escape} made of a name, undone. */
    private static byte[] bytes(String escaped) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c != '\\') {
                bytes.write(c);
            } else if (escaped.charAt(++i) >= '0' && escaped.charAt(i) <= '3') {
                bytes.write(Integer.parseInt(escaped.substring(i, i + 3), 8));
                i += 2;
            } else {
                int known = "abtnvfr".indexOf(escaped.charAt(i));
                bytes.write(known < 0 ? escaped.charAt(i) : 7 + known);
            }
        }
        return bytes.toByteArray();
    }
}
