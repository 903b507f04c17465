package io.layerfs.bench;

import io.layerfs.Digest;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Makes archives that are imported, the same from the same seed: {@code SampleArchive DIRECTORY NAME...}.
 *
 * <ul>
 *   <li>{@code image.oci.tar}: an OCI layout of four layers, gzip, tag {@code 1}. As in a small Debian, a few thousand files
 *       of some 28 KiB in the mean, half of them text and half like programs, which gzip makes 2.5 times smaller.
 *   <li>{@code image.docker.tar}: the same as {@code docker save} has it, uncompressed.
 *   <li>{@code million.tar}: one layer of a million entries, a thousand in each directory, every second one empty.
 *   <li>{@code million.oci.tar}: an OCI layout of that layer, gzip.
 *   <li>{@code large.oci.tar}: as the first, but six layers of a gigabyte.
 *   <li>{@code layers.oci.tar}: an OCI layout of 128 layers of a thousand small files, gzip.
 * </ul>
 */
public final class SampleArchive {

    static final String OCI = "image.oci.tar";
    static final String DOCKER = "image.docker.tar";
    static final String MILLION = "million.tar";
    static final String MILLION_OCI = "million.oci.tar";
    static final String LARGE = "large.oci.tar";
    static final String LAYERS = "layers.oci.tar";

    private static final String NAME = "bench/sample:1";
    private static final long SEED = 1;
    private static final int[] FILES = {3600, 1800, 1000, 400};
    private static final int[] MANY_FILES = {14_000, 8000, 6000, 5000, 4000, 2000};
    private static final int MANY_LAYERS = 128;
    private static final int WORDS = 4000;
    private static final int THOUSAND = 1000;
    private static final int DIRECTORY = 40;
    private static final double MEAN = 28 << 10;
    private static final int LARGEST = 4 << 20;

    private final Random random;
    private final byte[][] words = new byte[WORDS][];
    private final byte[] program = new byte[8 << 10];

    private SampleArchive(long seed) {
        this.random = new Random(seed);
        for (int i = 0; i < WORDS; i++) {
            words[i] = word();
        }
        random.nextBytes(program);
    }

