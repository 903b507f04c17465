package io.layerfs.examples;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerCompression;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.SaveOptions;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** A small image of two layers, as an OCI archive. */
final class SampleImage {

    private SampleImage() {}

    /** Writes it to {@code archive}; the store that it is made in is left in {@code store}. */
    static void write(Path store, Path archive, LayerCompression compression) throws IOException {
        try (LayerStore layers = LayerStore.open(store)) {
            Layer base = layers.add(new ChangesetBuilder()
                    .directory("etc", attributes(0755))
                    .file("etc/os-release", attributes(0644), bytes("ID=sample\nVERSION_ID=1\n"))
                    .file("etc/passwd", attributes(0644), bytes("root:x:0:0:root:/root:/bin/sh\n"))
                    .directory("usr", attributes(0755))
                    .directory("usr/bin", attributes(0755))
                    .file("usr/bin/hello", attributes(0755), bytes("#!/bin/sh\necho hello\n"))
                    .symlink("bin", attributes(0777), "usr/bin")
                    .build());
            Layer top = layers.add(new ChangesetBuilder()
                    .file("etc/motd", attributes(0644), bytes("Welcome\n"))
                    .build());
            Image image = layers.createImage(List.of(base, top), Platform.host());
            layers.tag(image, "sample:1");
            layers.save(
                    layers.image("sample:1"),
                    archive,
                    SaveOptions.DEFAULT.withFormat(SaveOptions.Format.OCI).withCompression(compression));
        }
    }

    private static Attributes attributes(int mode) {
        return new Attributes(mode, 0, 0, Instant.EPOCH, Xattrs.NONE);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
