package io.layerfs.budget;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Compressed streams, each a tar if all goes well, of which decompressing takes as much as the format lets it. */
enum HostileStream implements Family {
    /** Very many members, frames, blocks or streams, each of next to nothing. */
    PIECES {
        @Override
        void write(Random random, ByteArrayOutputStream out) throws IOException {
            byte[] one = piece(random, random.nextInt(3));
            byte[] start = random.nextBoolean() ? piece(random.nextInt(8), tar(random)) : new byte[0];
            out.writeBytes(start);
            while (out.size() + one.length < Adversary.LIMIT) {
                out.writeBytes(one);
            }
        }
    },
    /** Headers of gzip with names, comments and fields of any length. */
    GZIP_HEADERS {
        @Override
        void write(Random random, ByteArrayOutputStream out) throws IOException {
            byte[] plain = gzip(tar(random));
            int extra = random.nextInt(1 << 16);
            int name = random.nextInt(random.nextBoolean() ? 100 : 1 << 17);
            while (out.size() + extra + name + plain.length + 64 < Adversary.LIMIT) {
                out.writeBytes(
                        new byte[] {0x1f, (byte) 0x8b, 8, 4 | 8, 0, 0, 0, 0, 0, 3, (byte) extra, (byte) (extra >> 8)});
                out.writeBytes(new byte[extra]);
                byte[] text = new byte[name + 1];
                Arrays.fill(text, 0, name, (byte) 'n');
                out.writeBytes(text);
                out.write(plain, 10, plain.length - 10);
            }
        }
    },
    /** Frames of zstd with windows of any size, and those that are skipped. */
    ZSTD_FRAMES {
        @Override
        void write(Random random, ByteArrayOutputStream out) throws IOException {
            byte[] skipped = new byte[8 + random.nextInt(200)];
            skipped[0] = 0x50;
            skipped[1] = 0x2a;
            skipped[2] = 0x4d;
            skipped[3] = 0x18;
            skipped[4] = (byte) (skipped.length - 8);
            boolean skips = random.nextBoolean();
            int most = 1 + random.nextInt(18);
            while (out.size() < Adversary.LIMIT - 1000) {
                // magic; window alone; one last block, of one byte repeated or none at all
                int repeated = random.nextInt(1 << 17);
                int block = repeated << 3 | 2 | 1;
                int window = random.nextInt(most) << 3;
                out.writeBytes(new byte[] {
                    0x28,
                    (byte) 0xb5,
                    0x2f,
                    (byte) 0xfd,
                    0,
                    (byte) window,
                    (byte) block,
                    (byte) (block >> 8),
                    (byte) (block >> 16),
                    0
                });
                if (skips) {
                    out.writeBytes(skipped);
                }
            }
        }
    },
    /** As much as a few bytes can become, of an entry, of what is in front of the first, or behind the last. */
    EXPANSION {
        @Override
        void write(Random random, ByteArrayOutputStream out) throws IOException {
            int kind = random.nextInt(5);
            int where = random.nextInt(3);
            byte[] piece = where == 0 ? globals() : new byte[1 << 20];
            try (OutputStream compressed = compressor(kind, out)) {
                TarStream tar = new TarStream(compressed);
                long size = 4L << 30;
                if (where == 1) {
                    tar.entry('0', "f", "", size);
                } else if (where == 2) {
                    tar.end();
                }
                while (tar.written() < 3L << 29 && out.size() < Adversary.LIMIT - (200 << 10)) {
                    tar.raw(piece);
                }
                tar.end();
            }
        }
    },
    /** Each of those, and tars of any kind, with some bytes that are others. */
    SPOILED_STREAM {
        @Override
        void write(Random random, ByteArrayOutputStream out) throws IOException {
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            if (random.nextBoolean()) {
                HostileStream[] streams = {PIECES, GZIP_HEADERS, ZSTD_FRAMES};
                streams[random.nextInt(streams.length)].write(random, whole);
            } else {
                Adversary[] tars = Adversary.values();
                whole.writeBytes(tars[random.nextInt(tars.length)].file(random.nextInt(20)));
            }
            byte[] bytes = whole.toByteArray();
            for (int i = 1 + random.nextInt(20); i > 0; i--) {
                bytes[random.nextInt(random.nextBoolean() ? Math.min(200, bytes.length) : bytes.length)] ^=
                        (byte) (1 << random.nextInt(8));
            }
            out.write(bytes, 0, random.nextInt(3) == 0 ? random.nextInt(bytes.length) : bytes.length);
        }
    };

    abstract void write(Random random, ByteArrayOutputStream out) throws IOException;

    @Override
    public byte[] file(long seed) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(new Random(name().hashCode() * 1_000_003L + seed), out);
        return out.size() <= Adversary.LIMIT ? out.toByteArray() : Arrays.copyOf(out.toByteArray(), Adversary.LIMIT);
    }

    private static byte[] tar(Random random) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TarStream tar = new TarStream(bytes);
        tar.file("f", new byte[random.nextInt(1000)]);
        if (random.nextBoolean()) {
            tar.end();
        }
        return bytes.toByteArray();
    }

    /** A few MiB of headers for all entries, which no entry follows. */
    private static byte[] globals() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TarStream tar = new TarStream(bytes);
        byte[] records = TarStream.record("comment=" + "c".repeat(1 << 19));
        tar.entry('g', "g", "", records.length);
        tar.body(records);
        return bytes.toByteArray();
    }

    private static byte[] piece(Random random, int size) throws IOException {
        return piece(random.nextInt(8), new byte[size * 300]);
    }

    private static byte[] piece(int kind, byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (kind == 5 || kind == 6) {
            return blocksOfXz(plain, kind == 5 ? 20 : 23);
        }
        if (kind == 7) {
            return emptyFrames();
        }
        try (OutputStream out = compressor(kind, bytes)) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }

    private static OutputStream compressor(int kind, OutputStream out) throws IOException {
        return switch (kind) {
            case 0 -> new GZIPOutputStream(out, 1 << 16);
            case 1 -> new XZOutputStream(out, new LZMA2Options(1));
            case 2 -> new BZip2CompressorOutputStream(out);
            case 3 -> {
                LZMA2Options options = new LZMA2Options(0);
                options.setDictSize(32 << 20);
                yield new XZOutputStream(out, options);
            }
            default -> new ZstdCompressorOutputStream(out);
        };
    }

    /** One xz stream of very many blocks, each with a dictionary that its header says. */
    private static byte[] blocksOfXz(byte[] plain, int bits) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        LZMA2Options options = new LZMA2Options(0);
        options.setDictSize(1 << bits);
        try (XZOutputStream out = new XZOutputStream(bytes, options)) {
            for (int i = 0; i < 3_000; i++) {
                out.write(plain.length == 0 ? new byte[1] : plain);
                out.endBlock();
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] emptyFrames() {
        return new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, (byte) (17 << 3), 1, 0, 0};
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        return piece(0, plain);
    }
}
