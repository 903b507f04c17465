package io.layerfs.tar;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.Content;
import io.layerfs.Entry;
import io.layerfs.LayerPath;
import io.layerfs.Name;
import io.layerfs.Utf8;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Writes a changeset as the tar of an OCI layer. The same changes give the same bytes, on every machine.
 *
 * <ul>
 *   <li>Order: a directory comes before what it holds. In it come first its opaque marker, then its whiteouts, then the
 *       other names, each kind in the order of {@link Name}. The root is {@code ./}, every other path starts with a name.
 *   <li>Implicit directories, the root among them, are not written; what lies in them is.
 *   <li>A header is plain ustar where that says everything exactly; else PAX records say what it cannot, and no more:
 *       path, linkpath, size, uid, gid, mtime, {@code SCHILY.xattr.*}. Names are the bytes that they are.
 *   <li>User and group names, access and change times are not written; the numbers of users and groups are.
 *   <li>Of the names of one file the first carries the content, the others are hard links to it. They repeat its
 *       attributes, because engines that apply a layer set them again, and a change of owner drops file capabilities.
 *   <li>A hard link to a file of a lower layer has mode 0644, owner 0:0, time 0: a changeset does not know them.
 *   <li>A marker is an empty regular file of mode 0, owner 0:0, time 0.
 *   <li>A file of which an aligned piece of 16 MiB is zeros is written as a sparse one, whatever it is here: {@link SparseForm}.
 *   <li>The archive ends with two blocks of zeros; it is not padded to a record of 10 KiB.
 * </ul>
 *
 * <p>The changeset is walked twice, first to find the files with several names. Memory: a buffer of 128 KiB, 16 to 32
 * bytes for each file, and one path for each file with several names.
 *
 * <p>Source: OCI image-spec, layer.md; POSIX.1-2017, pax.
 */
public final class LayerTarWriter {

