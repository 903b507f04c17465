package io.layerfs.overlay.stress;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.Xattrs;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.ImageConfig;
import io.layerfs.oci.Json;
import io.layerfs.oci.Manifest;
import io.layerfs.oci.MediaTypes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Images to import, as OCI layouts: they share layers, some of which are compressed. */
final class Sources {

    static final int COUNT = 8;

    private static final int LAYERS = 6;
    private static final int FILES = 20;
    private static final Platform PLATFORM = new Platform("linux", "amd64", null);

    private Sources() {}

    /** Makes them in {@code directory}; answers the digests of their manifests. */
    static List<Digest> make(Path directory) throws IOException {
        List<Digest> digests = new ArrayList<>();
        try (LayerStore pool = LayerStore.open(directory.resolve("pool"))) {
            List<Layer> layers = new ArrayList<>();
            for (int i = 0; i < LAYERS; i++) {
                layers.add(pool.add(layer(i)));
            }
            Random random = new Random(1);
            for (int i = 0; i < COUNT; i++) {
                List<Layer> chosen = new ArrayList<>(layers.subList(0, 1 + random.nextInt(2)));
                for (Layer layer : layers.subList(2, LAYERS)) {
                    if (random.nextBoolean()) {
                        chosen.add(layer);
                    }
                }
                Path source = at(directory, i);
                if (i % 2 == 0) {
                    digests.add(compressed(chosen, source));
                } else {
                    try (LayerStore layout = LayerStore.open(source)) {
                        List<Layer> own = new ArrayList<>();
                        for (Layer layer : chosen) {
                            try (InputStream tar = layer.openTar()) {
                                own.add(layout.add(tar));
                            }
                        }
                        Image image = layout.createImage(own, PLATFORM);
                        digests.add(image.digest());
                    }
                }
            }
        }
        return digests;
    }

    static Path at(Path directory, int index) {
        return directory.resolve("source" + index);
    }

    /** What is in a file is told by its name. */
    static byte[] content(String name) {
        byte[] bytes = new byte[100 + Math.floorMod(name.hashCode(), 20_000)];
        new Random(name.hashCode()).nextBytes(bytes);
        return bytes;
    }

    static boolean isSound(String name, byte[] bytes) {
        return Arrays.equals(bytes, content(name));
    }

    private static io.layerfs.Changeset layer(int number) throws IOException {
        Attributes file = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
        Attributes directory = new Attributes(0755, 0, 0, Instant.EPOCH, Xattrs.NONE);
        ChangesetBuilder layer = new ChangesetBuilder().directory("", directory).directory("d" + number, directory);
        for (int i = 0; i < FILES; i++) {
            String name = "l" + number + "-f" + i;
            layer.file("d" + number + "/" + name, file, content(name));
        }
        if (number > 2) {
            layer.whiteout("d" + (number - 1) + "/l" + (number - 1) + "-f0");
        }
        return layer.build();
    }

    private static Digest compressed(List<Layer> layers, Path layout) throws IOException {
        Files.createDirectories(layout.resolve("blobs/sha256"));
        List<Descriptor> descriptors = new ArrayList<>();
        for (Layer layer : layers) {
            ByteArrayOutputStream gzip = new ByteArrayOutputStream();
            try (InputStream tar = layer.openTar();
                    GZIPOutputStream out = new GZIPOutputStream(gzip)) {
                tar.transferTo(out);
            }
            descriptors.add(put(layout, MediaTypes.LAYER + "+gzip", gzip.toByteArray()));
        }
        ImageConfig config =
                new ImageConfig(PLATFORM, layers.stream().map(Layer::diffId).toList());
        Descriptor configIs = put(layout, MediaTypes.CONFIG, config.toBytes());
        Descriptor manifest = put(layout, MediaTypes.MANIFEST, new Manifest(configIs, descriptors).toBytes());
        Files.write(
                layout.resolve("index.json"),
                Json.write(Map.of("schemaVersion", 2L, "manifests", List.of(manifest.toJson()))));
        Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        return manifest.digest();
    }

    private static Descriptor put(Path layout, String mediaType, byte[] bytes) throws IOException {
        Digest digest = Digest.sha256(bytes);
        Files.write(layout.resolve("blobs/sha256").resolve(digest.encoded()), bytes);
        return new Descriptor(mediaType, digest, bytes.length, null, Map.of());
    }
}
