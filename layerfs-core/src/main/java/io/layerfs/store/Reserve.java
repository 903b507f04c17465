package io.layerfs.store;

import io.layerfs.blob.NamedFiles;
import io.layerfs.blob.RandomFile;
import io.layerfs.host.Durable;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * A file of a store that holds room on the disk for the next {@code index.json}, so that images can be removed where there is no
 * room at all: not a block, and not an inode. Then the reserve is written over and renamed, which takes neither; what was replaced
 * gives room for the next reserve.
 *
 * <p>Never required: where there is none, things are as without it. Its bytes are of no meaning; they are such that no file
 * system can keep them in less room. The caller has the lock of {@code index.json}.
 */
final class Reserve {

    private static final int PIECE = 64 << 10;
    private static final long LEAST = PIECE;

    /** An index of more bytes has no reserve of its size. */
    private static final long MOST = 16 << 20;

    private final StorePaths paths;
    private final StoreLocks locks;

    Reserve(StorePaths paths, StoreLocks locks) {
        this.paths = paths;
        this.locks = locks;
    }

    /** Replaces {@code index.json} or another small file, whole; where it does not grow, from the reserve if need be. */
    void replace(Publication.Content content, Path target) throws IOException {
        locks.requireWritable();
        try {
            write(content, target);
        } catch (ClosedByInterruptException | InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            if (!NamedFiles.exists(paths.reserve()) || sizeOf(content) > sizeOf(target)) {
                throw e;
            }
            writeByReserve(content, target, e);
        }
        fill();
    }

    private void write(Publication.Content content, Path target) throws IOException {
        try (TempArea temp = TempArea.create(paths.temporary(), locks)) {
            Path file = new Publication(temp).write(content);
            temp.syncs().await();
            Durable.rename(file, target);
        }
    }

    private void writeByReserve(Publication.Content content, Path target, IOException before) throws IOException {
        try {
            try (RandomFile file = RandomFile.open(paths.reserve())) {
                AtEnd out = new AtEnd(file);
                BufferedOutputStream buffered = new BufferedOutputStream(out, PIECE);
                content.writeTo(buffered);
                buffered.flush();
                file.truncate(out.position);
                file.sync();
            }
            Durable.rename(paths.reserve(), target);
        } catch (IOException e) {
            before.addSuppressed(e);
            writeInstead(
                    content, target, before); // file systems that write nothing over, as btrfs, have room without it
        }
    }

    private void writeInstead(Publication.Content content, Path target, IOException before) throws IOException {
        try {
            Files.deleteIfExists(paths.reserve());
            write(content, target);
        } catch (IOException e) {
            before.addSuppressed(e);
            throw before;
        }
    }

    /** Makes the reserve as large as it has to be, if there is room. */
    void fill() {
        try {
            long index = Math.min(MOST, sizeOf(paths.references()));
            long known = sizeOf(paths.reserve());
            if (known < Math.max(LEAST, index)) {
                lengthen(known, Math.max(LEAST, (index + index / 2 + LEAST - 1) / LEAST * LEAST));
            }
        } catch (IOException e) {
            return; // no room, which is for others to say
        }
    }

    private void lengthen(long from, long to) throws IOException {
        SplittableRandom random = new SplittableRandom(from);
        byte[] piece = new byte[PIECE];
        try (RandomFile file = RandomFile.open(paths.reserve())) {
            try {
                for (long at = from; at < to; at += piece.length) {
                    random.nextBytes(piece);
                    file.write(at, piece, 0, (int) Math.min(piece.length, to - at));
                }
            } catch (IOException e) {
                file.truncate(from);
                throw e;
            }
        }
    }

    private static long sizeOf(Publication.Content content) throws IOException {
        long[] size = new long[1];
        content.writeTo(new OutputStream() {
            @Override
            public void write(int b) {
                size[0]++;
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                size[0] += length;
            }
        });
        return size[0];
    }

    /** Writes a file from its start, over what it has. */
    private static final class AtEnd extends OutputStream {
        private final RandomFile file;
        private long position;

        AtEnd(RandomFile file) {
            this.file = file;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            file.write(position, bytes, offset, length);
            position += length;
        }
    }

    private static long sizeOf(Path file) throws IOException {
        return NamedFiles.exists(file) ? Files.size(file) : 0;
    }
}
