package io.layerfs.tar;

import io.layerfs.tar.TarBytes.Header;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Tars of all forms of headers, the same for the same seed, most of them a little wrong. */
final class RandomTars {

    private static final char[] TYPES = {'0', '0', '0', '0', '\0', '1', '2', '5', '6', '7', '3'};

    private final Random random;

    RandomTars(long seed) {
        this.random = new Random(seed);
    }

    byte[] next() {
        TarBytes tar = new TarBytes();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            entry(tar);
        }
        byte[] bytes = random.nextInt(8) == 0 ? tar.toBytes() : tar.end().toBytes();
        for (int i = random.nextInt(4); i > 0; i--) {
            // mostly in a header, since content is nobody's concern
            int at = random.nextInt(bytes.length / 512) * 512 + place();
            bytes[at] = (byte) value();
        }
        TarFuzzTest.repairChecksums(bytes);
        return bytes;
    }

    private int place() {
        return switch (random.nextInt(4)) {
            case 0 -> 124 + random.nextInt(12);
            case 1 -> 156 + random.nextInt(2);
            case 2 -> 257 + random.nextInt(8);
            default -> random.nextInt(512);
        };
    }

    private int value() {
        return random.nextInt(3) == 0 ? random.nextInt(128) : "01234567 \0/.LKxgS".charAt(random.nextInt(17));
    }

    private String name() {
        String name = "n" + random.nextInt(100);
        return switch (random.nextInt(5)) {
            case 0 -> "d/" + name;
            case 1 -> name + "x".repeat(random.nextInt(90));
            case 2 -> "./" + name;
            default -> name;
        };
    }

    private void entry(TarBytes tar) {
        switch (random.nextInt(12)) {
            case 10 -> sparse(tar);
            case 11 -> oddity(tar);
            default -> plain(tar);
        }
    }

    /** A sparse file in one of the four forms, mostly with a map that fits; it ends as GNU tar has it, with no bytes. */
    private void sparse(TarBytes tar) {
        int first = random.nextInt(600);
        int start = first + random.nextInt(3000);
        int second = random.nextInt(600);
        int size = start + second + (random.nextInt(8) == 0 ? -1 : random.nextInt(2) * 700);
        int[] map = {0, first, start, second, size, 0};
        String data = "s".repeat(first + second + (random.nextInt(8) == 0 ? 1 : 0));
        String sized = "GNU.sparse.size=" + size;
        String counted = "GNU.sparse.numblocks=" + map.length / 2;
        switch (random.nextInt(4)) {
            case 0 -> {
                Header header = new Header('S', name()).gnu().octal(483, 12, size);
                for (int i = 0; i < map.length; i++) {
                    header.octal(386 + 12 * i, 12, map[i]);
                }
                tar.entry(header, data);
            }
            case 1 -> {
                List<String> records = new ArrayList<>(List.of(sized, counted));
                for (int i = 0; i < map.length; i++) {
                    records.add("GNU.sparse." + (i % 2 == 0 ? "offset=" : "numbytes=") + map[i]);
                }
                tar.pax(records.toArray(new String[0])).file(name(), data);
            }
            case 2 ->
                tar.pax(sized, counted, "GNU.sparse.map=" + joined(map, ",")).file(name(), data);
            default -> {
                String text = map.length / 2 + "\n" + joined(map, "\n") + "\n";
                tar.pax(
                                "GNU.sparse.major=1",
                                "GNU.sparse.minor=0",
                                "GNU.sparse.name=" + name(),
                                "GNU.sparse.realsize=" + size)
                        .file(name(), text + "\0".repeat(512 - text.length()) + data);
            }
        }
    }

    private static String joined(int[] numbers, String between) {
        return IntStream.of(numbers).mapToObj(String::valueOf).collect(Collectors.joining(between));
    }

    /** What readers may not know, or take for something else. */
    private void oddity(TarBytes tar) {
        switch (random.nextInt(6)) {
            case 0 ->
                tar.entry(new Header('K', "././@LongLink").gnu(), name() + "t".repeat(120) + "\0")
                        .header(new Header(random.nextBoolean() ? '1' : '2', name()).link("short"));
            case 1 -> tar.header(new Header('V', "label").gnu());
            case 2 -> tar.entry(new Header('D', "dump/").gnu(), "Ya\0\0");
            case 3 ->
                tar.entry(new Header('X', "solaris"), TarBytes.records(record()))
                        .file(name(), "x");
            case 4 -> tar.raw(new byte[512]);
            default -> tar.pax(record()).pax(record()).file(name(), "twice");
        }
    }

    private void plain(TarBytes tar) {
        switch (random.nextInt(6)) {
            case 0 -> tar.entry(new Header('L', "././@LongLink").gnu(), name() + "y".repeat(120) + "\0");
            case 1 -> tar.pax("path=" + name() + "z".repeat(random.nextInt(200)));
            case 2 -> tar.pax(record(), record());
            case 3 -> tar.entry(new Header('g', "global"), TarBytes.records("comment=c"));
            default -> {}
        }
        char type = TYPES[random.nextInt(TYPES.length)];
        Header header = new Header(type, name() + (type == '5' ? "/" : ""));
        if (type == '1' || type == '2') {
            header.link(name());
        }
        if (random.nextInt(3) == 0) {
            header.gnu();
        } else if (random.nextInt(6) == 0) {
            header.v7();
        } else if (random.nextInt(4) == 0) {
            header.text(345, "prefix/" + name());
        }
        header.octal(100, 8, random.nextInt(010000)).octal(136, 12, random.nextInt(Integer.MAX_VALUE));
        if (random.nextInt(6) == 0) {
            header.base256(108, 8, random.nextInt(1 << 30));
        }
        boolean body = type == '0' || type == '\0' || type == '7';
        tar.entry(header, body ? "c".repeat(random.nextInt(1200)) : "");
    }

    private String record() {
        return switch (random.nextInt(16)) {
            case 0 -> "size=" + random.nextInt(2000);
            case 1 -> "uid=" + random.nextInt();
            case 2 -> "mtime=" + random.nextInt() + "." + random.nextInt(1000);
            case 3 -> "linkpath=" + name();
            case 4 -> "gid=" + random.nextInt(3_000_000);
            case 5 -> "path=";
            case 6 -> "path=" + name() + "/";
            case 7 -> "linkpath=";
            case 8 -> "size=" + "0 +-".charAt(random.nextInt(4)) + random.nextInt(600);
            case 9 -> "mtime=" + "0 +-.".charAt(random.nextInt(5)) + random.nextInt(600);
            case 10 -> "hdrcharset=BINARY";
            case 11 -> "GNU.sparse.realsize=" + random.nextInt(600);
            case 12 -> "path=" + name() + "\n" + name();
            case 13 -> "path=./" + "/".repeat(random.nextInt(3)) + name();
            case 14 -> "size=";
            default -> "comment=" + name();
        };
    }
}
