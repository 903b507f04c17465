package io.layerfs.store;

import io.layerfs.Changeset;
import io.layerfs.Digest;
import io.layerfs.DigestMismatchException;
import io.layerfs.MalformedLayerException;
import io.layerfs.blob.Blob;
import io.layerfs.erofs.ErofsImage;
import io.layerfs.erofs.ErofsWriter;
import io.layerfs.memory.Allowance;
import io.layerfs.oci.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer that was read in one pass, into temporary files: decompressed, hashed on both sides, written, indexed. The files are
 * being synced, by {@link TempArea#syncs}.
 *
 * @param size of its tar, in bytes
 * @param tar the uncompressed tar
 * @param original the bytes as they came; null where they are the tar itself, or not to be kept
 * @param source the digest of the bytes as they came
 */
record StagedLayer(
        Digest diffId,
        long size,
        Path tar,
        Path index,
        @Nullable Path original,
        Digest source) {

    /** Where the bytes of a layer come from. */
    interface Source {
        InputStream open() throws IOException;
    }

    /**
     * Reads a layer.
     *
     * @param what names it in messages
     * @param descriptor what its bytes must be, as they come; null where nothing says
     * @param length how many bytes come; {@link Budget#UNKNOWN} where nothing says
     * @param budget what it may cost
     */
    static StagedLayer read(
            String what, Source source, @Nullable Descriptor descriptor, long length, Budget budget, TempArea temp)
            throws IOException {
        try (InputStream in = source.open();
                Allowance memory = budget.memory()) {
            LayerIntake intake = new LayerIntake(what, descriptor, length, budget, temp);
            Changeset changes = intake.read(in, memory);
            Path index = temp.newPath(".erofs");
            ErofsWriter.writeLayer(changes, intake.tar(), index);
            budget.growByIndex(Files.size(index), intake.size());
            temp.syncs().add(index);
            Digest diffId = intake.diffId();
            return new StagedLayer(
                    diffId,
                    intake.size(),
                    intake.tar().file(),
                    index,
                    intake.original(),
                    descriptor == null ? diffId : descriptor.digest());
        } catch (MalformedLayerException e) {
            throw new MalformedLayerException(what + ": " + e.getMessage(), e);
        } catch (DigestMismatchException e) {
            throw e;
        } catch (java.io.EOFException e) {
            throw new MalformedLayerException(what + ": ends too early: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException(what + ": " + e.getMessage(), e);
        }
    }

    /** What the index says, with content in the temporary tar. */
    ErofsImage open() throws IOException {
        return ErofsImage.open(index, List.of(Blob.open(tar)));
    }
}