    /** Gets the directory and names; makes what is not there. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        for (String name : List.of(arguments).subList(1, arguments.length)) {
            file(directory, name);
        }
    }

    /** The archive of that name in a directory, which is made where it is not there. */
    static Path file(Path directory, String name) throws IOException {
        Path file = directory.resolve(name);
        if (Files.exists(file)) {
            return file;
        }
        Path aside = directory.resolve(name + ".new");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(aside), 1 << 18)) {
            switch (name) {
                case OCI -> writeOci(out, layers(FILES));
                case DOCKER -> writeDocker(out, layers(FILES));
                case LARGE -> writeOci(out, layers(MANY_FILES));
                case LAYERS -> writeOci(out, smallLayers());
                case MILLION_OCI -> writeOci(out, List.of(millionLayer()));
                case MILLION -> writeMillion(out);
                default -> throw new IllegalArgumentException("no archive is called '" + name + "'");
            }
        }
        return Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static List<byte[]> layers(int[] files) throws IOException {
        SampleArchive sample = new SampleArchive(SEED);
        List<byte[]> layers = new ArrayList<>();
        for (int i = 0; i < files.length; i++) {
            layers.add(sample.layer(i, Workplace.count(files[i])));
        }
        return layers;
    }

    private static List<byte[]> smallLayers() throws IOException {
        List<byte[]> layers = new ArrayList<>();
        for (int i = 0; i < MANY_LAYERS; i++) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
                addDirectory(tar, "d" + i % DIRECTORY, "f" + i + "-");
            }
            layers.add(bytes.toByteArray());
        }
        return layers;
    }

    private static byte[] millionLayer() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        writeMillion(bytes);
        return bytes.toByteArray();
    }

    private byte[] layer(int number, int files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (int i = 0; i < files; i++) {
                String directory = "usr/share/layer" + number + "/part" + i / DIRECTORY;
                if (i % DIRECTORY == 0) {
                    add(tar, directory + "/", new byte[0]);
                }
                add(tar, directory + "/file" + i, content());
            }
        }
        return bytes.toByteArray();
    }

    /** Sizes as in a real tree: most files are small, most bytes are in large ones. */
    private byte[] content() {
        double size = MEAN / 4 * Math.exp(1.66 * random.nextGaussian());
        byte[] bytes = new byte[(int) Math.min(LARGEST, size)];
        if (random.nextBoolean()) {
            fill(bytes, () -> words[(int) (WORDS * Math.pow(random.nextDouble(), 3))]);
        } else {
            fill(bytes, this::instructions);
        }
        return bytes;
    }

    private interface Piece {
        byte[] next();
    }

    private static void fill(byte[] bytes, Piece pieces) {
        for (int at = 0; at < bytes.length; ) {
            byte[] piece = pieces.next();
            int count = Math.min(piece.length, bytes.length - at);
            System.arraycopy(piece, 0, bytes, at, count);
            at += count;
        }
    }

    private byte[] word() {
        byte[] word = new byte[3 + random.nextInt(8)];
        for (int i = 0; i < word.length - 1; i++) {
            word[i] = (byte) ('a' + random.nextInt(26));
        }
        word[word.length - 1] = ' ';
        return word;
    }

    /** A few bytes that come again and again, and a few that do not. */
    private byte[] instructions() {
        byte[] piece = new byte[6 + random.nextInt(10)];
        int start = (int) ((program.length - piece.length) * Math.pow(random.nextDouble(), 4));
        System.arraycopy(program, start, piece, 0, piece.length);
        piece[0] = (byte) random.nextInt();
        return piece;
    }

    private static void add(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static void addText(TarArchiveOutputStream tar, String name, String text) throws IOException {
        add(tar, name, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(compressed)) {
            out.write(bytes);
        }
        return compressed.toByteArray();
    }

    private static String config(List<byte[]> layers) {
        String ids =
                layers.stream().map(layer -> "\"" + Digest.sha256(layer) + "\"").collect(Collectors.joining(","));
        return "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"/bin/true\"]},"
                + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[" + ids + "]}}";
    }

    private static void writeOci(OutputStream out, List<byte[]> layers) throws IOException {
        String type = "application/vnd.oci.image.";
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            addText(tar, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
            List<String> descriptors = new ArrayList<>();
            for (byte[] layer : layers) {
                descriptors.add(blob(tar, type + "layer.v1.tar+gzip", gzip(layer), ""));
            }
            String config = blob(tar, type + "config.v1+json", utf8(config(layers)), "");
            String manifest = "{\"schemaVersion\":2,\"mediaType\":\"" + type + "manifest.v1+json\",\"config\":" + config
                    + ",\"layers\":[" + String.join(",", descriptors) + "]}";
            String tag = ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"1\"}";
            String descriptor = blob(tar, type + "manifest.v1+json", utf8(manifest), tag);
            addText(tar, "index.json", "{\"schemaVersion\":2,\"manifests\":[" + descriptor + "]}");
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Adds a blob, and answers its descriptor. */
    private static String blob(TarArchiveOutputStream tar, String type, byte[] bytes, String more) throws IOException {
        Digest digest = Digest.sha256(bytes);
        add(tar, "blobs/sha256/" + digest.encoded(), bytes);
        return "{\"mediaType\":\"" + type + "\",\"digest\":\"" + digest + "\",\"size\":" + bytes.length + more + "}";
    }

    private static void writeDocker(OutputStream out, List<byte[]> layers) throws IOException {
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            List<String> names = new ArrayList<>();
            for (byte[] layer : layers) {
                String name = Digest.sha256(layer).encoded() + ".tar";
                add(tar, name, layer);
                names.add("\"" + name + "\"");
            }
            String config = config(layers);
            String configName = Digest.sha256(utf8(config)).encoded() + ".json";
            addText(tar, configName, config);
            addText(
                    tar,
                    "manifest.json",
                    "[{\"Config\":\"" + configName + "\",\"RepoTags\":[\"" + NAME + "\"],\"Layers\":["
                            + String.join(",", names) + "]}]");
        }
    }

    private static void writeMillion(OutputStream out) throws IOException {
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            for (int i = 0; i < Workplace.count(THOUSAND); i++) {
                addDirectory(tar, "d" + i, "f");
            }
        }
    }

    /** Adds a thousand entries, with the directory. */
    private static void addDirectory(TarArchiveOutputStream tar, String directory, String prefix) throws IOException {
        byte[] content = utf8("content");
        add(tar, directory + "/", new byte[0]);
        for (int j = 1; j < Workplace.count(THOUSAND); j++) {
            add(tar, directory + "/" + prefix + j, j % 2 == 0 ? content : new byte[0]);
        }
    }
}
