package io.layerfs.upper;

import io.layerfs.Content;
import io.layerfs.WritableView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** A file of a writable view that is open. Each call finds the file's data afresh, so that all who have it open see the same. */
final class UpperFile implements WritableView.OpenFile {

    private static final long AT_END = -1;
    private static final int PART = 1 << 20;

    private final UpperState state;
    private final Watchers watchers;
    private final WritableView.Place place;
    private final Hold hold;
    private volatile @Nullable Content below;

    UpperFile(UpperState state, Watchers watchers, WritableView.Place place, Hold hold) {
        this.state = state;
        this.watchers = watchers;
        this.place = place;
        this.hold = hold;
    }

    private Content content() throws IOException {
        Node node = state.tree().nodes().get(place.inode());
        if (node == null) {
            Content known = below;
            if (known == null) {
                known = state.tree().content(place.inode());
                below = known;
            }
            return known;
        }
        return state.tree().content(place.inode());
    }

    @Override
    public long size() {
        try {
            return content().size();
        } catch (IOException e) {
            // only of a file that a rollback took away, of which reading tells
            return 0;
        }
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
        hold.enter();
        try {
            while (true) {
                Content content = content();
                int count = content instanceof FileData data
                        ? data.tryRead(position, target)
                        : content.read(position, target);
                if (count != FileData.GONE) {
                    return count;
                }
                if (content() == content) {
                    throw Errors.stale();
                }
            }
        } finally {
            hold.leave();
        }
    }

    /** Something that is asked of the content as it is now. */
    private interface Question {
        long of(Content content) throws IOException;
    }

    /** Asks again where the file was given other data meanwhile. The answer is not before {@code position}, however short it became. */
    private long ask(long position, Question question) throws IOException {
        hold.enter();
        try {
            while (true) {
                Content content = content();
                try {
                    return Math.max(position, question.of(content));
                } catch (IOException e) {
                    if (content() == content) {
                        throw e;
                    }
                }
            }
        } finally {
            hold.leave();
        }
    }

    @Override
    public MappedByteBuffer map(FileChannel.MapMode mode, long position, long size) throws IOException {
        hold.enter();
        try {
            while (true) {
                Content content = content();
                try {
                    return content.map(mode, position, size);
                } catch (IOException e) {
                    if (content() == content) {
                        throw e;
                    }
                }
            }
        } finally {
            hold.leave();
        }
    }

    @Override
    public long nextData(long position) throws IOException {
        return ask(position, content -> content.nextData(position));
    }

    @Override
    public long dataEnd(long position) throws IOException {
        return ask(position, content -> content.dataEnd(position));
    }

    @Override
    public int write(long position, ByteBuffer source) throws IOException {
        int count = source.remaining();
        put(position, source);
        return count;
    }

    @Override
    public long append(ByteBuffer source) throws IOException {
        return put(AT_END, source);
    }

    /** One way to change data, which is locked, and still that of the file. */
    private interface Change {
        /** Answers where it was done. */
        long make(FileData data) throws IOException;
    }

    /** Until that has ended the file stays, whoever closes it meanwhile. */
    private long change(Change change) throws IOException {
        hold.enter();
        try {
            state.beginDataChange();
            try {
                return changed(change);
            } finally {
                state.endDataChange();
            }
        } finally {
            hold.leave();
        }
    }

    private long changed(Change change) throws IOException {
        while (true) {
            FileData data = state.writable(place);
            long stamp = data.lockForWriting();
            try {
                if (state.isCurrent(place.inode(), data)) {
                    return change.make(data);
                }
            } finally {
                data.unlock(stamp);
            }
        }
    }

    private long put(long wanted, ByteBuffer source) throws IOException {
        long position = change(data -> {
            long at = wanted == AT_END ? data.size() : wanted;
            if (at + source.remaining() > FileData.MAX_SIZE) {
                throw Errors.tooLarge();
            }
            if (source.hasRemaining()) {
                spill(data, at + source.remaining());
                writeParts(data, at, source);
            }
            return at;
        });
        watchers.tell(WritableView.Listener.Kind.MODIFIED, place.directory(), place.name());
        return position;
    }

    /** Each part is atomic, a crash included; more than that much is not, as on Linux. */
    private void writeParts(FileData data, long at, ByteBuffer source) throws IOException {
        int limit = source.limit();
        long position = at;
        try {
            while (source.position() < limit) {
                source.limit(Math.min(limit, source.position() + PART));
                int count = source.remaining();
                write(data, position, source);
                position += count;
            }
        } finally {
            source.limit(limit);
        }
    }

    /** Moves data out of memory, where it would become too large for that. */
    private void spill(FileData data, long newSize) throws IOException {
        if (!data.isSmall() || data.staysSmall(Math.max(newSize, data.size()))) {
            return;
        }
        long blocks = DataBlocks.count(data.size()) * BlockSet.BLOCK;
        charged(blocks - data.size(), () -> {
            data.stageSpill();
            if (state.isKept()) {
                state.change(t -> {
                    t.say(place.inode(), edits -> edits.spill(data));
                    return 0;
                });
            }
        });
        data.applySpill();
    }

