package io.layerfs.budget;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Archives of an image whose layers have to do with each other: stacked, deep, removed, linked. */
enum HostileTree implements Family {
    /** One deep layer, or several like it, as often as an image may list them. */
    STACKED {
        @Override
        void write(Random random, LayoutBytes layout) throws IOException {
            int depth = 1 + random.nextInt(1020);
            int width = 1 + random.nextInt(random.nextBoolean() ? 3 : 60);
            int layers = 1 + random.nextInt(8192);
            int kinds = random.nextBoolean() ? 1 : 1 + random.nextInt(layers);
            List<byte[]> tars = new ArrayList<>();
            String path = "d/".repeat(depth);
            for (int i = 0; i < Math.min(kinds, 1_500_000 / depth); i++) {
                String last = path + i;
                tars.add(tar(tar -> {
                    for (int j = 0; j < width; j++) {
                        tar.entry('0', last + "-" + j, "", 0);
                    }
                }));
            }
            layout.image(repeated(tars, layers));
        }
    },
    /** Directories that are implied and hold nothing but removals, deep, over and under others like them. */
    HOLLOW {
        @Override
        void write(Random random, LayoutBytes layout) throws IOException {
            int depth = 1 + random.nextInt(1000);
            int removals = 1 + random.nextInt(200_000);
            int layers = 1 + random.nextInt(random.nextBoolean() ? 3 : 30);
            List<byte[]> tars = new ArrayList<>();
            for (int i = 0; i < layers; i++) {
                String path = "d/".repeat(depth) + i + "/";
                boolean ends = random.nextInt(4) != 0;
                boolean removed = random.nextInt(4) == 0;
                int each = removals / layers;
                tars.add(tar(tar -> {
                    tar.entry('0', path + ".wh.0", "", 0);
                    for (int j = 0; j < each && tar.written() < 100 << 20; j++) {
                        tar.entry('0', path + ".wh." + j, "", 0);
                    }
                    for (int j = 0; removed && j < depth; j++) {
                        tar.entry('0', "d/".repeat(j) + ".wh.d", "", 0);
                    }
                    if (ends) {
                        tar.entry('0', path + "zz", "", 0);
                    }
                }));
            }
            layout.image(tars);
        }
    },
    /** Hard links to what layers below have, through many layers. */
    LOWER_LINKS {
        @Override
        void write(Random random, LayoutBytes layout) throws IOException {
            int layers = 1 + random.nextInt(1000);
            int links = 1 + random.nextInt(100_000 / layers + 1);
            String directory = "d/".repeat(random.nextInt(40));
            List<byte[]> tars = new ArrayList<>();
            tars.add(tar(tar -> tar.entry('0', directory + "f0", "", 0)));
            for (int i = 1; i < layers; i++) {
                String target = directory + "f" + (i - 1);
                String link = directory + "f" + i;
                tars.add(tar(tar -> {
                    tar.entry('1', link, target, 0);
                    for (int j = 0; j < links; j++) {
                        tar.entry('1', link + "-" + j, target, 0);
                    }
                }));
            }
            layout.image(tars);
        }
    },
    /** Very many layers that say next to nothing, each another thing. */
    TINY {
        @Override
        void write(Random random, LayoutBytes layout) throws IOException {
            int layers = 1 + random.nextInt(1100);
            boolean whiteouts = random.nextBoolean();
            String directory = random.nextBoolean() ? "" : "d/".repeat(random.nextInt(45));
            List<byte[]> tars = new ArrayList<>();
            for (int i = 0; i < layers; i++) {
                String name = directory + (whiteouts ? ".wh." : "") + i;
                tars.add(tar(tar -> tar.entry('0', name, "", 0)));
            }
            layout.image(tars);
        }
    };

    /** Writes entries. */
    interface Writing {
        void write(TarStream tar) throws IOException;
    }

    abstract void write(Random random, LayoutBytes layout) throws IOException;

    @Override
    public byte[] file(long seed) throws IOException {
        for (long round = 0; ; round++) {
            Random random = new Random(name().hashCode() * 1_000_003L + seed + (round << 40));
            LayoutBytes layout = new LayoutBytes();
            write(random, layout);
            byte[] bytes = layout.toBytes(2);
            if (bytes.length <= Adversary.LIMIT) {
                return bytes;
            }
        }
    }

    private static byte[] tar(Writing writing) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TarStream tar = new TarStream(bytes);
        writing.write(tar);
        tar.end();
        return bytes.toByteArray();
    }

    private static List<byte[]> repeated(List<byte[]> tars, int count) {
        List<byte[]> all = new ArrayList<>();
        while (all.size() < count) {
            all.addAll(tars.subList(0, Math.min(tars.size(), count - all.size())));
        }
        return Collections.unmodifiableList(all);
    }
}
