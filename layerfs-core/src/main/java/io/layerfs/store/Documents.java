package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.Platform;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.ImageConfig;
import io.layerfs.oci.ImageFiles;
import io.layerfs.oci.Manifest;
import io.layerfs.oci.MediaTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** An image's documents. */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record Documents(Descriptor manifest, Manifest parsed, byte[] config, ImageConfig parsedConfig) {

    /** The bytes of a document that lies in a file, and that are what its descriptor says. */
    static byte[] read(Path file, Descriptor descriptor) throws IOException {
        byte[] bytes = new ImageFiles.ImageFile(file.toString(), file, 0, Files.size(file)).readDocument();
        descriptor.check(file.toString(), bytes);
        return bytes;
    }

    /** Those of an image that has no layers yet, made of its config. */
    public static Documents ofNothing(byte[] config) throws IOException {
        Digest digest = Digest.sha256(config);
        Descriptor is = new Descriptor(MediaTypes.CONFIG, digest, config.length, null, Map.of());
        Platform platform = ImageConfig.parse("config " + digest, config).platform();
        return new Documents(is, new Manifest(is, List.of()), config, new ImageConfig(platform, List.of()));
    }

    /** The same with another config document. */
    public Documents withConfig(byte[] other) {
        return new Documents(manifest, parsed, other, parsedConfig);
    }
}