    private void write(FileData data, long at, ByteBuffer source) throws IOException {
        long growth = data.growth(at, source.remaining());
        state.account().charge(growth);
        boolean done = false;
        try {
            data.stageWrite(at, source);
            modified(edits -> record(edits, data, at, source));
            done = true;
        } finally {
            if (!done) {
                state.account().add(-growth);
                data.unstage();
            }
        }
        try {
            data.overwrite(at, source);
        } finally {
            data.applyWrite(at, source);
        }
    }

    /** What is done on account. */
    private interface Charged {
        void run() throws IOException;
    }

    /** Does what takes so many bytes of the quota more. */
    private void charged(long growth, Charged action) throws IOException {
        state.account().charge(growth);
        boolean done = false;
        try {
            action.run();
            done = true;
        } finally {
            if (!done) {
                state.account().add(-growth);
            }
        }
    }

    private static void record(Edits edits, FileData data, long at, ByteBuffer source) throws IOException {
        long end = at + source.remaining();
        if (data.isSmall()) {
            edits.bytes(data, at, source);
        } else {
            long last = DataBlocks.count(end);
            edits.blocks(data, at / BlockSet.BLOCK, last, Math.max(end, data.size()));
            for (long block : data.blocks().shared(at, source.remaining(), data.size())) {
                edits.overwrite(data, block * BlockSet.BLOCK, data.blocks().staged(block, Math.max(end, data.size())));
            }
            if (data.overwrites(at, source.remaining())) {
                edits.overwrite(data, at, source);
            }
        }
    }

    /** The file's times and privileges, after its data was changed; times tick in milliseconds here (as ext4's in jiffies). */
    private void modified(Transaction.Saying said) throws IOException {
        if (!state.isKept() && state.tree().node(place.inode()) instanceof Node.Regular known) {
            Instant tick = state.now().truncatedTo(ChronoUnit.MILLIS);
            boolean same =
                    known.meta().mtime().equals(tick) && known.meta().ctime().equals(tick);
            if (same && !known.meta().hasCapabilities()) {
                return;
            }
        }
        state.change(t -> {
            Node node = t.node(place);
            t.say(place.inode(), said);
            Instant tick = t.now().truncatedTo(ChronoUnit.MILLIS);
            t.put(place.inode(), node.with(node.meta().withoutCapabilities().modified(tick)));
            return 0;
        });
    }

    @Override
    public void truncate(long size) throws IOException {
        if (size > FileData.MAX_SIZE) {
            throw Errors.tooLarge();
        }
        if (size == 0) {
            empty();
        } else {
            change(data -> {
                spill(data, size);
                cut(data, size);
                return size;
            });
        }
        watchers.tell(WritableView.Listener.Kind.MODIFIED, place.directory(), place.name());
    }

    private void cut(FileData data, long size) throws IOException {
        long before = data.allocated();
        long growth = data.isSmall() ? Math.max(0, size - data.size()) : 0;
        charged(growth, () -> modified(edits -> edits.size(data, size)));
        try {
            if (!data.isSmall() && size < data.size()) {
                state.forceJournal(); // else a crash could leave it cut, and nothing that says so
            }
        } finally {
            try {
                data.applyTruncate(size);
            } finally {
                state.account().add(data.allocated() - before - growth);
            }
        }
    }

    /** Gives the file new data without a byte: nothing is copied up, and the old bytes are there until the journal is safe. */
    private void empty() throws IOException {
        hold.enter();
        try {
            state.beginDataChange();
            try {
                while (!emptied()) {
                    // somebody else gave it other data meanwhile
                }
            } finally {
                state.endDataChange();
            }
        } finally {
            hold.leave();
        }
    }

    private boolean emptied() throws IOException {
        FileData old = state.tree().node(place.inode()) instanceof Node.Regular known ? known.data() : null;
        long stamp = old == null ? 0 : old.lockForWriting();
        boolean done;
        try {
            done = replaced(old);
        } finally {
            if (old != null) {
                old.unlock(stamp);
            }
        }
        if (done && old != null) {
            state.replaced(old);
        }
        return done;
    }

    private boolean replaced(@Nullable FileData old) throws IOException {
        FileData data = FileData.empty(state.area(), state.epoch());
        return state.change(t -> {
            Node.Regular node = (Node.Regular) t.node(place);
            if (node.data() != old) {
                return false;
            }
            t.say(place.inode(), edits -> edits.data(data));
            Instant tick = t.now().truncatedTo(ChronoUnit.MILLIS);
            Node.Regular changed = node.with(node.meta().withoutCapabilities().modified(tick));
            t.put(place.inode(), changed.withData(data));
            return true;
        });
    }

    @Override
    public void force() throws IOException {
        hold.enter();
        try {
            forceData();
        } finally {
            hold.leave();
        }
    }

    private void forceData() throws IOException {
        if (state.tree().node(place.inode()) instanceof Node.Regular file) {
            FileData data = file.data();
            if (data != null) {
                data.force();
            }
        }
        state.forceJournal();
    }

    @Override
    public void close() throws IOException {
        hold.close();
    }
}
