package io.layerfs.libraries;

import com.github.luben.zstd.ZstdOutputStream;
import io.layerfs.Backends;
import io.layerfs.Digest;
import io.layerfs.History;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerCompression;
import io.layerfs.LayerOptions;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.ProgressListener;
import io.layerfs.SaveOptions;
import io.layerfs.Verification;
import io.layerfs.WritableView;
import io.layerfs.registry.PullOptions;
import io.layerfs.registry.Reference;
import io.layerfs.registry.Registry;
import io.layerfs.registry.RegistryOptions;
import io.layerfs.trust.Signer;
import io.layerfs.trust.SigningKey;
import io.layerfs.trust.TrustPolicy;
import io.layerfs.trust.TrustRule;
import io.layerfs.vfs.LayerFileSystems;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** A program that uses each library that our modules use, by what they do with it. It says what it did, and fails where one did not work. */
final class EverythingOnce {

    private static final String NAME = "registry.example.com/team/app";
    private static final String TEXT = "what is read\n".repeat(10_000);

    private final Path work;
    private final LayerStore store;

    private EverythingOnce(Path work, LayerStore store) {
        this.work = work;
        this.store = store;
    }

    /**
     * Runs in an empty directory.
     *
     * @param arguments the directory
     */
    public static void main(String[] arguments) throws Exception {
        Path work = Path.of(arguments[0]);
        try (LayerStore store = LayerStore.open(work.resolve("store"))) {
            new EverythingOnce(work, store).run();
        }
        System.out.println("all done");
    }

    private void run() throws Exception {
        Image image = importTree();
        for (Compressor compressor : List.<Compressor>of(
                GZIPOutputStream::new,
                ZstdOutputStream::new,
                out -> new XZOutputStream(out, new LZMA2Options()),
                BZip2CompressorOutputStream::new)) {
            importCompressed(image, compressor);
        }
        for (LayerCompression compression :
                List.of(LayerCompression.GZIP, LayerCompression.ZSTD, LayerCompression.NONE)) {
            save(image, compression);
        }
        sign(image);
        pull(image);
        keepView(image);
        Digest.parse("blake3:" + "0".repeat(64)).newMessageDigest().update((byte) 1);
        Verification found = store.verify(ProgressListener.NONE);
        require(found.isSound(), found.toString());
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new IllegalStateException(what);
        }
    }

    private Image importTree() throws IOException {
        Path tree = Files.createDirectories(work.resolve("tree/etc"));
        Files.writeString(tree.resolve("text"), TEXT);
        return store.importImage(work.resolve("tree"), ImportOptions.DEFAULT.withTag(NAME + ":1"));
    }

    /** Makes a stream that compresses. */
    private interface Compressor {
        OutputStream over(OutputStream out) throws IOException;
    }

    private void importCompressed(Image image, Compressor compressor) throws IOException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        store.exportTar(store.view(image), tar, LayerOptions.EXACT);
        Path file = work.resolve("layer");
        try (OutputStream out = compressor.over(Files.newOutputStream(file))) {
            tar.writeTo(out);
        }
        try (LayerStore other = LayerStore.open(work.resolve("other"))) {
            requireText(other, other.importImage(file, ImportOptions.DEFAULT));
        }
        byte[] cut = Arrays.copyOf(Files.readAllBytes(file), (int) Files.size(file) / 2);
        Files.write(file, cut);
        try (LayerStore other = LayerStore.open(work.resolve("other"))) {
            other.importImage(file, ImportOptions.DEFAULT);
            throw new IllegalStateException("half of a layer was taken");
        } catch (IOException e) {
            System.out.println("half of a layer: " + e.getMessage());
        }
    }

    private static void requireText(LayerStore store, Image image) throws IOException {
        try (FileSystem files = LayerFileSystems.open(store.view(image))) {
            require(Files.readString(files.getPath("/etc/text")).equals(TEXT), "another text");
        }
    }

    private void save(Image image, LayerCompression compression) throws IOException {
        Path saved = work.resolve("saved-" + compression.method() + ".tar");
        store.save(image, saved, SaveOptions.DEFAULT.withCompression(compression));
        try (LayerStore other = LayerStore.open(work.resolve("other"))) {
            requireText(other, other.importImage(saved, ImportOptions.DEFAULT));
        }
    }

    private void sign(Image image) throws IOException, GeneralSecurityException {
        for (String algorithm : List.of("Ed25519", "EC", "RSA")) {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.equals("EC")) {
                generator.initialize(256);
            }
            String pkcs8 = Base64.getEncoder()
                    .encodeToString(generator.generateKeyPair().getPrivate().getEncoded());
            Path key = work.resolve(algorithm + ".pem");
            Files.writeString(key, "-----BEGIN PRIVATE KEY-----\n" + pkcs8 + "\n-----END PRIVATE KEY-----\n");
            SigningKey signing = SigningKey.read(key, null);
            Signer.of(signing).sign(store, image, NAME, Map.of("by", algorithm));
            store.admit(image, TrustPolicy.of(List.of(TrustRule.of("**").signedBy(signing.publicKey())), said -> {}));
        }
    }

    private void pull(Image image) throws IOException {
        Path layout = work.resolve("layout");
        SaveOptions directory = SaveOptions.DEFAULT.withFormat(SaveOptions.Format.OCI_DIRECTORY);
        store.save(image, layout, directory.withCompression(LayerCompression.GZIP));
        String index = Files.readString(layout.resolve("index.json"));
        int at = index.indexOf("sha256:");
        try (ImageRegistry server = new ImageRegistry(layout, index.substring(at, at + 71));
                Registry registry = Registry.open(RegistryOptions.DEFAULT.withPlainHttp(Set.of(server.address())));
                LayerStore pulled = LayerStore.open(work.resolve("pulled"))) {
            Reference reference = Reference.parse(server.address() + "/team/app:1");
            requireText(pulled, registry.pull(pulled, reference, PullOptions.DEFAULT));
        }
    }

    private void keepView(Image image) throws IOException {
        try (WritableView view = store.createView("kept", image, Long.MAX_VALUE);
                FileSystem files = LayerFileSystems.open(view)) {
            Files.writeString(files.getPath("/etc/one"), TEXT);
        }
        try (WritableView view = store.openView("kept");
                FileSystem files = LayerFileSystems.open(view)) {
            Files.writeString(files.getPath("/etc/two"), TEXT);
        }
        try (WritableView view = store.openView("kept");
                FileSystem files = LayerFileSystems.open(view)) {
            require(Files.readString(files.getPath("/etc/one")).equals(TEXT), "the view lost a file");
        }
        try (Mount mount = Backends.named("vfs").mount(store, image, MountOptions.DISPOSABLE)) {
            Files.writeString(mount.root().resolve("etc/one"), TEXT);
            Image next = store.commit(image, mount.changes(), History.of("one file"), null);
            require(next.layers().size() == 2, "no layer was added");
        }
    }
}
