package io.layerfs.erofs;

import io.layerfs.MalformedLayerException;
import io.layerfs.Utf8;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The extended attributes of an inode, as they lie behind it. */
final class XattrCodec {

    private static final int MAX_BODY = Erofs.XATTR_HEADER + 4 * (0xffff - 1);
    private static final int MAX_VALUE = 0xffff;

    private XattrCodec() {}

    /** Writes attributes, those of ours among them, in the order of their names; null for none. */
    static @Nullable ByteBuffer encode(Xattrs xattrs, Map<String, byte[]> own) throws MalformedLayerException {
        if (xattrs.isEmpty() && own.isEmpty()) {
            return null;
        }
        TreeMap<String, byte[]> all = new TreeMap<>(own);
        for (String name : xattrs.names()) {
            byte[] value = xattrs.get(name);
            all.put(Erofs.escape(name), value == null ? new byte[0] : value);
        }
        int size = Erofs.XATTR_HEADER;
        for (Map.Entry<String, byte[]> e : all.entrySet()) {
            size += entrySize(e.getKey(), e.getValue());
            if (size > MAX_BODY) {
                throw new MalformedLayerException("extended attributes of more than " + MAX_BODY + " bytes");
            }
        }
        ByteBuffer body = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        body.position(Erofs.XATTR_HEADER);
        for (Map.Entry<String, byte[]> e : all.entrySet()) {
            put(body, e.getKey(), e.getValue());
        }
        return body.flip();
    }

    private static int entrySize(String name, byte[] value) throws MalformedLayerException {
        int suffix = suffix(name, prefix(name)).length;
        if (suffix > Erofs.MAX_NAME) {
            throw new MalformedLayerException("the extended attribute " + name + " has a name that is too long");
        }
        if (value.length > MAX_VALUE) {
            throw new MalformedLayerException("the extended attribute " + name + " has " + value.length + " bytes; "
                    + MAX_VALUE + " are possible");
        }
        return (int) Erofs.align(Erofs.XATTR_ENTRY + suffix + value.length, 4);
    }

    private static void put(ByteBuffer body, String name, byte[] value) {
        int start = body.position();
        int prefix = prefix(name);
        byte[] suffix = suffix(name, prefix);
        body.put((byte) suffix.length).put((byte) prefix).putShort((short) value.length);
        body.put(suffix).put(value);
        body.position(start + (int) Erofs.align(Erofs.XATTR_ENTRY + suffix.length + value.length, 4));
    }

    private static int prefix(String name) {
        for (int i = 1; i < Erofs.XATTR_PREFIXES.length; i++) {
            String prefix = Erofs.XATTR_PREFIXES[i];
            boolean whole = !prefix.endsWith(".");
            if (whole ? name.equals(prefix) : name.startsWith(prefix) && name.length() > prefix.length()) {
                return i;
            }
        }
        return 0;
    }

    private static byte[] suffix(String name, int prefix) {
        return Utf8.encode(name.substring(Erofs.XATTR_PREFIXES[prefix].length()));
    }

    /** Reads the attributes that lie in {@code body}, behind inode {@code nid}, by the names that they have there. */
    static Map<String, byte[]> decode(long nid, ByteBuffer body) throws IOException {
        if (body.remaining() <= Erofs.XATTR_HEADER || body.get(body.position() + 4) != 0) {
            throw Inodes.damaged(nid, "extended attributes of a form that is not written");
        }
        TreeMap<String, byte[]> xattrs = new TreeMap<>();
        body.position(body.position() + Erofs.XATTR_HEADER);
        while (body.hasRemaining()) {
            int length = body.get(body.position()) & 0xff;
            int prefix = body.get(body.position() + 1) & 0xff;
            int size = body.getShort(body.position() + 2) & 0xffff;
            int whole = (int) Erofs.align(Erofs.XATTR_ENTRY + length + size, 4);
            if (prefix >= Erofs.XATTR_PREFIXES.length || whole > body.remaining()) {
                throw Inodes.damaged(nid, "an extended attribute at " + body.position() + " of " + whole + " bytes");
            }
            byte[] suffix = new byte[length];
            byte[] value = new byte[size];
            body.get(body.position() + Erofs.XATTR_ENTRY, suffix);
            body.get(body.position() + Erofs.XATTR_ENTRY + length, value);
            String name = Erofs.XATTR_PREFIXES[prefix] + Utf8.decode(suffix);
            if (xattrs.put(name, value) != null) {
                throw Inodes.damaged(nid, "the extended attribute '" + name + "' twice");
            }
            body.position(body.position() + whole);
        }
        return xattrs;
    }

    /** The attributes that the image has: without those that mean something to overlayfs or to us. */
    static Xattrs ofImage(Map<String, byte[]> stored) {
        TreeMap<String, byte[]> seen = new TreeMap<>();
        stored.forEach((name, value) -> {
            String own = Erofs.unescape(name);
            if (own != null) {
                seen.put(own, value);
            }
        });
        return Xattrs.of(seen);
    }
}
