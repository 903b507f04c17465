package io.layerfs.upper;

import io.layerfs.WritableView;
import io.layerfs.lock.LockOrder;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is written of a view: a variable that holds the present {@link Tree}, and what may change it.
 *
 * <p>Who reads takes the tree and asks it. Who changes names or attributes holds {@link #lock} from the present tree to the
 * next; the journal is written between, so that what could not be written was not done. Who changes data holds the lock of
 * that data, and {@link #sharing} for reading; who is about to share all data, with a fork or a snapshot, holds that for
 * writing. {@link LockOrder} has their order; hence data is given back when the lock of the tree is not held any more.
 */
final class UpperState {

    private final ReentrantReadWriteLock sharing = LockOrder.SHARING.newReadWriteLock();
    private final ReentrantLock lock = LockOrder.TREE.newLock();
    private final Holds holds = new Holds();
    private final InstantSource clock;
    private final DataArea area;
    private final Account account;
    private final KeptRecord record;

    /** Inodes that are open and have no name, or may have data though they have none; of who has the lock. */
    private final Set<Long> nameless = new HashSet<>();

    private volatile Tree tree;
    private volatile Epoch epoch;
    private volatile boolean closed;

    /** {@code epoch} is that of the data which may be changed in place; the journal is closed with this. */
    UpperState(Tree tree, DataArea area, Epoch epoch, Account account, InstantSource clock, @Nullable Journal journal) {
        this.tree = tree;
        this.area = area;
        this.epoch = epoch;
        this.account = account;
        this.clock = clock;
        this.record = new KeptRecord(area, journal);
    }

    /** The present tree. */
    Tree tree() {
        return tree;
    }

    Epoch epoch() {
        return epoch;
    }

    DataArea area() {
        return area;
    }

    Account account() {
        return account;
    }

    /** Whether what is done is written down, and survives. */
    boolean isKept() {
        return record.isKept();
    }

    Instant now() {
        return clock.instant();
    }

    /** One operation on the tree. */
    interface Operation<T> {
        T run(Transaction transaction) throws IOException;
    }

    /** Makes the next tree, has it written down, and shows it. */
    <T> T change(Operation<T> operation) throws IOException {
        List<FileData> free = new ArrayList<>(0);
        lock.lock();
        try {
            requireOpen();
            Edits edits = record.begin();
            Transaction transaction = new Transaction(tree, now(), edits);
            T answer = operation.run(transaction);
            record.append(edits);
            tree = transaction.tree();
            for (long inode : transaction.nameless()) {
                nameless.add(inode);
                reap(inode, free);
            }
            return answer;
        } finally {
            lock.unlock();
            free.forEach(FileData::discard);
            if (record.isLong() && sharing.getReadHoldCount() == 0) {
                compact();
            }
        }
    }

    /** What is done while nothing else is. */
    private interface Alone<T> {
        T run() throws IOException;
    }

    private <T> T alone(Alone<T> action) throws IOException {
        sharing.writeLock().lock();
        try {
            lock.lock();
            try {
                return action.run();
            } finally {
                lock.unlock();
            }
        } finally {
            sharing.writeLock().unlock();
        }
    }

    /** Writes the journal anew, where it has become long. No data may be changing: what is written would be missed. */
    private void compact() {
        if (record.isLong()) {
            try {
                compact(record::isLong);
            } catch (IOException e) {
                // what was asked for is done and in the journal, which may be long; what the disk lost, force() tells
                return;
            }
        }
    }

    /** Writes the journal anew now. */
    void compactNow() throws IOException {
        compact(() -> true);
    }

    private void compact(BooleanSupplier wanted) throws IOException {
        alone(() -> {
            if (!closed && wanted.getAsBoolean()) {
                record.compact(tree);
            }
            return tree;
        });
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("the writable view is closed");
        }
    }

    /**
     * Forgets an inode without names, unless it is open, and adds to {@code free} the data that nobody shares. Of an inode of
     * the view below a node stays, which hides that.
     */
    private void reap(long inode, List<FileData> free) {
        Node node = tree.nodes().get(inode);
        if (node == null || node.links() > 0 || holds.isHeld(inode)) {
            return;
        }
        nameless.remove(inode);
        FileData data = node instanceof Node.Regular file ? file.data() : null;
        tree = tree.forgetting(inode);
        if (data != null) {
            account.add(-data.allocated());
            if (data.epoch() == epoch) {
                free.add(data);
            }
        }
    }

    /** Keeps an inode from being forgotten while it has no names: as long as it is open. */
    Hold hold(long inode) throws IOException {
        requireOpen();
        boolean first = holds.add(inode);
        Hold hold = new Hold(inode, this::released);
        boolean valid = false;
        try {
            // looked at after it is held: who unlinks it looks at the holds after that
            Node node = tree.node(inode);
            boolean openAnyway = !first && node instanceof Node.Directory;
            if (node != null && node.links() == 0 && !openAnyway) {
                throw Errors.absent(inode);
            }
            valid = true;
            return hold;
        } finally {
            if (!valid) {
                hold.close();
            }
        }
    }

    private void released(long inode) {
        if (holds.remove(inode)) {
            Node node = tree.nodes().get(inode);
            if (node != null && node.links() == 0) {
                List<FileData> free = new ArrayList<>(1);
                lock.lock();
                try {
                    reap(inode, free);
                } finally {
                    lock.unlock();
                }
                free.forEach(FileData::discard);
            }
        }
    }

    /** Lets data be changed until {@link #endDataChange}: nothing is shared meanwhile. */
    void beginDataChange() throws IOException {
        sharing.readLock().lock();
        if (closed) {
            sharing.readLock().unlock();
            requireOpen();
        }
    }

    void endDataChange() {
        sharing.readLock().unlock();
        compact();
    }

    /** The data of a file, to be changed in place: copied up, or derived from what others share, where that is needed. */
    FileData writable(WritableView.Place file) throws IOException {
        while (true) {
            FileData old = tree.node(file.inode()) instanceof Node.Regular known ? known.data() : null;
            if (old != null && old.epoch() == epoch) {
                return old;
            }
            FileData own = old == null
                    ? FileData.of(area, epoch, tree.lower().content(file.inode()), file.inode())
                    : old.derive(area, epoch);
            boolean shown = false;
            try {
                shown = show(file, old, own);
                if (shown) {
                    return own;
                }
            } finally {
                if (!shown) {
                    own.discard();
                }
            }
        }
    }

    /** Gives a file other data with the same bytes, unless somebody else has done so meanwhile. */
    private boolean show(WritableView.Place file, @Nullable FileData old, FileData data) throws IOException {
        long growth = data.allocated() - (old == null ? 0 : old.allocated());
        account.charge(growth);
        boolean shown = false;
        try {
            shown = change(t -> {
                Node.Regular node = (Node.Regular) t.node(file);
                if (node.data() != old) {
                    return false;
                }
                t.say(file.inode(), edits -> edits.data(data));
                t.put(file.inode(), node.withData(data));
                return true;
            });
            return shown;
        } finally {
            if (!shown) {
                account.add(-growth);
            }
        }
    }

    /** Gives back the data that a file had; that of data which others share is given back when nobody does. */
    void replaced(FileData data) {
        account.add(-data.allocated());
        if (data.epoch() == epoch) {
            data.discard();
        }
    }

    /** Whether that is still the data of a file. */
    boolean isCurrent(long inode, FileData data) {
        return tree.nodes().get(inode) instanceof Node.Regular node && node.data() == data;
    }

    /**
     * What is seen at present, whose data nobody changes from now on. What is open and has no name is not in it: nobody would
     * give that back.
     */
    Tree freeze() throws IOException {
        return alone(() -> {
            requireOpen();
            epoch = new Epoch(area);
            Tree seen = tree;
            long used = account.used();
            for (long inode : nameless) {
                FileData data = seen.nodes().get(inode) instanceof Node.Regular file ? file.data() : null;
                used -= data == null ? 0 : data.allocated();
                seen = seen.forgetting(inode);
            }
            return seen.withUsed(used);
        });
    }

    /** Shows an earlier tree of this family again. */
    void rollback(Tree past) throws IOException {
        alone(() -> {
            requireOpen();
            Tree next = past.withNext(tree.next());
            record.restate(next);
            tree = next;
            nameless.clear();
            epoch = new Epoch(area);
            account.add(past.used() - account.used());
            return next;
        });
    }

    /** Has all that was done until now survive a crash. */
    void force() throws IOException {
        record.force();
    }

    /** Has all operations until now survive a crash. */
    void forceJournal() throws IOException {
        record.forceJournal();
    }

    /** How many inodes are open. */
    int held() {
        return holds.size();
    }

    /** Ends it, whatever fails; idempotent. What is being read fails from then on. */
    void close() throws IOException {
        boolean first = alone(() -> {
            boolean wasOpen = !closed;
            closed = true;
            return wasOpen;
        });
        if (first) {
            try {
                record.force();
                record.noteForced();
            } finally {
                release();
            }
        }
    }

    private void release() throws IOException {
        try {
            record.close();
        } finally {
            try {
                discardData();
            } finally {
                area.close();
            }
        }
    }

    /** Of a view that is not kept, all that no fork shares. */
    private void discardData() {
        Epoch own = epoch;
        if (!area.isDurable()) {
            tree.nodes().forEach((inode, node) -> {
                if (node instanceof Node.Regular file
                        && file.data() != null
                        && file.data().epoch() == own) {
                    file.data().discard();
                }
            });
        }
    }
}
