package io.layerfs.store;

import io.layerfs.Changeset;
import io.layerfs.Digest;
import io.layerfs.ImportOptions;
import io.layerfs.LayerPath;
import io.layerfs.MalformedLayerException;
import io.layerfs.Platform;
import io.layerfs.host.HostDirectory;
import io.layerfs.host.HostPaths;
import io.layerfs.memory.Allowance;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.ImageConfig;
import io.layerfs.oci.ImageFiles;
import io.layerfs.oci.ImageSource;
import io.layerfs.oci.MediaTypes;
import io.layerfs.oci.TarFiles;
import io.layerfs.tar.LayerTarWriter;
import io.layerfs.tar.TarEntry;
import io.layerfs.tar.TarReader;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Finds out what a file or directory is that is to be imported: by its content, not by its name.
 *
 * <p>A bare layer or a host directory becomes an image of one layer with the least config there can be.
 */
final class Sources {

    /** How the first entry of an image archive begins, in either of its forms. */
    private static final Pattern ARCHIVE_START =
            Pattern.compile("(\\./)?(oci-layout|index\\.json|manifest\\.json|repositories|blobs(/.*)?|[0-9a-f]{64}.*)");

    /** How many bytes of a file, compressed or not, have its first entry: a block of bzip2 is the largest. */
    private static final int START = 2 << 20;

    /** How many bytes of documents are read of an archive that was compressed as a whole: their number may have grown, too. */
    private static final long MAX_DOCUMENTS = 64 << 20;

    private final Path store;
    private final ImportOptions options;
    private final Budget budget;
    private final TempArea temp;
    private final List<StagedLayer> staged = new ArrayList<>();

    /** {@code store} is the directory of the store that it is for. */
    Sources(Path store, ImportOptions options, Budget budget, TempArea temp) {
        this.store = store;
        this.options = options;
        this.budget = budget;
        this.temp = temp;
    }

    /** The layers that had to be read to learn what they are. */
    List<StagedLayer> staged() {
        return staged;
    }

    ImageSource open(Path source) throws IOException {
        if (Files.isDirectory(source)) {
            return Files.isRegularFile(source.resolve("oci-layout"))
                    ? read(source, ImageFiles.of(source), Long.MAX_VALUE)
                    : hostDirectory(source);
        }
        if (Files.size(source) == 0) {
            throw new MalformedLayerException(source + ": an empty file, which is neither an image nor a layer");
        }
        budget.cameAll(Files.size(source));
        try (InputStream in = new BufferedInputStream(Files.newInputStream(source), 64 << 10)) {
            in.mark(Compression.START_LENGTH);
            Compression compression = Compression.of(in.readNBytes(Compression.START_LENGTH));
            in.reset();
            return startsAsArchive(compression, source) ? archive(source, compression, in) : layer(source);
        }
    }

    private ImageSource read(Path source, ImageFiles files, long documents) throws IOException {
        Platform wanted = options.platform();
        Platform platform = wanted == null ? Platform.host() : wanted;
        return ImageSource.read(source.toString(), files, documents, platform, options.reference())
                .require(source.toString(), wanted);
    }

    private boolean startsAsArchive(Compression compression, Path source) throws IOException {
        byte[] start;
        try (InputStream in = Files.newInputStream(source)) {
            start = in.readNBytes(START);
        }
        try (InputStream in = new ByteArrayInputStream(start);
                Allowance memory = budget.memory()) {
            TarEntry first = new TarReader(compression.decompress(in, memory)).next();
            return first != null
                    && ARCHIVE_START
                            .matcher(io.layerfs.Utf8.decode(first.path()))
                            .matches();
        } catch (IOException e) {
            // whatever is wrong with it is said, with its place, when it is read as a layer
            return false;
        }
    }

    private ImageSource archive(Path source, Compression compression, InputStream in) throws IOException {
        Path tar = source;
        if (compression != Compression.NONE) {
            tar = temp.newPath(".tar");
            Budget.Limit limit = budget.ofArchive();
            try (Allowance memory = budget.memory();
                    InputStream plain = compression.decompress(in, memory);
                    OutputStream out = Files.newOutputStream(tar)) {
                new TeeInputStream(plain, null, out, limit).transferTo(OutputStream.nullOutputStream());
            } catch (MalformedLayerException e) {
                throw new MalformedLayerException(source + ": " + e.getMessage(), e);
            }
        }
        try (Allowance memory = budget.memory()) {
            ImageFiles files = TarFiles.of(tar, memory);
            boolean image = files.find("oci-layout") != null || files.find("manifest.json") != null;
            long documents = compression == Compression.NONE ? Long.MAX_VALUE : MAX_DOCUMENTS;
            return image ? read(source, files, documents) : layer(source);
        }
    }

    /** One layer: its config must have its diff id, which reading it tells. */
    private ImageSource layer(Path source) throws IOException {
        StagedLayer layer = StagedLayer.read(
                source.toString(),
                () -> new ProgressInputStream(
                        Files.newInputStream(source), source.toString(), Files.size(source), options.listener()),
                null,
                Files.size(source),
                budget,
                temp);
        staged.add(layer);
        return single(layer.tar(), layer.diffId());
    }

    private ImageSource hostDirectory(Path directory) throws IOException {
        ImportOptions.Owner owner = options.owner();
        Changeset changes = HostDirectory.readWithout(
                directory, owner == null ? null : new int[] {owner.uid(), owner.gid()}, store);
        Path real = directory.toRealPath();
        if (store.startsWith(real)) {
            LayerPath place = LayerPath.of(HostPaths.text(real.relativize(store)));
            options.skipped().skipped(place, "the store that it is imported into");
        }
        Path tar = temp.newPath(".tar");
        MessageDigest digest = Digest.newSha256();
        try (OutputStream out =
                new DigestOutputStream(new BufferedOutputStream(Files.newOutputStream(tar), 256 << 10), digest)) {
            LayerTarWriter.write(changes, out, time -> time)
                    .forEach(socket -> options.skipped().skipped(socket, "a socket, for which a tar has no form"));
        }
        return single(tar, Digest.ofSha256(digest.digest()));
    }

    private ImageSource single(Path tar, Digest diffId) throws IOException {
        Platform platform = options.platform();
        ImageFiles.ImageFile file = new ImageFiles.ImageFile(tar.getFileName().toString(), tar, 0, Files.size(tar));
        return plain(platform == null ? Platform.host() : platform, List.of(new ImageSource.Layer(file, null, diffId)));
    }

    /** An image that has nothing but layers, base first. */
    static ImageSource plain(Platform platform, List<ImageSource.Layer> layers) {
        List<Digest> diffIds = layers.stream().map(ImageSource.Layer::diffId).toList();
        ImageConfig config = new ImageConfig(platform, diffIds);
        byte[] bytes = config.toBytes();
        Descriptor descriptor = new Descriptor(MediaTypes.CONFIG, Digest.sha256(bytes), bytes.length, null, Map.of());
        return new ImageSource(null, new ImageSource.Document(descriptor, bytes), config, layers, List.of());
    }
}
