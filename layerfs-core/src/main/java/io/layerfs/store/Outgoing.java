package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.LayerCompression;
import io.layerfs.ProgressListener;
import io.layerfs.compress.Compressor;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.ImageConfig;
import io.layerfs.oci.ImageSource;
import io.layerfs.oci.Manifest;
import io.layerfs.oci.MediaTypes;
import io.layerfs.oci.OutgoingImage;
import io.layerfs.oci.RecompressedManifest;
import io.layerfs.oci.Signatures;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Images on their way out of a store, with their layers as they came, or compressed anew: each layer once, however many images
 * have it, into a temporary file that is there until this is closed. For use by one thread.
 */
public final class Outgoing implements AutoCloseable {

    private static final int BUFFER = 256 << 10;

    private final StorePaths paths;
    private final TempArea temp;
    private final StoredSignatures signatures;
    private final LayerCompression compression;
    private final int threads;
    private final ProgressListener listener;
    private final Map<Digest, Blob> compressed = new HashMap<>();
    private @Nullable Compressor compressor;

    /** A layer's bytes in the form in which they go out. */
    private record Blob(Digest digest, long size, Path file) {}

    Outgoing(
            StorePaths paths,
            TempArea temp,
            StoredSignatures signatures,
            LayerCompression compression,
            int threads,
            ProgressListener listener) {
        this.paths = paths;
        this.temp = temp;
        this.signatures = signatures;
        this.compression = compression;
        this.threads = threads;
        this.listener = listener;
    }

    /**
     * The image that {@code descriptor} names, as it goes out; with its signatures, where they still are of its manifest.
     *
     * @param names what it is to be called there
     * @throws io.layerfs.DigestMismatchException where a document, or a layer that is compressed anew, is damaged in the store
     */
    public OutgoingImage image(Descriptor descriptor, List<String> names) throws IOException {
        ImageSource.Document manifest = document("manifest", descriptor);
        Manifest parsed = Manifest.parse("manifest " + descriptor.digest(), manifest.bytes(), descriptor.mediaType());
        ImageSource.Document config = document("config", parsed.config());
        List<Digest> diffIds = ImageConfig.parse("config " + parsed.config().digest(), config.bytes())
                .diffIds();
        List<OutgoingImage.Layer> layers = new ArrayList<>();
        for (int i = 0; i < diffIds.size(); i++) {
            layers.add(layer(diffIds.get(i), parsed.layers().get(i), descriptor.mediaType()));
        }
        List<Descriptor> descriptors =
                layers.stream().map(OutgoingImage.Layer::descriptor).toList();
        String mediaType = MediaTypes.recompressedManifest(descriptor.mediaType(), suffix());
        ImageSource.Document going = RecompressedManifest.of(manifest, descriptors, mediaType);
        boolean same = going.descriptor().digest().equals(descriptor.digest());
        Signatures own = same ? signatures.of(descriptor.digest()) : Signatures.NONE;
        return new OutgoingImage(going, config, layers, names, own);
    }

    private ImageSource.Document document(String kind, Descriptor descriptor) throws IOException {
        Path file = require(kind, descriptor.digest());
        byte[] bytes = Files.readAllBytes(file);
        descriptor.check(file.toString(), bytes);
        return new ImageSource.Document(descriptor, bytes);
    }

    private OutgoingImage.Layer layer(Digest diffId, Descriptor original, String manifest) throws IOException {
        if (compression.method() == LayerCompression.Method.KEEP) {
            Path file = paths.blob(original.digest());
            // a tar that came plain lies under its diff id only, whatever the manifest calls it
            return new OutgoingImage.Layer(original, diffId, Files.exists(file) ? file : require("layer", diffId));
        }
        Blob blob = compressed.get(diffId);
        if (blob == null) {
            blob = blob(diffId);
            compressed.put(diffId, blob);
        }
        String type = MediaTypes.recompressedManifest(manifest, suffix());
        Descriptor descriptor = new Descriptor(
                MediaTypes.recompressed(original.mediaType(), type, suffix()), blob.digest, blob.size, null, Map.of());
        return new OutgoingImage.Layer(descriptor, diffId, blob.file);
    }

    private String suffix() {
        return switch (compression.method()) {
            case GZIP -> "gzip";
            case ZSTD -> "zstd";
            case KEEP, NONE -> "";
        };
    }

    private Blob blob(Digest diffId) throws IOException {
        Path tar = require("layer", diffId);
        long size = Files.size(tar);
        if (compression.method() == LayerCompression.Method.NONE) {
            return new Blob(diffId, size, tar);
        }
        Path file = temp.newPath("." + suffix());
        MessageDigest digest = Digest.newSha256();
        try (InputStream in = new ProgressInputStream(
                        OutgoingImage.verified("layer " + diffId, tar, diffId, size),
                        diffId.toString(),
                        size,
                        listener);
                OutputStream out =
                        new BufferedOutputStream(new DigestOutputStream(Files.newOutputStream(file), digest), BUFFER)) {
            compressor().compress(in, out);
        }
        return new Blob(Digest.ofSha256(digest.digest()), Files.size(file), file);
    }

    private Compressor compressor() throws IOException {
        if (compressor == null) {
            compressor = compression.method() == LayerCompression.Method.GZIP
                    ? Compressor.gzip(compression.level(), threads)
                    : Compressor.zstd(compression.level(), threads);
        }
        return compressor;
    }

    private Path require(String kind, Digest digest) throws IOException {
        Path file = paths.blob(digest);
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString(), null, kind + " " + digest + " is not in the store");
        }
        return file;
    }

    /** Deletes what was compressed. */
    @Override
    public void close() throws IOException {
        try {
            if (compressor != null) {
                compressor.close();
            }
        } finally {
            temp.close();
        }
    }
}
