package io.layerfs.erofs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/**
 * Checksums of an index, one for each page, in a table behind the image, where neither the kernel nor other tools look. A
 * page is checked when it is first touched, so that opening does not read the index, and a damaged one is never believed.
 *
 * <p>Behind the image: a CRC32C for each page (u32), then magic (u64), pages (u32), CRC32C of the table and the size of the
 * image (u32, u64); little-endian.
 */
final class PageChecksums {

    private static final long MAGIC = 0x3153464C58444E49L;
    private static final int BUFFER = 1 << 20;
    private static final int TRAILER = 8 + 4 + 4 + 8;

    private final ByteBuffer file;
    private final int size;
    /** Which pages were found right. Threads that race check a page twice, and find the same. */
    private final boolean[] checked;

    private PageChecksums(ByteBuffer file, int size) {
        this.file = file;
        this.size = size;
        this.checked = new boolean[pages(size)];
    }

    private static int pages(long size) {
        return (int) ((size + (1 << Erofs.PAGE_BITS) - 1) >>> Erofs.PAGE_BITS);
    }

    /** Reads an image of {@code size} bytes and adds its checksums. */
    static void append(FileChannel channel, long size) throws IOException {
        int pages = pages(size);
        ByteBuffer table = ByteBuffer.allocate(pages * 4 + TRAILER).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(BUFFER, size));
        for (long position = 0; position < size; position += buffer.capacity()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), size - position));
            while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) >= 0) {}
            buffer.flip();
            for (int start = 0; start < buffer.limit(); start += 1 << Erofs.PAGE_BITS) {
                table.putInt(crc(buffer, start, Math.min(1 << Erofs.PAGE_BITS, buffer.limit() - start)));
            }
        }
        int sum = crc(table, 0, pages * 4);
        table.putLong(MAGIC).putInt(pages).putInt(sum).putLong(size).flip();
        long at = size;
        while (table.hasRemaining()) {
            at += channel.write(table, at);
        }
    }

    private static int crc(ByteBuffer bytes, int start, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().clear().position(start).limit(start + length));
        return (int) crc.getValue();
    }

    /** Those of a mapped index; checks the table itself. */
    static PageChecksums of(String what, ByteBuffer file) throws DamagedIndexException {
        int trailer = file.capacity() - TRAILER;
        if (trailer < 0 || file.getLong(trailer) != MAGIC) {
            throw new DamagedIndexException(what + ": no checksums at its end");
        }
        int pages = file.getInt(trailer + 8);
        long size = file.getLong(trailer + 16);
        if (pages < 0 || size < 0 || pages(size) != pages || size + pages * 4L != trailer) {
            throw new DamagedIndexException(what + ": " + trailer + " bytes before its trailer, which says " + size);
        }
        if (crc(file, (int) size, pages * 4) != file.getInt(trailer + 12)) {
            throw new DamagedIndexException(what + ": the checksum of its checksums is wrong");
        }
        return new PageChecksums(file, (int) size);
    }

    /** How many bytes the image has. */
    int size() {
        return size;
    }

    /**
     * Checks the pages of these bytes, unless that was done before.
     *
     * @throws DamagedIndexException where one is wrong, or the bytes are not within the image
     */
    void check(long position, long length) throws DamagedIndexException {
        if (position < 0 || length < 0 || length > size - position) {
            throw new DamagedIndexException(
                    "index: " + length + " bytes at " + position + " are not within its " + size);
        }
        if (length == 0) {
            return;
        }
        int last = (int) ((position + length - 1) >>> Erofs.PAGE_BITS);
        for (int page = (int) (position >>> Erofs.PAGE_BITS); page <= last; page++) {
            if (!checked[page]) {
                checkPage(page);
            }
        }
    }

    private void checkPage(int page) throws DamagedIndexException {
        int start = page << Erofs.PAGE_BITS;
        if (crc(file, start, Math.min(1 << Erofs.PAGE_BITS, size - start)) != file.getInt(size + page * 4)) {
            throw new DamagedIndexException("index: the checksum of the page at " + start + " is wrong");
        }
        checked[page] = true;
    }
}
