package io.layerfs.budget;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/**
 * Files of at most a megabyte that ask for as much memory and time as they can: families, each with numbers that a seed chooses.
 * The same family and seed give the same file.
 */
enum Adversary implements Family {
    /** Empty files, of names and directories of any length and number. */
    NAMES {
        @Override
        void write(Random random, Sink sink) throws IOException {
            int length = 1 + random.nextInt(random.nextInt(4) == 0 ? 240 : 12);
            int inOne = random.nextBoolean() ? Integer.MAX_VALUE : 1 + random.nextInt(5000);
            String filler = "n".repeat(length);
            char type = "0125".charAt(random.nextInt(4));
            for (int i = 0; sink.hasRoom(); i++) {
                String directory = inOne == Integer.MAX_VALUE ? "" : Integer.toString(i / inOne, 36) + "/";
                String target = type == '1' ? "nowhere" + i : type == '2' ? "t" : "";
                sink.tar.entry(type, directory + filler + Integer.toString(i, 36), target, 0);
            }
        }
    },
    /** Paths that imply a thousand directories each. */
    DEPTH {
        @Override
        void write(Random random, Sink sink) throws IOException {
            int depth = 1 + random.nextInt(1000);
            String below = "/d".repeat(depth - 1) + "/f";
            for (int i = 0; sink.hasRoom(); i++) {
                sink.tar.entry('0', Integer.toString(i, 36) + below, "", 0);
            }
        }
    },
    /** Extended attributes: many names, or long values, alike or not. */
    ATTRIBUTES {
        @Override
        void write(Random random, Sink sink) throws IOException {
            int count = 1 + random.nextInt(random.nextBoolean() ? 9000 : 50);
            int length = random.nextInt(Math.max(1, 200_000 / count));
            boolean alike = random.nextBoolean();
            for (int i = 0; sink.hasRoom(); i++) {
                String[] records = new String[count];
                for (int j = 0; j < count; j++) {
                    records[j] = "SCHILY.xattr.user." + Integer.toString(j, 36) + "=" + "v".repeat(length)
                            + (alike ? "" : Integer.toString(i, 36));
                }
                sink.tar.entry('0', "f" + i, "", 0, records);
            }
        }
    },
    /** Removals of names and of directories. */
    WHITEOUTS {
        @Override
        void write(Random random, Sink sink) throws IOException {
            String parent = "p/".repeat(random.nextInt(60));
            boolean opaque = random.nextBoolean();
            for (int i = 0; sink.hasRoom(); i++) {
                sink.tar.entry('0', parent + (opaque ? i + "/.wh..wh..opq" : ".wh." + i), "", 0);
            }
        }
    },
    /** Hard links to what is in no layer, to links, and to what AUFS left. */
    LINKS {
        @Override
        void write(Random random, Sink sink) throws IOException {
            int kind = random.nextInt(3);
            String far = "l".repeat(1 + random.nextInt(90)) + "/".concat("m/".repeat(random.nextInt(1500)));
            sink.tar.entry('0', kind == 0 ? "l0" : "zz", "", 0);
            for (int i = 1; sink.hasRoom(); i++) {
                switch (kind) {
                    case 0 -> sink.tar.entry('1', "l" + i, "l" + (i - 1), 0);
                    case 1 -> sink.tar.entry('1', "l" + i, far + i, 0);
                    default -> sink.tar.entry('0', ".wh..wh.plnk/" + far.replace("m/", "") + i, "", 0);
                }
            }
        }
    },
    /** Sparse files that say to be as large as they like, of as many pieces as they like. */
    HOLES {
        @Override
        void write(Random random, Sink sink) throws IOException {
            int extents = random.nextInt(random.nextBoolean() ? 4 : 60_000);
            long size = 1L << (20 + random.nextInt(31));
            long step = Math.max(1, size / (extents + 1));
            for (int i = 0; sink.hasRoom(); i++) {
                StringBuilder map = new StringBuilder().append(extents).append('\n');
                for (int j = 0; j < extents; j++) {
                    map.append(j * step).append("\n1\n");
                }
                int text = (map.length() + 511) / 512 * 512;
                byte[] data = Arrays.copyOf(map.toString().getBytes(StandardCharsets.US_ASCII), text + extents);
                Arrays.fill(data, text, data.length, (byte) 'x');
                sink.tar.file("s" + i, data, "GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.realsize=" + size);
            }
        }
    },
    /** Nothing but zeros, which are the end of a tar. */
    ZEROS {
        @Override
        void write(Random random, Sink sink) throws IOException {
            sink.tar.end();
            byte[] zeros = new byte[1 << 20];
            while (sink.hasRoom()) {
                sink.tar.raw(zeros);
            }
        }
    },
    /** PAX headers of all kinds that say nothing of what is kept. */
    RECORDS {
        @Override
        void write(Random random, Sink sink) throws IOException {
            int count = 1 + random.nextInt(9000);
            boolean global = random.nextBoolean();
            ByteArrayOutputStream records = new ByteArrayOutputStream();
            for (int i = 0; i < count && records.size() < 1_000_000; i++) {
                records.writeBytes(TarStream.record("k" + i + "=" + "v".repeat(random.nextInt(60))));
            }
            byte[] body = records.toByteArray();
            for (int i = 0; sink.hasRoom(); i++) {
                sink.tar.entry(global ? 'g' : 'x', "x", "", body.length);
                sink.tar.body(body);
                if (!global) {
                    sink.tar.entry('0', "f" + i, "", 0);
                }
            }
        }
    },
    /** Entries of an archive of images whose names are as long as they can be. */
    ARCHIVE_NAMES {
        @Override
        void write(Random random, Sink sink) throws IOException {
            String filler = "blobs/" + "b".repeat(1 + random.nextInt(3900));
            char type = random.nextBoolean() ? '0' : '2';
            for (int i = 0; sink.hasRoom(); i++) {
                sink.tar.entry(type, filler + i, type == '2' ? filler : "", 0);
            }
        }
    };

    static final int LIMIT = 1 << 20;

    /** More than any import reads to the end of what it may keep. */
    private static final long MOST = 200L << 20;

    abstract void write(Random random, Sink sink) throws IOException;

    /** The file that {@code seed} gives. */
    @Override
    public byte[] file(long seed) throws IOException {
        Random random = new Random(name().hashCode() * 1_000_003L + seed);
        Sink sink = new Sink(Math.min(random.nextInt(9), 4));
        write(random, sink);
        sink.close();
        return sink.bytes.toByteArray();
    }

    /** A compressed tar that has room until it is a megabyte. */
    static final class Sink {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final TarStream tar;
        private final OutputStream compressed;

        Sink(int compression) throws IOException {
            compressed = switch (compression) {
                case 0 ->
                    new FilterOutputStream(bytes) {
                        @Override
                        public void write(byte[] b, int from, int length) throws IOException {
                            out.write(b, from, length);
                        }
                    };
                case 1 -> new GZIPOutputStream(bytes, 1 << 16);
                case 2 -> new XZOutputStream(bytes, new LZMA2Options(1));
                case 3 -> new BZip2CompressorOutputStream(bytes);
                default -> new ZstdCompressorOutputStream(bytes);
            };
            tar = new TarStream(compressed);
        }

        boolean hasRoom() {
            return bytes.size() < LIMIT - (160 << 10) && tar.written() < MOST;
        }

        void close() throws IOException {
            tar.end();
            compressed.close();
        }
    }
}
