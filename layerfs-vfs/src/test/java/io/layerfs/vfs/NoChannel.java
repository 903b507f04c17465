package io.layerfs.vfs;

import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A channel that can be closed, and nothing else. */
class NoChannel extends FileChannel {

    private static UnsupportedOperationException none() {
        return new UnsupportedOperationException("no file");
    }

    @Override
    public int read(ByteBuffer target) {
        throw none();
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
        throw none();
    }

    @Override
    public int write(ByteBuffer source) {
        throw none();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        throw none();
    }

    @Override
    public long position() {
        throw none();
    }

    @Override
    public FileChannel position(long newPosition) {
        throw none();
    }

    @Override
    public long size() {
        throw none();
    }

    @Override
    public FileChannel truncate(long size) {
        throw none();
    }

    @Override
    public void force(boolean metaData) {
        throw none();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
        throw none();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
        throw none();
    }

    @Override
    public int read(ByteBuffer target, long position) {
        throw none();
    }

    @Override
    public int write(ByteBuffer source, long position) {
        throw none();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw none();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
        throw none();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws java.io.IOException {
        throw none();
    }

    @Override
    protected void implCloseChannel() throws java.io.IOException {}
}
