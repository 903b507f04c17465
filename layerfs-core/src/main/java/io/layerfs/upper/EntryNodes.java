package io.layerfs.upper;

import io.layerfs.Attributes;
import io.layerfs.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Makes nodes of the entries of a changeset: their bytes stay where they are. */
final class EntryNodes {

    /** Nothing is written, so that there is no scratch file. */
    private static final ScratchDirectory NOWHERE = new ScratchDirectory() {
        @Override
        public Path directory() throws IOException {
            throw new IOException("a layer has no scratch files");
        }

        @Override
        public void close() {}
    };

    private final DataArea area = DataArea.disposable(NOWHERE);
    private final Epoch epoch = new Epoch(area);

    static Meta meta(Attributes attributes) {
        Instant time = attributes.mtime();
        return new Meta(attributes.mode(), attributes.uid(), attributes.gid(), time, time, time, attributes.xattrs());
    }

    /** The node of a file that has so many names, one of them, perhaps, below. */
    Node.File node(Entry.File file, int links, Node.@Nullable Origin origin) {
        Meta meta = meta(file.attributes());
        if (file instanceof Entry.RegularFile regular) {
            long size = regular.content().size();
            FileData.Base base = new FileData.Base(regular.content(), 0);
            FileData data = FileData.over(area, epoch, area.newId(), base, size, size);
            return new Node.Regular(meta, links, origin, data);
        }
        if (file instanceof Entry.Symlink link) {
            return new Node.Symlink(meta, links, origin, link.target());
        }
        Entry.Special special = (Entry.Special) file;
        return new Node.Special(meta, links, origin, special.type(), special.major(), special.minor());
    }
}
