package io.layerfs.tar;

import io.layerfs.MalformedLayerException;
import io.layerfs.blob.Blob;
import java.io.InputStream;

/** A tar of as many empty files as one wants, made while it is read. Its own program, for a heap of its own. */
final class EndlessTar extends InputStream {

    private final byte[] block = new byte[512];
    private final int count;
    private int made;
    private int position = 512;

    private EndlessTar(int count) {
        this.count = count;
    }

    public static void main(String[] args) throws Exception {
        int count = Integer.parseInt(args[0]);
        try {
            LayerTarReader.read(new EndlessTar(count), Blob.EMPTY);
            System.out.println("read " + count);
        } catch (MalformedLayerException e) {
            System.out.println(e.getMessage());
        }
    }

    private boolean fill() {
        if (made == count) {
            return false;
        }
        byte[] header =
                new TarBytes().header(new TarBytes.Header('0', "f" + made++)).toBytes();
        System.arraycopy(header, 0, block, 0, 512);
        position = 0;
        return true;
    }

    @Override
    public int read() {
        return position < 512 || fill() ? block[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (length == 0 || (position == 512 && !fill())) {
            return length == 0 ? 0 : -1;
        }
        int n = Math.min(length, 512 - position);
        System.arraycopy(block, position, target, offset, n);
        position += n;
        return n;
    }
}
