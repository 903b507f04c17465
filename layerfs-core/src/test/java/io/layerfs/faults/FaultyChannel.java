package io.layerfs.faults;

import io.layerfs.faults.Faults.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** A file that is open on a disk with faults. It is never synced in truth, which would take long, and tell nothing. */
final class FaultyChannel extends FileChannel {

    private final FileChannel real;
    private final Path file;
    private final Faults faults;
    private final Witness witness;
    private final long inode;

    /** {@code inode} is what the witness calls the file. */
    FaultyChannel(FileChannel real, Path file, Faults faults, Witness witness, long inode) {
        this.real = real;
        this.file = file;
        this.faults = faults;
        this.witness = witness;
        this.inode = inode;
        faults.channels().incrementAndGet();
    }

    private interface Transfer {
        int run(ByteBuffer bytes) throws IOException;
    }

    private int transfer(Operation operation, ByteBuffer bytes, Transfer transfer) throws IOException {
        int allowed = faults.transfer(operation, file, bytes.remaining());
        int limit = bytes.limit();
        try {
            int count = allowed < 0 ? -allowed - 1 : allowed;
            bytes.limit(bytes.position() + Math.min(count, bytes.remaining()));
            int done = allowed == -1 ? 0 : transfer.run(bytes);
            if (allowed < 0) {
                throw faults.failure();
            }
            return done;
        } finally {
            bytes.limit(limit);
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return transfer(Operation.READ, target, real::read);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return transfer(Operation.READ, target, bytes -> real.read(bytes, position));
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return transfer(Operation.WRITE, source, bytes -> write(bytes, real.position(), real::write));
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        return transfer(Operation.WRITE, source, bytes -> write(bytes, position, b -> real.write(b, position)));
    }

    private int write(ByteBuffer source, long position, Transfer transfer) throws IOException {
        synchronized (witness) {
            ByteBuffer bytes = source.duplicate();
            int done = transfer.run(source);
            witness.wrote(inode, position, bytes.limit(bytes.position() + done));
            return done;
        }
    }

    @Override
    public void force(boolean metaData) throws IOException {
        int begun = witness.syncing();
        faults.passUnnamed(Operation.SYNC, file);
        witness.synced(inode, begun);
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        faults.passUnnamed(Operation.TRUNCATE, file);
        synchronized (witness) {
            if (size < real.size()) {
                real.truncate(size);
                witness.truncated(inode, size);
            }
        }
        return this;
    }

    @Override
    public long position() throws IOException {
        return real.position();
    }

    @Override
    public FileChannel position(long newPosition) throws IOException {
        real.position(newPosition);
        return this;
    }

    @Override
    public long size() throws IOException {
        return real.size();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
        faults.passUnnamed(Operation.LOOK, file);
        return real.map(mode, position, size);
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
        faults.passUnnamed(Operation.LOOK, file);
        return real.lock(position, size, shared);
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        faults.passUnnamed(Operation.LOOK, file);
        return real.tryLock(position, size, shared);
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void implCloseChannel() throws IOException {
        faults.channels().decrementAndGet();
        real.close();
    }
}
