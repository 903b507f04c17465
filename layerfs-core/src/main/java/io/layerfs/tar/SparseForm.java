package io.layerfs.tar;

import io.layerfs.Content;
import io.layerfs.blob.SparseSlice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a file with large holes is written to a tar: which of its blocks are not all zeros (GNU tar manual, "PAX Format, Version
 * 1.0"). It follows from the bytes alone, whether what has them knows of holes or not, so that the same tree gives the same tar.
 *
 * <p>image-spec advises against it (layer.md, "sparse files SHOULD NOT be used"), and every other tar reader of the field reads it. So
 * only a file has it in which one aligned piece of 16 MiB is zeros: of all others, zeros are written.
 *
 * @param blocks runs of blocks, by rising position; the last may end with the file
 * @param size how many bytes the file has
 */
record SparseForm(List<SparseForm.Run> blocks, long size) {

    /** The largest size that a file may have by what is said of holes: all that the layers of an image can have. */
    static final long MAX_SIZE = 1L << 41;

    private static final int PIECE = 16 << 20;
    private static final int LEAST_BLOCK = 4096;
    /** Runs are half as many at the most, which readers take. */
    private static final int MAX_BLOCKS = 2 * TarLimits.SPARSE_EXTENTS;

    private static final int BUFFER = 64 << 10;

    /** Bytes that are stored. */
    record Run(long position, long end) {}

    /** That of a file; null where it is written as it is. */
    static @Nullable SparseForm of(Content content) throws IOException {
        long size = content.size();
        if (size < PIECE) {
            return null;
        }
        Scan scan = new Scan(content);
        boolean sparse = false;
        for (long at = 0; !sparse && at + PIECE <= size; at += PIECE) {
            sparse = scan.isZero(at, at + PIECE);
        }
        return sparse ? new SparseForm(scan.runs(blockSize(size)), size) : null;
    }

    /** How many bytes of such a file are written, where they are those of a sparse file of this size. */
    static long written(List<SparseSlice.Extent> extents, long size) {
        long piece = 0;
        boolean sparse = false;
        for (SparseSlice.Extent extent : extents) {
            sparse |= align(piece, PIECE) + PIECE <= extent.position();
            piece = extent.position() + extent.length();
        }
        sparse |= align(piece, PIECE) + PIECE <= size;
        if (!sparse) {
            return size;
        }
        long block = blockSize(size);
        long written = 0;
        long end = 0;
        for (SparseSlice.Extent extent : extents) {
            long from = Math.max(end, extent.position() / block * block);
            end = Math.max(from, Math.min(size, align(extent.position() + extent.length(), block)));
            written += end - from;
        }
        return written;
    }

    private static long align(long position, long unit) {
        return (position + unit - 1) / unit * unit;
    }

    private static long blockSize(long size) {
        long block = LEAST_BLOCK;
        while ((size - 1) / block + 1 > MAX_BLOCKS) {
            block *= 2;
        }
        return block;
    }

    /** The text in front of the data: how many runs there are, and of each where it is and how many bytes it has. */
    byte[] map() {
        boolean endsWithHole = blocks.isEmpty()
                || (blocks.get(blocks.size() - 1).end() < size && blocks.size() < TarLimits.SPARSE_EXTENTS);
        StringBuilder map = new StringBuilder();
        map.append(blocks.size() + (endsWithHole ? 1 : 0)).append('\n');
        for (Run run : blocks) {
            map.append(run.position())
                    .append('\n')
                    .append(run.end() - run.position())
                    .append('\n');
        }
        if (endsWithHole) {
            map.append(size).append("\n0\n"); // as GNU tar says it
        }
        return map.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** How many bytes of the file are stored. */
    long stored() {
        return blocks.stream().mapToLong(run -> run.end() - run.position()).sum();
    }

    /** The name that the entry has for readers that do not know of sparse files, beside the file's own. */
    static byte[] entryName(byte[] path) {
        String text = new String(path, StandardCharsets.ISO_8859_1);
        int slash = text.lastIndexOf('/') + 1;
        return (text.substring(0, slash) + "GNUSparseFile.0/" + text.substring(slash))
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Looks for zeros. */
    private static final class Scan {
        private final Content content;
        private final long size;
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        private final ByteBuffer zeros = ByteBuffer.allocate(BUFFER);

        Scan(Content content) {
            this.content = content;
            this.size = content.size();
        }

        /** Reads little of what begins with other bytes. */
        boolean isZero(long from, long end) throws IOException {
            int length = 512;
            for (long at = content.nextData(from); at < end; at = content.nextData(at)) {
                buffer.clear().limit((int) Math.min(length, Math.min(content.dataEnd(at), end) - at));
                int n = content.read(at, buffer);
                if (n <= 0 || buffer.flip().mismatch(zeros.clear().limit(n)) >= 0) {
                    return false;
                }
                at += n;
                length = BUFFER;
            }
            return true;
        }

        List<Run> runs(long block) throws IOException {
            List<Run> runs = new ArrayList<>();
            long start = -1;
            for (long at = content.nextData(0) / block * block; at < size; ) {
                long end = Math.min(at + block, size);
                boolean zero = isZero(at, end);
                if (!zero && start < 0) {
                    start = at;
                } else if (zero && start >= 0) {
                    runs.add(new Run(start, at));
                    start = -1;
                }
                at = zero ? Math.max(end, content.nextData(end) / block * block) : end;
            }
            if (start >= 0) {
                runs.add(new Run(start, size));
            }
            return runs;
        }
    }
}
