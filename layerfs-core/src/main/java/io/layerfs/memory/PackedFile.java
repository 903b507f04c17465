package io.layerfs.memory;

import io.layerfs.Attributes;
import io.layerfs.Entry;
import io.layerfs.LayerPath;
import io.layerfs.Utf8;
import io.layerfs.Xattrs;
import io.layerfs.blob.Blob;
import io.layerfs.blob.BlobSlice;
import java.time.Instant;

/**
 * A regular file of a layer in one object of 72 bytes instead of four of 120: most of what a layer has are such, and a layer
 * may have millions.
 */
final class PackedFile {

    private final Blob blob;
    private final Xattrs xattrs;
    private final long offset;
    private final long size;
    private final long inode;
    private final long seconds;
    private final int nanos;
    private final int mode;
    private final int uid;
    private final int gid;

    private PackedFile(Entry.RegularFile file, BlobSlice content) {
        Attributes attributes = file.attributes();
        Instant time = attributes.mtime();
        blob = content.blob();
        xattrs = attributes.xattrs();
        offset = content.offset();
        size = content.size();
        inode = file.inode();
        seconds = time.getEpochSecond();
        nanos = time.getNano();
        mode = attributes.mode();
        uid = attributes.uid();
        gid = attributes.gid();
    }

    /** The entry, packed where it can be. */
    static Object pack(Entry entry) {
        if (entry instanceof Entry.HardLink link) {
            return Utf8.encode(link.target().toString()); // its names, as objects, would take ten times as much
        }
        return entry instanceof Entry.RegularFile file && file.content() instanceof BlobSlice content
                ? new PackedFile(file, content)
                : entry;
    }

    /** The entry that was packed. */
    static Entry unpack(Object packed) {
        if (packed instanceof byte[] target) {
            return new Entry.HardLink(LayerPath.of(target));
        }
        return packed instanceof PackedFile file ? file.unpack() : (Entry) packed;
    }

    private Entry unpack() {
        Attributes attributes = new Attributes(mode, uid, gid, Instant.ofEpochSecond(seconds, nanos), xattrs);
        return new Entry.RegularFile(attributes, inode, new BlobSlice(blob, offset, size));
    }
}
