package io.layerfs.compose;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.Entry;
import io.layerfs.Name;
import java.io.IOException;
import java.time.Instant;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A changeset in which what was modified since some moment was modified at a fixed time instead, so that it does not tell
 * when it was made.
 */
final class SettledTimes {

    private final Instant since;
    private final Instant time;

    private SettledTimes(Instant since, Instant time) {
        this.since = since;
        this.time = time;
    }

    static Changeset of(Changeset changes, Instant since, Instant time) {
        return new Changeset(new SettledTimes(since, time).directory(changes.root()));
    }

    private Attributes settle(Attributes a) {
        return a.mtime().isBefore(since) ? a : new Attributes(a.mode(), a.uid(), a.gid(), time, a.xattrs());
    }

    private Entry settle(Entry entry) {
        if (entry instanceof Entry.Directory directory) {
            return directory(directory);
        }
        if (entry instanceof Entry.RegularFile file) {
            return new Entry.RegularFile(settle(file.attributes()), file.inode(), file.content());
        }
        if (entry instanceof Entry.Symlink link) {
            return new Entry.Symlink(settle(link.attributes()), link.inode(), link.target());
        }
        if (entry instanceof Entry.Special special) {
            Attributes attributes = settle(special.attributes());
            return new Entry.Special(attributes, special.inode(), special.type(), special.major(), special.minor());
        }
        return entry;
    }

    private Entry.Directory directory(Entry.Directory directory) {
        return new Settled(directory);
    }

    private final class Settled implements Entry.Directory {
        private final Entry.Directory directory;

        Settled(Entry.Directory directory) {
            this.directory = directory;
        }

        @Override
        public Attributes attributes() {
            return settle(directory.attributes());
        }

        @Override
        public boolean opaque() {
            return directory.opaque();
        }

        @Override
        public boolean implicit() {
            return directory.implicit();
        }

        @Override
        public @Nullable Entry child(Name name) throws IOException {
            Entry entry = directory.child(name);
            return entry == null ? null : settle(entry);
        }

        @Override
        public Iterator<Child> children() throws IOException {
            Iterator<Child> children = directory.children();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return children.hasNext();
                }

                @Override
                public Child next() {
                    if (!children.hasNext()) {
                        throw new NoSuchElementException();
                    }
                    Child child = children.next();
                    return new Child(child.name(), settle(child.entry()));
                }
            };
        }
    }
}
