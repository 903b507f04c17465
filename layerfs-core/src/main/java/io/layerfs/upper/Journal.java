package io.layerfs.upper;

import io.layerfs.blob.NamedFiles;
import io.layerfs.blob.RandomFile;
import io.layerfs.host.Durable;
import io.layerfs.lock.LockOrder;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file to which records are appended, each with its length and a checksum. What a crash left unfinished at its end is cut
 * off when it is opened. Safe for many threads.
 *
 * <p>Form: 16 bytes of magic; then for each record its length and the CRC32C of its bytes, 4 bytes each, big-endian, and its
 * bytes. A record is written by one call; {@link #force} has all of them survive a crash of the machine. After such a crash a
 * record that was not forced may be torn, and sound ones lie behind it: reading ends there all the same, since none of them was
 * forced either.
 */
final class Journal implements Closeable {

    private static final byte[] MAGIC = "layerfs view 1\n\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final int HEADER = 8;
    private static final long LEAST_REWRITE = 1L << 20;

    private final Path path;
    private final ReentrantLock lock = LockOrder.JOURNAL.newLock();
    private RandomFile file;
    private long length;
    private long compactLength;
    private long noted;
    private boolean forced;
    private @Nullable Throwable broken;

    /** Takes the records of a journal, in order. */
    interface Reader {
        void read(byte[] record) throws IOException;
    }

    /** Gives the records of a new journal, in order. */
    interface Writer {
        void write(Reader to) throws IOException;
    }

    private Journal(Path path) throws IOException {
        this.path = path;
        this.file = RandomFile.open(path);
    }

    /** Makes one with these records, all there or none. */
    static Journal create(Path path, Writer records) throws IOException {
        Durable.publish(write(path, records), path);
        Journal journal = new Journal(path);
        try {
            journal.length = Files.size(path);
            journal.compactLength = journal.length;
            journal.noted = journal.length;
            return journal;
        } catch (IOException | RuntimeException | Error e) {
            journal.close();
            throw e;
        }
    }

    /** Opens one: reads its records, and cuts off an unfinished one. */
    static Journal open(Path path, Reader records) throws IOException {
        long end = read(path, records);
        Journal journal = new Journal(path);
        try {
            journal.cut(end);
            journal.length = end;
            return journal;
        } catch (IOException | RuntimeException | Error e) {
            journal.close();
            throw e;
        }
    }

    /** Reads the records, and answers where the last sound one ends. */
    static long read(Path path, Reader records) throws IOException {
        long size = Files.size(path);
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(path), 1 << 16))) {
            if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
                throw new FileSystemException(path.toString(), null, "not the journal of a writable view, version 1");
            }
            long at = MAGIC.length;
            while (size - at >= HEADER) {
                long next = at + HEADER + Integer.toUnsignedLong(in.readInt());
                int checksum = in.readInt();
                // zeros, which a crash may leave where a record was written, have the right checksum for no bytes
                if (next - at == HEADER || next > size || next - at - HEADER > Integer.MAX_VALUE - 8) {
                    return at;
                }
                byte[] record = in.readNBytes((int) (next - at - HEADER));
                if (checksum != checksum(record)) {
                    return at;
                }
                records.read(record);
                at = next;
            }
            return at;
        }
    }

    private static int checksum(byte[] record) {
        CRC32C checksum = new CRC32C();
        checksum.update(record);
        return (int) checksum.getValue();
    }

    /** Cuts what is behind {@code end} off; it is kept aside, since it may be more than one unfinished record. */
    private void cut(long end) throws IOException {
        long torn = file.length() - end;
        if (torn > 0) {
            Path aside = path.resolveSibling(path.getFileName() + ".torn");
            byte[] bytes = new byte[(int) Math.min(torn, 16 << 20)];
            file.readFully(end, bytes);
            NamedFiles.write(aside, bytes);
            file.truncate(end);
            file.sync();
        }
    }

    /** Adds a record; where it cannot be written, the journal is as it was. */
    void append(byte[] record) throws IOException {
        byte[] framed = framed(record);
        lock.lock();
        try {
            requireSound();
            write(framed);
        } finally {
            lock.unlock();
        }
    }

    private void write(byte[] framed) throws IOException {
        try {
            file.write(length, framed, 0, framed.length);
            length += framed.length;
            forced = false;
        } catch (IOException | Error e) {
            broken = e; // until what may be there of it is gone
            file.truncate(length);
            broken = null;
            throw e;
        }
    }

    private static byte[] framed(byte[] record) {
        return ByteBuffer.allocate(HEADER + record.length)
                .putInt(record.length)
                .putInt(checksum(record))
                .put(record)
                .array();
    }

    /** Adds a record that says something of all before it, unless it is the last already. */
    void note(byte[] record) throws IOException {
        lock.lock();
        try {
            if (length != noted) {
                append(record);
                noted = length;
            }
        } finally {
            lock.unlock();
        }
    }

    /** The last record is such a one. */
    void noted() {
        lock.lock();
        try {
            noted = length;
        } finally {
            lock.unlock();
        }
    }

    private void requireSound() throws IOException {
        if (broken != null) {
            throw new FileSystemException(
                    path.toString(), null, "the journal could not be written before: " + broken.getMessage());
        }
    }

    /**
     * Returns when all records survive a crash of the machine. Where that fails nothing is added any more, until the records
     * are written anew: the kernel forgets what it could not write, and would say next time that all is well.
     */
    void force() throws IOException {
        lock.lock();
        try {
            requireSound();
            if (!forced) {
                sync();
            }
        } finally {
            lock.unlock();
        }
    }

    private void sync() throws IOException {
        try {
            file.sync();
        } catch (IOException e) {
            broken = e;
            throw e;
        }
        forced = true;
    }

    /** Whether so much was added since it was written anew that this is worth while again. */
    boolean isLong() {
        lock.lock();
        try {
            return length > LEAST_REWRITE && length > 4 * compactLength;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Replaces all records, in one step; where they cannot be written, the journal stays, and becomes longer. Where just that
     * they are there cannot be written to the disk, nothing is added any more, and {@link #force} says why.
     */
    void rewrite(Writer records) throws IOException {
        lock.lock();
        try {
            replace(records);
        } finally {
            lock.unlock();
        }
    }

    private void replace(Writer records) throws IOException {
        compactLength = length;
        Path aside = write(path, records);
        RandomFile next = RandomFile.open(aside);
        IOException failure = null;
        try {
            Durable.publish(aside, path);
        } catch (IOException e) {
            failure = e;
        }
        if (failure != null && Files.exists(aside)) {
            try (next) {
                throw failure;
            }
        }
        // what failed, if anything did, is what comes after the renaming: then the new file is the journal all the same
        next.renamed(path);
        try (RandomFile old = file) {
            file = next;
            length = next.length();
            compactLength = length;
            noted = length;
            forced = failure == null;
            broken = failure;
        }
    }

    /** Writes a journal beside the one that is there. */
    private static Path write(Path path, Writer records) throws IOException {
        Path aside = path.resolveSibling(path.getFileName() + ".new");
        try (OutputStream out = new BufferedOutputStream(NamedFiles.newOutputStream(aside), 1 << 16)) {
            out.write(MAGIC);
            records.write(record -> out.write(framed(record)));
        }
        return aside;
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            file.close();
        } finally {
            lock.unlock();
        }
    }
}
