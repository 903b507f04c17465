package io.layerfs.overlay;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.Content;
import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.Xattrs;
import io.layerfs.overlay.linux.Fd;
import io.layerfs.overlay.linux.FileXattrs;
import io.layerfs.overlay.linux.Making;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;

/**
 * Unpacks a layer into a directory, in the form that overlayfs stacks: whiteouts as devices 0:0, opaque directories by an
 * attribute, attributes of the image that look like overlayfs' own escaped.
 *
 * <p>Every step is relative to a directory that is open, and makes something new: no name of a layer can lead out of it.
 */
final class Unpacker {

    private static final int BUFFER = 256 << 10;

    private final OverlayForm form;
    private final Ownership ownership;
    private final Map<Long, Place> files = new HashMap<>();

    /** The path of a directory is in the string form of names, since a {@link Path} cannot hold every name. */
    private record Place(String directory, String name) {}

    private Unpacker(OverlayForm form, Ownership ownership) {
        this.form = form;
        this.ownership = ownership;
    }

    /** Whether what a layer unpacks to depends on the layers below: it implies directories, links to their files, or removes all. */
    static boolean dependsOnBase(Changeset layer) throws IOException {
        return layer.root().opaque() || dependsOnBase(layer.root());
    }

    private static boolean dependsOnBase(Entry.Directory said) throws IOException {
        for (Iterator<Entry.Child> i = said.children(); i.hasNext(); ) {
            Entry entry = i.next().entry();
            if (entry instanceof Entry.HardLink
                    || (entry instanceof Entry.Directory sub && (sub.implicit() || dependsOnBase(sub)))) {
                return true;
            }
        }
        return said.implicit();
    }

    /**
     * Unpacks what a layer says into {@code target}, an empty directory.
     *
     * @param below what the layers below say in all
     * @param merged what that layer and those below say in all: where the layer implies a directory, this has its attributes
     */
    static void unpack(
            Changeset layer, Changeset below, Changeset merged, Path target, OverlayForm form, Ownership ownership)
            throws IOException {
        Unpacker unpacker = new Unpacker(form, ownership);
        try (Fd directory = Fd.directory(target)) {
            unpacker.fill(layer.root(), merged.root(), directory, target.toString());
            if (layer.root().opaque()) {
                unpacker.hideAll(below.root(), layer, merged.root(), directory);
            }
            unpacker.finish(merged.root(), directory, ".");
            directory.syncFileSystem();
        }
    }

    private void fill(Entry.Directory said, Entry.Directory merged, Fd directory, String path) throws IOException {
        boolean hides = false;
        for (Iterator<Entry.Child> i = said.children(); i.hasNext(); ) {
            Entry.Child child = i.next();
            String name = child.name().toString();
            if (child.entry() instanceof Entry.Whiteout) {
                Making.special(directory, name, FileType.CHARACTER_DEVICE, 0, 0);
                hides = true;
                continue;
            }
            Entry shown = merged.child(child.name());
            if (!(child.entry() instanceof Entry.Directory sub)) {
                // of a link to a lower layer the union has the file itself
                Entry file = child.entry() instanceof Entry.HardLink ? shown : child.entry();
                make((Entry.File) Objects.requireNonNull(file), directory, name, path);
            } else if (shown instanceof Entry.Directory seen) {
                Making.directory(directory, name);
                try (Fd inside = directory.directory(name)) {
                    fill(sub, seen, inside, path + "/" + name);
                }
                finish(seen, directory, name);
            } // else it is implied by removals of what is not there, and shows nothing itself
        }
        if (said.opaque()) {
            FileXattrs.set(directory, "", form.opaque(), OverlayForm.yes());
        } else if (hides) {
            FileXattrs.set(directory, "", form.origin(), new byte[0]);
        }
    }

    /**
     * Hides what the layers below have in the root, name by name: overlayfs merges the roots of its layers, whatever the
     * attribute of an opaque directory says there.
     */
    private void hideAll(Entry.Directory below, Changeset layer, Entry.Directory merged, Fd root) throws IOException {
        for (Iterator<Entry.Child> i = below.children(); i.hasNext(); ) {
            Name hidden = i.next().name();
            Entry shown = merged.child(hidden);
            if (shown instanceof Entry.Directory) {
                try (Fd inside = root.directory(hidden.toString())) {
                    FileXattrs.set(inside, "", form.opaque(), OverlayForm.yes());
                }
            } else if (shown == null && !(layer.root().child(hidden) instanceof Entry.Whiteout)) {
                Making.special(root, hidden.toString(), FileType.CHARACTER_DEVICE, 0, 0);
            }
        }
    }

    private void make(Entry.File file, Fd directory, String name, String path) throws IOException {
        Place first = files.putIfAbsent(file.inode(), new Place(path, name));
        if (first != null) {
            try (Fd other = Fd.directoryAt(first.directory)) {
                Making.link(other, first.name, directory, name);
            }
            return;
        }
        if (file instanceof Entry.RegularFile regular) {
            try (Fd out = directory.create(name, 0600)) {
                copy(regular.content(), out);
            }
        } else if (file instanceof Entry.Symlink link) {
            Making.symlink(directory, name, link.target());
        } else {
            ownership.makeSpecial(directory, name, (Entry.Special) file);
        }
        finish(file, directory, name);
    }

    private static void copy(Content content, Fd out) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BUFFER, Math.max(1, content.size())));
        long size = content.size();
        long end = 0;
        for (long at = content.nextData(0); at < size; at = content.nextData(end)) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), content.dataEnd(at) - at));
            end = at + content.read(at, buffer);
            out.write(at, buffer.array(), buffer.position());
        }
        if (end < size) {
            out.write(size - 1, new byte[1], 1); // what is before it is a hole of the file
        }
    }

    /** What is set last: a write into a directory would change its time, a change of owner would clear bits of the mode. */
    private void finish(Entry.Node entry, Fd in, String name) throws IOException {
        Attributes attributes = entry.attributes();
        ownership.set(in, name, entry.type(), attributes);
        Xattrs xattrs = attributes.xattrs();
        for (String xattr : xattrs.names()) {
            if (ownership.keeps(xattr)) {
                byte[] value = Objects.requireNonNull(xattrs.get(xattr));
                FileXattrs.set(in, name, form.inLayer(xattr), value);
            }
        }
        Making.time(in, name, attributes.mtime());
    }
}
