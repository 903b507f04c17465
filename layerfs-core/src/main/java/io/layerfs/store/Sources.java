package io.layerfs.store;

import io.layerfs.Changeset;
import io.layerfs.Digest;
import io.layerfs.ImportOptions;
import io.layerfs.LayerPath;
import io.layerfs.MalformedLayerException;
import io.layerfs.Platform;
import io.layerfs.Utf8;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a file or directory is that is to be imported: by all that it holds, not by its name, nor by what comes first in it.
 *
 * <p>A bare layer or a host directory becomes an image of one layer with the least config there can be.
 */
final class Sources {

    /** What the names of an archive of images begin with, mostly: it is looked at as one before it is read as a layer. */
    private static final Pattern ARCHIVE_NAME =
            Pattern.compile("(\\./|/)?(oci-layout|index\\.json|manifest\\.json|repositories"
                    + "|blobs(/.*)?|(sha256:)?[0-9a-f]{64}.*)");

    /** How many names are asked whether they are like that. */
    private static final int NAMES = 16;

    /** What an archive of images has one of, in its root. */
    private static final List<LayerPath> MARKERS = Stream.of("oci-layout", "manifest.json", "repositories")
            .map(LayerPath::of)
            .toList();

    /** How many bytes of a file, compressed or not, have its first entries: a block of bzip2 is the largest. */
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

    /** What lies at a path of the host; a pipe or a device is read to its end first. */
    ImageSource open(Path source) throws IOException {
        if (Files.isDirectory(source)) {
            ImageSource image = find(source.toString(), ImageFiles.of(source), Long.MAX_VALUE);
            return image == null ? hostDirectory(source) : image;
        }
        if (Files.exists(source) && !Files.isRegularFile(source)) {
            try (InputStream in = Files.newInputStream(source)) {
                return open(in, source.toString());
            }
        }
        return open(source.toString(), source);
    }

    /** What a stream has, which is read to its end: what an archive is, and where its files are, is known only then. */
    ImageSource open(InputStream in, String what) throws IOException {
        Path file = temp.newPath(".spool");
        try (OutputStream out = Files.newOutputStream(file)) {
            new TeeInputStream(in, null, out, Budget.of(options.maxImageSize()))
                    .transferTo(OutputStream.nullOutputStream());
        } catch (MalformedLayerException e) {
            throw new MalformedLayerException(what + ": " + e.getMessage(), e);
        }
        return open(what, file);
    }

    private ImageSource open(String what, Path file) throws IOException {
        if (Files.size(file) == 0) {
            throw new MalformedLayerException(what + ": an empty file, which is neither an image nor a layer");
        }
        budget.cameAll(Files.size(file));
        Compression compression = compression(file);
        ImageSource image = hasNamesOfArchive(compression, file) ? archive(what, file, compression) : null;
        return image == null ? layer(what, file, compression) : image;
    }

    private static Compression compression(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Compression.of(in.readNBytes(Compression.START_LENGTH));
        }
    }

    private static boolean startsAsTar(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return TarReader.startsWithHeader(in.readNBytes(Compression.START_LENGTH));
        }
    }

    private @Nullable ImageSource find(String what, ImageFiles files, long documents) throws IOException {
        Platform wanted = options.platform();
        ImageSource image = ImageSource.find(what, files, documents, wanted, options.reference());
        return image == null ? null : image.require(what, wanted);
    }

    private boolean hasNamesOfArchive(Compression compression, Path file) throws IOException {
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(START);
        }
        try (InputStream in = new ByteArrayInputStream(start);
                Allowance memory = budget.memory();
                InputStream plain = compression.decompress(in, memory)) {
            TarReader tar = new TarReader(plain);
            for (int i = 0; i < NAMES; i++) {
                TarEntry entry = tar.next();
                if (entry == null) {
                    return false;
                }
                if (ARCHIVE_NAME.matcher(Utf8.decode(entry.path())).matches()) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            // whatever is wrong with it is said, with its place, when it is read as a layer
            return false;
        }
    }

    /** The image that is wanted of what is like an archive; null where it is none. */
    private @Nullable ImageSource archive(String what, Path file, Compression compression) throws IOException {
        if (compression == Compression.NONE) {
            return imageIn(what, file, Long.MAX_VALUE);
        }
        Path tar = temp.newPath(".tar");
        Budget.Limit limit = budget.ofArchive();
        try (Allowance memory = budget.memory();
                InputStream in = new BufferedInputStream(Files.newInputStream(file), 64 << 10);
                InputStream plain = compression.decompress(in, memory);
                OutputStream out = Files.newOutputStream(tar)) {
            new TeeInputStream(plain, null, out, limit).transferTo(OutputStream.nullOutputStream());
        } catch (MalformedLayerException e) {
            throw new MalformedLayerException(what + ": " + e.getMessage(), e);
        }
        return imageIn(what, tar, MAX_DOCUMENTS);
    }

    private @Nullable ImageSource imageIn(String what, Path tar, long documents) throws IOException {
        try (Allowance memory = budget.memory()) {
            return find(what, TarFiles.of(what, tar, memory), documents);
        }
    }

    /**
     * One layer: its config must have its diff id, which reading it tells. What it holds tells, too, that it is an archive of
     * images all the same, whatever names come first in it.
     */
    private ImageSource layer(String what, Path file, Compression compression) throws IOException {
        StagedLayer layer;
        try {
            layer = StagedLayer.read(
                    what,
                    () -> new ProgressInputStream(
                            Files.newInputStream(file), what, Files.size(file), options.listener()),
                    null,
                    Files.size(file),
                    budget,
                    temp);
        } catch (MalformedLayerException e) {
            if (compression != Compression.NONE || startsAsTar(file)) {
                throw e;
            }
            String words = String.valueOf(e.getMessage());
            throw new MalformedLayerException(
                    what + ": neither a tar nor what gzip, zstd, xz or bzip2 make of one; read as a tar: "
                            + (words.startsWith(what + ": ") ? words.substring(what.length() + 2) : words),
                    e);
        }
        if (hasMarker(layer)) {
            budget.readArchive();
            ImageSource image =
                    imageIn(what, layer.tar(), compression == Compression.NONE ? Long.MAX_VALUE : MAX_DOCUMENTS);
            if (image != null) {
                return image;
            }
        }
        staged.add(layer);
        return single(layer.tar(), layer.diffId());
    }

    private static boolean hasMarker(StagedLayer layer) throws IOException {
        Changeset said = layer.open().changeset();
        for (LayerPath marker : MARKERS) {
            if (said.find(marker) != null) {
                return true;
            }
        }
        return false;
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