    private static final byte[] OPAQUE_MARKER = ".wh..opq".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NO_LINK = new byte[0];
    private static final byte[] XATTR_KEY = "SCHILY.xattr.".getBytes(StandardCharsets.US_ASCII);
    private static final Attributes MARKER = new Attributes(0, 0, 0, Instant.EPOCH, Xattrs.NONE);
    private static final Attributes UNKNOWN = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);

    private final Changeset changes;
    private final BlockOutput out;
    private final UnaryOperator<Instant> times;
    private final LinkedInodes links;
    private final EntryPath path = new EntryPath();
    private final List<LayerPath> sockets = new ArrayList<>();

    private LayerTarWriter(Changeset changes, OutputStream out, UnaryOperator<Instant> times) throws IOException {
        this.changes = changes;
        this.out = new BlockOutput(out);
        this.times = times;
        this.links = LinkedInodes.of(changes);
    }

    /**
     * Writes all of {@code changes} to {@code out}, which is flushed and stays open.
     *
     * @param times what becomes of modification times
     * @return the sockets, which were left out: tar has no form for them
     * @throws IOException where reading or writing fails; where a file's content is not as long as its size; where the
     *     changeset says what no layer can hold: a name that starts with {@code .wh.}, a path of more than 262400 bytes, a
     *     hard link to what it hides itself. What was written until then is no archive
     */
    public static List<LayerPath> write(Changeset changes, OutputStream out, UnaryOperator<Instant> times)
            throws IOException {
        LayerTarWriter writer = new LayerTarWriter(changes, out, times);
        writer.writeTree(changes.root());
        writer.out.finish();
        return List.copyOf(writer.sockets);
    }

    private void writeDirectory(Entry.Directory directory) throws IOException {
        if (!directory.implicit()) {
            writeHeader('5', path.toDirectoryBytes(), directory.attributes(), 0, NO_LINK, null);
        }
        if (directory.opaque()) {
            writeHeader('0', path.marker(OPAQUE_MARKER), MARKER, 0, NO_LINK, null);
        }
        if (links.hasWhiteouts()) {
            writeWhiteouts(directory);
        }
    }

    /** A directory whose children are being written; {@code before} leads out of it. */
    private record Open(Iterator<Entry.Child> children, int before) {}

    private void writeTree(Entry.Directory root) throws IOException {
        Deque<Open> open = new ArrayDeque<>();
        writeDirectory(root);
        open.push(new Open(root.children(), 0));
        while (!open.isEmpty()) {
            Open current = open.element();
            if (!current.children.hasNext()) {
                path.leave(open.pop().before);
                continue;
            }
            Entry.Child child = current.children.next();
            int before = path.enter(child.name());
            if (child.entry() instanceof Entry.Directory directory) {
                writeDirectory(directory);
                open.push(new Open(directory.children(), before));
            } else {
                writeEntry(child.entry());
                path.leave(before);
            }
        }
    }

    private void writeWhiteouts(Entry.Directory directory) throws IOException {
        for (Iterator<Entry.Child> i = directory.children(); i.hasNext(); ) {
            Entry.Child child = i.next();
            if (child.entry() instanceof Entry.Whiteout) {
                writeHeader('0', path.marker(child.name().toBytes()), MARKER, 0, NO_LINK, null);
            }
        }
    }

    private void writeEntry(Entry entry) throws IOException {
        if (entry instanceof Entry.HardLink link) {
            LayerPath target = link.target();
            requireLower(target);
            writeHeader(
                    '1', path.toBytes(), UNKNOWN, 0, linkTarget(Utf8.encode(target.toString()), TarLimits.PATH), null);
        } else if (entry instanceof Entry.File file) {
            writeFile(file);
        }
    }

    private void writeFile(Entry.File file) throws IOException {
        if (file.type() == io.layerfs.FileType.SOCKET) {
            sockets.add(path.toLayerPath());
            return;
        }
        byte[] first = links.firstName(file.inode(), path);
        if (first != null) {
            writeHeader('1', path.toBytes(), file.attributes(), 0, first, null);
        } else if (file instanceof Entry.RegularFile regular) {
            writeContent(regular);
        } else if (file instanceof Entry.Symlink link) {
            byte[] target = linkTarget(Utf8.encode(link.target()), TarLimits.SYMLINK_TARGET);
            writeHeader('2', path.toBytes(), file.attributes(), 0, target, null);
        } else {
            Entry.Special special = (Entry.Special) file;
            writeHeader(typeOf(special), path.toBytes(), file.attributes(), 0, NO_LINK, special);
        }
    }

    private void writeContent(Entry.RegularFile file) throws IOException {
        Content content = file.content();
        SparseForm sparse = SparseForm.of(content);
        if (sparse == null) {
            writeHeader('0', path.toBytes(), file.attributes(), content.size(), NO_LINK, null);
            out.write(content, content.size(), path);
            return;
        }
        byte[] map = sparse.map();
        long stored = sparse.stored();
        PaxHeader pax = new PaxHeader();
        pax.put("GNU.sparse.major", 1);
        pax.put("GNU.sparse.minor", 0);
        pax.put("GNU.sparse.name", path.toBytes());
        pax.put("GNU.sparse.realsize", sparse.size());
        byte[] name = SparseForm.entryName(path.toBytes());
        long size = map.length + TarInput.padding(map.length) + stored;
        writeHeader('0', name, file.attributes(), size, NO_LINK, null, pax);
        out.write(map);
        for (SparseForm.Run run : sparse.blocks()) {
            out.writePiece(content, run.position(), run.end(), path);
        }
        out.pad(stored);
    }

    private char typeOf(Entry.Special special) throws IOException {
        return switch (special.type()) {
            case CHARACTER_DEVICE -> '3';
            case BLOCK_DEVICE -> '4';
            case FIFO -> '6';
            default -> throw new IOException("entry '" + path + "': " + special.type() + " is no special file");
        };
    }

    private byte[] linkTarget(byte[] target, int limit) throws IOException {
        if (target.length == 0 || target.length > limit) {
            throw new IOException(
                    "entry '" + path + "': its link target has " + target.length + " bytes, not 1 to " + limit);
        }
        for (byte b : target) {
            if (b == 0) {
                throw new IOException("entry '" + path + "': NUL in its link target");
            }
        }
        return target;
    }

    /** A reader takes a link's target from the same layer where that says anything of it. */
    private void requireLower(LayerPath target) throws IOException {
        Entry entry = changes.root();
        boolean hidden = target.depth() == 0;
        for (Name name : target.names()) {
            if (!(entry instanceof Entry.Directory)) {
                break;
            }
            hidden = ((Entry.Directory) entry).opaque();
            entry = ((Entry.Directory) entry).child(name);
        }
        if (hidden || entry != null) {
            throw new IOException("entry '" + path + "': a hard link to '"
                    + Utf8.printable(Utf8.encode(target.toString())) + "' of the layers below, which this layer hides");
        }
    }

    private void writeHeader(
            char type, byte[] name, Attributes attributes, long size, byte[] target, Entry.@Nullable Special device)
            throws IOException {
        writeHeader(type, name, attributes, size, target, device, new PaxHeader());
    }

    /** With further records in {@code pax}. */
    private void writeHeader(
            char type,
            byte[] name,
            Attributes attributes,
            long size,
            byte[] target,
            Entry.@Nullable Special device,
            PaxHeader pax)
            throws IOException {
        HeaderBlock block = new HeaderBlock(type);
        if (!block.setPath(name)) {
            pax.put("path", name);
        }
        if (!block.setLinkName(target)) {
            pax.put("linkpath", target);
        }
        if (!block.setSize(size)) {
            pax.put("size", size);
        }
        if (device != null) {
            block.setDevice(device.major(), device.minor());
        }
        putAttributes(attributes, block, pax);
        if (!pax.isEmpty()) {
            byte[] records = pax.toBytes();
            out.write(PaxHeader.block(records.length));
            out.write(records);
        }
        out.write(block.toBytes());
    }

    private void putAttributes(Attributes attributes, HeaderBlock block, PaxHeader pax) throws IOException {
        long uid = Integer.toUnsignedLong(attributes.uid());
        long gid = Integer.toUnsignedLong(attributes.gid());
        block.setMode(attributes.mode());
        if (!block.setUid(uid)) {
            pax.put("uid", uid);
        }
        if (!block.setGid(gid)) {
            pax.put("gid", gid);
        }
        Instant mtime = times.apply(attributes.mtime());
        if (!block.setMtime(mtime.getEpochSecond()) || mtime.getNano() != 0) {
            pax.put("mtime", DecimalTime.of(mtime).getBytes(StandardCharsets.US_ASCII));
        }
        for (String name : attributes.xattrs().names()) {
            byte[] value = attributes.xattrs().get(name);
            if (value != null) {
                pax.put(xattrKey(Utf8.encode(name)), value);
            }
        }
    }

    /** A PAX key ends at its first {@code =}, and tools do not agree on an escape for one in the name. */
    private byte[] xattrKey(byte[] name) throws IOException {
        for (byte b : name) {
            if (b == '=' || b == 0) {
                throw new IOException("entry '" + path + "': the extended attribute '" + Utf8.printable(name) + "' has "
                        + (b == 0 ? "NUL" : "'='") + " in its name, which a tar cannot hold");
            }
        }
        byte[] key = Arrays.copyOf(XATTR_KEY, XATTR_KEY.length + name.length);
        System.arraycopy(name, 0, key, XATTR_KEY.length, name.length);
        return key;
    }
}
