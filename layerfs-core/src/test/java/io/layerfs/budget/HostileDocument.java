package io.layerfs.budget;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Archives whose documents ask for much: well-formed as far as each goes, or spoiled at random. */
enum HostileDocument implements Family {
    /** Documents of values of any shape, as large as they may be. */
    VALUES {
        @Override
        void write(Random random, LayoutBytes layout) {
            String shape = SHAPES[random.nextInt(SHAPES.length)];
            int place = random.nextInt(4);
            String values = ",\"x\":[" + repeat(shape, size(random)) + "0]";
            String config = layout.config("", place == 0 || place == 3 ? values : "");
            String manifest = layout.manifest(config, "", place == 1 || place == 3 ? values : "");
            layout.index(manifest + (place == 2 ? values : "") + "}");
        }
    },
    /** A list of the layers, or a history, that has no end. */
    LISTS {
        @Override
        void write(Random random, LayoutBytes layout) {
            String empty = layout.blob(LayoutBytes.LAYER, new byte[1024]);
            int count = random.nextInt(random.nextBoolean() ? 9000 : 60_000);
            String history = ",\"history\":[" + repeat("{},", size(random)) + "{}]";
            String ids = ("\"" + LayoutBytes.digest(empty) + "\",").repeat(count);
            String layers = (empty + "},").repeat(Math.min(count, 25_000));
            String config = layout.config(cut(ids), random.nextBoolean() ? history : "");
            layout.index(layout.manifest(config, cut(layers), "") + "}");
        }
    },
    /** Names and labels of descriptors, configs and manifests. */
    ANNOTATIONS {
        @Override
        void write(Random random, LayoutBytes layout) {
            int length = random.nextInt(random.nextBoolean() ? 3 : 3000);
            String notes = ",\"annotations\":{" + members(size(random), length) + "}";
            String config = layout.config("", random.nextBoolean() ? notes.replace("annotations", "config") : "");
            String manifest = layout.manifest(config, "", random.nextBoolean() ? notes : "");
            layout.index(manifest + (random.nextBoolean() ? notes : "") + "}");
        }
    },
    /** Indexes that name indexes: many, deep, and the same ones again. */
    INDEXES {
        @Override
        void write(Random random, LayoutBytes layout) {
            int depth = 1 + random.nextInt(9);
            int each = 1 + random.nextInt(random.nextBoolean() ? 20 : 2000);
            int entries = random.nextInt(random.nextBoolean() ? 25_000 : 50);
            String other = ",\"platform\":{\"os\":\"plan9\",\"architecture\":\"mips\"}}";
            String below = layout.manifest(layout.config("", ""), "", "") + (random.nextBoolean() ? other : "}");
            for (int level = 0; level < depth; level++) {
                StringBuilder names = new StringBuilder();
                for (int i = 0; i < (level == depth - 1 ? each : Math.min(each, 60)); i++) {
                    String more = (below + ",").repeat(entries) + below;
                    String index = layout.blob(
                            LayoutBytes.INDEX,
                            "{\"schemaVersion\":2,\"annotations\":{\"i\":\"" + i + "\"},\"manifests\":[" + more + "]}");
                    names.append(i == 0 ? "" : ",").append(index).append('}');
                    if (names.length() > MOST / 8) {
                        break;
                    }
                }
                below = names.toString();
                entries = random.nextInt(3);
            }
            layout.index(below);
        }
    },
    /** Manifests of which nothing says what they are for, so that their configs are asked. */
    UNSAID {
        @Override
        void write(Random random, LayoutBytes layout) {
            int manifests = 1 + random.nextInt(random.nextBoolean() ? 3 : 1500);
            int repeated = 1 + random.nextInt(random.nextBoolean() ? 10 : 15_000 / manifests + 1);
            String config = layout.config("", ",\"x\":\"" + "x".repeat(size(random)) + "\"")
                    .replace("\"amd64\"", "\"mips\"");
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < manifests; i++) {
                String more = ",\"annotations\":{\"i\":\"" + i + "\"}";
                String manifest = layout.manifest(config, "", more) + "},";
                all.append(manifest.repeat(repeated));
            }
            boolean nested = random.nextBoolean();
            String index = "{\"schemaVersion\":2,\"manifests\":[" + cut(all.toString()) + "]}";
            layout.index(nested ? layout.blob(LayoutBytes.INDEX, index) + "}" : cut(all.toString()));
        }
    },
    /** Signatures, of many payloads or one, with notes of any size, by tag, as subject and listed. */
    SIGNATURES {
        @Override
        void write(Random random, LayoutBytes layout) {
            String image = layout.manifest(layout.config("", ""), "", "") + "}";
            int manifests = 1 + random.nextInt(random.nextBoolean() ? 4 : 1200);
            int layers = 1 + random.nextInt(random.nextBoolean() ? 4 : 3000 / manifests + 1);
            int notes = random.nextInt(random.nextBoolean() ? 100 : 2_000_000) / manifests / layers;
            int payload = random.nextInt(1 << 16);
            boolean tagged = random.nextBoolean();
            StringBuilder all = new StringBuilder(image);
            for (int i = 0; i < manifests && all.length() < MOST; i++) {
                StringBuilder list = new StringBuilder();
                for (int j = 0; j < layers; j++) {
                    byte[] bytes = new byte[payload];
                    Arrays.fill(bytes, (byte) (random.nextBoolean() ? i : 1));
                    String blob = layout.blob("application/vnd.dev.cosign.simplesigning.v1+json", bytes);
                    list.append(j == 0 ? "" : ",")
                            .append(blob)
                            .append(",\"annotations\":{\"dev.cosignproject.cosign/signature\":\"")
                            .append(i + "-" + j)
                            .append('"')
                            .append(notes == 0 ? "" : "," + members(notes, 1))
                            .append("}}");
                }
                String signing = layout.manifest(
                        layout.config("", ""), list.toString(), ",\"subject\":" + image + ",\"i\":" + i);
                String name = "sha256-" + LayoutBytes.digest(image).substring(7) + ".sig";
                all.append(',')
                        .append(signing)
                        .append(
                                tagged
                                        ? ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" + name + "\"}}"
                                        : "}");
            }
            layout.index(all.toString());
        }
    },
    /** What {@code docker save} writes, of many images and tags, perhaps with a layout beside. */
    DOCKER {
        @Override
        void write(Random random, LayoutBytes layout) {
            int entries = 1 + random.nextInt(random.nextBoolean() ? 3 : 20_000);
            int tags = random.nextInt(random.nextBoolean() ? 5 : 150_000 / entries + 1);
            boolean beside = random.nextBoolean();
            String config = layout.config("", ",\"x\":\"" + "x".repeat(beside ? size(random) : 10) + "\"");
            String file = "blobs/sha256/" + LayoutBytes.digest(config).substring(7);
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < entries && all.length() < 3 << 20; i++) {
                StringBuilder names = new StringBuilder();
                for (int j = 0; j < tags; j++) {
                    names.append(j == 0 ? "\"" : ",\"")
                            .append("n")
                            .append(i)
                            .append(':')
                            .append(j)
                            .append('"');
                }
                all.append(i == 0 ? "" : ",")
                        .append("{\"Config\":\"" + file + "\",\"RepoTags\":[" + names + "],\"Layers\":[]}");
            }
            layout.file("manifest.json", "[" + all + "]");
            StringBuilder manifests = new StringBuilder();
            for (int i = 0; i < (beside ? random.nextInt(3000) : 0); i++) {
                manifests
                        .append(layout.manifest(config, "", ",\"annotations\":{\"i\":\"" + i + "\"}"))
                        .append("},");
            }
            layout.index(cut(manifests.toString()));
        }
    },
    /** Each of those, with some bytes that are others. */
    SPOILED {
        @Override
        void write(Random random, LayoutBytes layout) {
            List<HostileDocument> others =
                    Arrays.stream(values()).filter(other -> other != SPOILED).toList();
            others.get(random.nextInt(others.size())).write(random, layout);
            layout.spoil(random);
        }
    };

    private static final int MOST = 4 << 20;

    private static final String[] SHAPES = {
        "{},",
        "[],",
        "\"\",",
        "0,",
        "{\"\":0},",
        "{\"a\":{}},",
        "[[[[[[0]]]]]],",
        "{\"a\":{\"a\":{\"a\":{\"a\":0}}}},",
        "\"\u4e2d\",",
        "\"\\u4e2d\\n\",",
        "\"" + "x".repeat(50_000) + "\",",
        "\"" + "\u4e2d".repeat(5_000) + "\",",
        "9223372036854775807,",
        "1e999,",
        "1".repeat(900) + ",",
        "true,",
        "null,",
        "{\"" + "n".repeat(20_000) + "\":0},",
        "{\"a\":\"\",\"b\":\"\",\"c\":\"\",\"d\":\"\"},"
    };

    abstract void write(Random random, LayoutBytes layout);

    @Override
    public byte[] file(long seed) throws IOException {
        for (long round = 0; ; round++) {
            Random random = new Random(name().hashCode() * 1_000_003L + seed + (round << 40));
            LayoutBytes layout = new LayoutBytes();
            write(random, layout);
            byte[] bytes = layout.toBytes(random.nextInt(3));
            if (bytes.length <= Adversary.LIMIT) {
                return bytes;
            }
        }
    }

    /** Nearly as much as a document may have, or less. */
    private static int size(Random random) {
        return random.nextBoolean() ? MOST - 3000 : random.nextInt(MOST - 3000);
    }

    private static String repeat(String text, int size) {
        return text.repeat(size / text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length);
    }

    private static String cut(String list) {
        return list.isEmpty() ? "" : list.substring(0, list.length() - 1);
    }

    /** Members of an object, of so many bytes in all. */
    private static String members(int size, int length) {
        StringBuilder text = new StringBuilder("\"a\":\"\"");
        String value = "\":\"" + "v".repeat(length) + "\"";
        for (int i = 0; text.length() + value.length() + 9 < size; i++) {
            text.append(",\"n").append(Integer.toString(i, 36)).append(value);
        }
        return text.toString();
    }
}
