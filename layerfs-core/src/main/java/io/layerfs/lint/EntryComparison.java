package io.layerfs.lint;

import io.layerfs.Attributes;
import io.layerfs.Content;
import io.layerfs.LayerComparison.Aspect;
import io.layerfs.LayerComparison.Field;
import io.layerfs.Utf8;
import io.layerfs.Xattrs;
import io.layerfs.blob.BlobSlice;
import io.layerfs.tar.TarEntry;
import io.layerfs.tar.TarEntry.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** What differs between two entries of one path: what they say, and then how. */
final class EntryComparison {

    private static final int SHOWN = 64;

    private final Tar first;
    private final TarEntry one;
    private final Tar second;
    private final TarEntry other;
    private final List<Field> fields = new ArrayList<>();

    private EntryComparison(Tar first, TarEntry one, Tar second, TarEntry other) {
        this.first = first;
        this.one = one;
        this.second = second;
        this.other = other;
    }

    static List<Field> fields(Tar first, TarEntry one, Tar second, TarEntry other) throws IOException {
        EntryComparison comparison = new EntryComparison(first, one, second, other);
        comparison.compareKind();
        comparison.compareAttributes();
        comparison.compareContent();
        comparison.compareHeaders();
        comparison.comparePadding();
        return comparison.fields;
    }

    private void add(Aspect aspect, String field, Object left, Object right) {
        if (!left.equals(right)) {
            fields.add(new Field(aspect, field, left.toString(), right.toString()));
        }
    }

    private void compareKind() {
        add(Aspect.TYPE, "type", spelled(one.kind()), spelled(other.kind()));
        add(Aspect.LINK_TARGET, "link target", Utf8.decode(one.linkTarget()), Utf8.decode(other.linkTarget()));
        add(Aspect.DEVICE, "device", one.major() + ":" + one.minor(), other.major() + ":" + other.minor());
        add(Aspect.SPELLING, "path", Utf8.decode(one.path()), Utf8.decode(other.path()));
    }

    private static String spelled(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private void compareAttributes() {
        Attributes left = one.attributes();
        Attributes right = other.attributes();
        add(Aspect.MODE, "mode", String.format("%04o", left.mode()), String.format("%04o", right.mode()));
        add(Aspect.OWNER, "uid", Integer.toUnsignedLong(left.uid()), Integer.toUnsignedLong(right.uid()));
        add(Aspect.OWNER, "gid", Integer.toUnsignedLong(left.gid()), Integer.toUnsignedLong(right.gid()));
        add(Aspect.TIME, "mtime", left.mtime(), right.mtime());
        TreeSet<String> names = new TreeSet<>(left.xattrs().names());
        names.addAll(right.xattrs().names());
        for (String name : names) {
            add(Aspect.XATTRS, "xattr " + name, value(left.xattrs(), name), value(right.xattrs(), name));
        }
    }

    private static String value(Xattrs xattrs, String name) {
        byte[] value = xattrs.get(name);
        return value == null ? "" : "0x" + HexFormat.of().formatHex(value);
    }

    private void compareContent() throws IOException {
        if (one.kind() != Kind.FILE || other.kind() != Kind.FILE) {
            return;
        }
        long at = Content.mismatch(first.content(one), second.content(other));
        add(Aspect.CONTENT, "size", one.size(), other.size());
        if (at >= 0) {
            add(Aspect.CONTENT, "content from byte " + at, at(first, one, at), at(second, other, at));
        }
        add(Aspect.FORMAT, "sparse", one.extents() != null, other.extents() != null);
    }

    private static String at(Tar tar, TarEntry entry, long position) throws IOException {
        ByteBuffer some = ByteBuffer.allocate(SHOWN / 4);
        int count = tar.content(entry).read(position, some);
        return Utf8.printable(Arrays.copyOf(some.array(), Math.max(0, count)));
    }

    private void compareHeaders() throws IOException {
        BlobSlice left = new BlobSlice(first.blob(), one.offset(), one.dataOffset() - one.offset());
        BlobSlice right = new BlobSlice(second.blob(), other.offset(), other.dataOffset() - other.offset());
        long at = Content.mismatch(left, right);
        if (at < 0) {
            return;
        }
        List<Field> raw = HeaderComparison.fields(first, one, second, other, List.copyOf(fields));
        fields.addAll(raw);
        if (fields.isEmpty()) {
            fields.add(new Field(
                    Aspect.SLACK,
                    "headers from byte " + at,
                    Locator.describe(first, one.offset() + at),
                    Locator.describe(second, other.offset() + at)));
        }
    }

    private void comparePadding() throws IOException {
        if (Content.mismatch(padding(first, one), padding(second, other)) >= 0
                && one.storedSize() % 512 == other.storedSize() % 512) {
            add(Aspect.SLACK, "padding", hex(padding(first, one)), hex(padding(second, other)));
        }
    }

    private static BlobSlice padding(Tar tar, TarEntry entry) {
        long end = entry.dataOffset() + entry.storedSize();
        return new BlobSlice(tar.blob(), end, Tar.end(entry) - end);
    }

    private static String hex(BlobSlice bytes) throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) bytes.size());
        bytes.read(0, all);
        return "0x" + HexFormat.of().formatHex(all.array());
    }
}
