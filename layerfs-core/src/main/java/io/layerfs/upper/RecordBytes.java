package io.layerfs.upper;

import java.io.ByteArrayOutputStream;

/** Bytes of a record that is being written: numbers big-endian, as {@link java.nio.ByteBuffer} reads them. For one thread. */
final class RecordBytes {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    void writeByte(int value) {
        bytes.write(value);
    }

    void writeBoolean(boolean value) {
        bytes.write(value ? 1 : 0);
    }

    void writeShort(int value) {
        bytes.write(value >> 8);
        bytes.write(value);
    }

    void writeInt(int value) {
        writeShort(value >> 16);
        writeShort(value);
    }

    void writeLong(long value) {
        writeInt((int) (value >> 32));
        writeInt((int) value);
    }

    void write(byte[] value) {
        write(value, 0, value.length);
    }

    void write(byte[] value, int offset, int length) {
        bytes.write(value, offset, length);
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
