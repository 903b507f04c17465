package io.layerfs.examples.command;

import io.layerfs.Digest;
import io.layerfs.DigestMismatchException;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code layerfs export-layer}. */
@Command(
        name = "export-layer",
        header = "Write a layer's tar, byte for byte as it came.",
        description = {"The tar is uncompressed; its sha256 is the diff id, which is checked on the way."},
        footer = "%nExamples:%n  layerfs export-layer 9a2f03 layer.tar%n  layerfs export-layer 9a2f03 - | tar -t")
final class ExportLayerCommand extends StoreCommand {

    private static final int BUFFER = 1 << 17;

    @Parameters(index = "0", paramLabel = "DIFFID", description = "A layer's diff id, or the start of one.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String diffId;

    @Option(names = "--replace", description = "Replace a file that is there.")
    private boolean replace;

    @Parameters(index = "1", paramLabel = "FILE|-", description = "Where to; - is standard output.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String target;

    @Override
    int run(LayerStore store) throws IOException, Failure {
        Layer layer = References.findLayer(store, diffId);
        writeTo(target, replace, out -> copy(layer, out));
        return ExitCode.OK;
    }

    private static void copy(Layer layer, OutputStream out) throws IOException {
        MessageDigest hash = newMessageDigest(layer.diffId());
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = layer.openTar()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                hash.update(buffer, 0, n);
                out.write(buffer, 0, n);
            }
        }
        byte[] digest = hash.digest();
        if (!layer.diffId().matches(digest)) {
            throw new DigestMismatchException("layer " + layer.diffId() + ": the tar that was written has "
                    + layer.diffId().algorithm() + ":" + HexFormat.of().formatHex(digest)
                    + "; 'layerfs verify' tells more");
        }
    }

    private static MessageDigest newMessageDigest(Digest digest) throws IOException {
        try {
            return digest.newMessageDigest();
        } catch (NoSuchAlgorithmException e) {
            throw new IOException("layer " + digest + ": " + e.getMessage(), e);
        }
    }
}
