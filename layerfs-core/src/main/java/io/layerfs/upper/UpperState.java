package io.layerfs.upper;

import io.layerfs.WritableView;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * What is written of a view: a variable that holds the present {@link Tree}, and what may change it.
 *
 * <p>Who reads takes the tree and asks it. Who changes names or attributes holds {@link #lock} from the present tree to the
 * next; the journal is written between, so that what could not be written was not done. Who changes data holds the lock of
 * that data, and {@link #sharing} for reading; who is about to share all data, with a fork or a snapshot, holds that for
 * writing. The order of locks: sharing, data, lock, journal.
 */
final class UpperState {

    private final ReentrantReadWriteLock sharing = new ReentrantReadWriteLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Holds holds = new Holds();
    private final InstantSource clock;
    private final DataArea area;
    private final Account account;
    private final @Nullable Journal journal;

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
        this.journal = journal;
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

    /** What a journal is to be told; null where there is none. */
    @Nullable
    Edits newEdits() {
        return journal == null ? null : new Edits();
    }

    Instant now() {
        return clock.instant();
    }

    /** One operation on the tree. */
    interface Operation<T> {
        T run(Transaction transaction) throws IOException;
    }

    <T> T change(Operation<T> operation) throws IOException {
        return change(newEdits(), operation);
    }

    /** Makes the next tree, has it written down with what {@code edits} says already, and shows it. */
    <T> T change(@Nullable Edits edits, Operation<T> operation) throws IOException {
        lock.lock();
        try {
            requireOpen();
            Transaction transaction = new Transaction(tree, now(), edits);
            T answer = operation.run(transaction);
            if (journal != null && edits != null && !edits.isEmpty()) {
                journal.append(edits.toBytes());
            }
            tree = transaction.tree();
            for (long inode : transaction.unlinked()) {
                reap(inode);
            }
            return answer;
        } finally {
            lock.unlock();
            if (sharing.getReadHoldCount() == 0) {
                compact();
            }
        }
    }

    /** Writes the journal anew, where it has become long. No data may be changing: what is written would be missed. */
    private void compact() {
        if (journal == null || !journal.isLong()) {
            return;
        }
        sharing.writeLock().lock();
        lock.lock();
        try {
            if (!closed && journal.isLong()) {
                area.force();
                Tree now = tree;
                journal.rewrite(to -> Compaction.write(now, to));
                area.deleteDoomed();
            }
        } catch (IOException e) {
            // what was asked for is done and in the journal, which may be long; what the disk lost, force() tells
            return;
        } finally {
            lock.unlock();
            sharing.writeLock().unlock();
        }
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("the writable view is closed");
        }
    }

    /** Forgets an inode without names, unless it is open. Of one of the view below a node stays, which hides that. */
    private void reap(long inode) {
        Node node = tree.nodes().get(inode);
        if (node == null || node.links() > 0 || holds.isHeld(inode)) {
            return;
        }
        if (tree.isNew(inode)) {
            tree = tree.without(inode);
        }
        if (node instanceof Node.Regular file && file.data() != null) {
            release(file.data());
        }
    }

    /** Gives back what data takes; that of data which others share is given back when nobody does. */
    void release(FileData data) {
        account.add(-data.allocated());
        if (data.epoch() == epoch) {
            data.discard();
        }
    }

    /** Keeps an inode from being forgotten while it has no names: as long as it is open. */
    Closeable hold(long inode) throws IOException {
        requireOpen();
        boolean first = holds.add(inode);
        Hold hold = new Hold(inode);
        try {
            // looked at after it is held: who unlinks it looks at the holds after that
            Node node = tree.node(inode);
            boolean openAnyway = !first && node instanceof Node.Directory;
            if (node != null && node.links() == 0 && !openAnyway) {
                throw Errors.absent(inode);
            }
            return hold;
        } catch (IOException | RuntimeException e) {
            hold.close();
            throw e;
        }
    }

    private final class Hold implements Closeable {
        private final long inode;
        private final AtomicBoolean released = new AtomicBoolean();

        Hold(long inode) {
            this.inode = inode;
        }

        @Override
        public void close() {
            if (released.compareAndSet(false, true) && holds.remove(inode)) {
                Node node = tree.nodes().get(inode);
                if (node != null && node.links() == 0) {
                    lock.lock();
                    try {
                        reap(inode);
                    } finally {
                        lock.unlock();
                    }
                }
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
        if (tree.node(file.inode()) instanceof Node.Regular known) {
            FileData data = known.data();
            if (data != null && data.epoch() == epoch) {
                return data;
            }
        }
        lock.lock();
        try {
            Node.Regular node = tree.nodes().get(file.inode()) instanceof Node.Regular known ? known : null;
            FileData shared = node == null ? null : node.data();
            if (shared != null && shared.epoch() == epoch) {
                return shared;
            }
            FileData own = shared == null
                    ? FileData.of(area, epoch, tree.lower().content(file.inode()), file.inode())
                    : shared.derive(area, epoch);
            long growth = own.allocated() - (shared == null ? 0 : shared.allocated());
            account.require(growth);
            show(file, own);
            account.add(growth);
            return own;
        } finally {
            lock.unlock();
        }
    }

    private void show(WritableView.Place file, FileData data) throws IOException {
        Edits edits = newEdits();
        if (edits != null) {
            edits.data(data);
        }
        change(edits, t -> {
            t.put(file.inode(), ((Node.Regular) t.node(file)).withData(data));
            return 0;
        });
    }

    /** Whether that is still the data of a file. */
    boolean isCurrent(long inode, FileData data) {
        return tree.nodes().get(inode) instanceof Node.Regular node && node.data() == data;
    }

    /** The present tree, whose data nobody changes from now on. */
    Tree freeze() throws IOException {
        sharing.writeLock().lock();
        lock.lock();
        try {
            requireOpen();
            epoch = new Epoch(area);
            tree = tree.withUsed(account.used());
            return tree;
        } finally {
            lock.unlock();
            sharing.writeLock().unlock();
        }
    }

    /** Shows an earlier tree of this family again. */
    void rollback(Tree past) throws IOException {
        sharing.writeLock().lock();
        lock.lock();
        try {
            requireOpen();
            Tree next = past.withNext(tree.next());
            if (journal != null) {
                area.force();
                journal.rewrite(to -> Compaction.write(next, to));
            }
            tree = next;
            epoch = new Epoch(area);
            account.add(past.used() - account.used());
        } finally {
            lock.unlock();
            sharing.writeLock().unlock();
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
            journal.force();
            area.deleteDoomed();
        }
    }

    /** How many inodes are open. */
    int held() {
        return holds.size();
    }

    /** Ends it; idempotent. */
    void close() throws IOException {
        sharing.writeLock().lock();
        lock.lock();
        try {
            if (closed) {
                return;
            }
            try {
                force();
            } finally {
                closed = true;
                release();
            }
        } finally {
            lock.unlock();
            sharing.writeLock().unlock();
        }
    }

    private void release() throws IOException {
        Epoch own = epoch;
        try (Closeable areaUse = area::close;
                Closeable written = journal == null ? () -> {} : journal) {
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
}
