package io.layerfs.erofs;

import io.layerfs.Changeset;
import io.layerfs.blob.Blob;
import io.layerfs.memory.Allowance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * Writes a changeset as an EROFS image that holds metadata only, its files' data being where their content says: in tars
 * that are the image's devices.
 *
 * <p>The image has blocks of 512 bytes, because that is where tars have their data: any file whose data starts at a block
 * of a tar is one flat piece of the address space that the image shares with its devices. The same tree and devices give
 * the same bytes. Behind the image lie checksums of its pages.
 *
 * <p>In memory are one directory's names at a time, with those of the directories that it lies in, and 4 bytes or so for each
 * file.
 */
public final class ErofsWriter {

    private ErofsWriter() {}

    /**
     * Writes the index of a layer to a new file: whiteouts and opaque directories in the form that overlayfs knows, implicit
     * directories and links into lower layers in one of our own.
     *
     * @throws io.layerfs.MalformedLayerException where the layer says what the format cannot, naming the path
     */
    public static void writeLayer(Changeset layer, Blob tar, Path file) throws IOException {
        write(layer, List.of(tar), true, Allowance.UNLIMITED, file);
    }

    /**
     * Writes the index of a union, which has no whiteouts, to a new file.
     *
     * @param devices what the tree's content lies in, in the order in which a mount must name them: base first
     * @throws io.layerfs.MalformedLayerException where the tree says what the format cannot, naming the path
     */
    public static void writeMerged(Changeset tree, List<Blob> devices, Path file) throws IOException {
        writeMerged(tree, devices, Allowance.UNLIMITED, file);
    }

    /** The same, of a tree that takes memory for each of its directories that was not written yet: from {@code memory}. */
    public static void writeMerged(Changeset tree, List<Blob> devices, Allowance memory, Path file) throws IOException {
        write(tree, devices, false, memory, file);
    }

    private static void write(Changeset tree, List<Blob> blobs, boolean isLayer, Allowance memory, Path file)
            throws IOException {
        try (Allowance first = memory.part()) {
            write(tree, blobs, isLayer, first, file, true);
        } catch (InodeWriter.TooManyLinks e) {
            Files.delete(file);
            write(tree, blobs, isLayer, memory, file, false);
        }
    }

    private static void write(
            Changeset tree, List<Blob> blobs, boolean isLayer, Allowance memory, Path file, boolean isShort)
            throws IOException {
        Devices devices = Devices.of(blobs);
        try (IndexOutput out = new IndexOutput(file)) {
            // short inodes have the time of the root; where all is of one time, as in reproducible layers, that is most
            Instant epoch = tree.root().attributes().mtime();
            InodeWriter inodes = new InodeWriter(out, isShort ? epoch : null);
            FileWriter files = new FileWriter(out, inodes, devices);
            out.allocate(Superblock.end(devices.count()), 1);
            int root = new TreeWriter(new DirectoryWriter(out, inodes), files, isLayer, memory).write(tree.root());
            out.allocate(0, Erofs.BLOCK);
            Superblock.write(out, devices, root, inodes.count(), epoch);
            out.finish();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
