package io.layerfs.tar;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The tar that files travel in, while it is written, in a form in which nothing is left to chance: ustar, owned by root, last
 * changed in 1970, files 0644, directories 0755; a PAX record only for a name or a size that ustar cannot hold.
 */
public final class FileTarWriter {

    private final BlockOutput out;

    /** Will write to {@code out}, which needs no buffer, and stays open. */
    public FileTarWriter(OutputStream out) {
        this.out = new BlockOutput(out);
    }

    /** Writes a directory, whose name ends in {@code /}. */
    public void directory(String name) throws IOException {
        header('5', 0755, name, 0);
    }

    /** Writes a file: all of {@code content}, which has {@code size} bytes and stays open. */
    public void file(String name, long size, InputStream content) throws IOException {
        header('0', 0644, name, size);
        out.write(content, size, name);
    }

    private void header(char type, int mode, String name, long size) throws IOException {
        byte[] path = name.getBytes(StandardCharsets.UTF_8);
        HeaderBlock block = new HeaderBlock(type);
        block.setMode(mode);
        PaxHeader pax = new PaxHeader();
        if (!block.setPath(path)) {
            pax.put("path", path);
        }
        if (!block.setSize(size)) {
            pax.put("size", size);
        }
        if (!pax.isEmpty()) {
            byte[] records = pax.toBytes();
            out.write(PaxHeader.block(records.length));
            out.write(records);
        }
        out.write(block.toBytes());
    }

    /** Writes what the archive ends with. */
    public void finish() throws IOException {
        out.finish();
    }
}
