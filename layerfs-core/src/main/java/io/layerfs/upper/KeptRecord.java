package io.layerfs.upper;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Where what is done to a view is written down, so that it survives: its journal and its scratch files; nowhere, for a view that
 * is not kept. {@link UpperState} says under which lock each of this is called.
 */
final class KeptRecord {

    private final DataArea area;
    private final @Nullable Journal journal;

    /** The journal is closed with this. */
    KeptRecord(DataArea area, @Nullable Journal journal) {
        this.area = area;
        this.journal = journal;
    }

    boolean isKept() {
        return journal != null;
    }

    /** What one operation is to write down; null where nothing is. */
    @Nullable
    Edits begin() {
        return journal == null ? null : new Edits();
    }

    void append(@Nullable Edits edits) throws IOException {
        if (journal != null && edits != null && !edits.isEmpty()) {
            journal.append(edits.toBytes());
        }
    }

    /** Whether the journal says much that is not so any more. */
    boolean isLong() {
        return journal != null && journal.isLong();
    }

    /** Has the journal say how a tree came about, and nothing else; what it needs is on the disk before. */
    void restate(Tree tree) throws IOException {
        if (journal != null) {
            area.force();
            journal.rewrite(to -> Compaction.write(tree, to));
        }
    }

    /** As {@link #restate}, and deletes what nothing tells of any more. */
    void compact(Tree tree) throws IOException {
        if (journal != null) {
            area.force();
            area.deleteDoomed(() -> {
                journal.rewrite(to -> Compaction.write(tree, to));
                journal.force();
            });
        }
    }

    /** Has all that was done until now survive a crash. */
    void force() throws IOException {
        if (journal != null) {
            area.force();
            forceJournal();
        }
    }

    /** Has all operations until now survive a crash. */
    void forceJournal() throws IOException {
        if (journal != null) {
            area.deleteDoomed(journal::force);
        }
    }

    /** Has who opens it next know that nothing need be done again. Nothing is changed any more when this is written. */
    void noteForced() {
        if (journal != null) {
            Edits edits = new Edits();
            edits.forced();
            try {
                journal.note(edits.toBytes());
            } catch (IOException e) {
                // who opens it does again what was done
                return;
            }
        }
    }

    void close() throws IOException {
        if (journal != null) {
            journal.close();
        }
    }
}
