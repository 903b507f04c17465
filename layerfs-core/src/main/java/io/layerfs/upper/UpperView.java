package io.layerfs.upper;

import io.layerfs.Changeset;
import io.layerfs.Content;
import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.Stat;
import io.layerfs.View;
import io.layerfs.WritableView;
import io.layerfs.Xattrs;
import io.layerfs.union.Difference;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A writable view: a variable that holds the present {@link Tree}, and what may change it.
 *
 * <p>Who reads takes the tree and asks it. Who changes names or attributes holds {@link #lock} from the present tree to the
 * next; the journal is written between, so that what could not be written was not done. Who changes data holds the lock of
 * that data, and {@link #sharing} for reading; who is about to share all data, with a fork or a snapshot, holds that for
 * writing. The order of locks: sharing, data, lock, journal.
 */
public final class UpperView implements WritableView {

    private static final String JOURNAL = "journal";
    private static final String DATA = "data";

    private final ReentrantReadWriteLock sharing = new ReentrantReadWriteLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Holds holds = new Holds();
    private final Watchers watchers = new Watchers();
    private final InstantSource clock;
    private final DataArea area;
    private final Account account;
    private final Supplier<ScratchDirectory> scratch;
    private final @Nullable Journal journal;

    private volatile Tree tree;
    private volatile Epoch epoch;
    private volatile boolean closed;

    UpperView(
            Tree tree,
            DataArea area,
            Account account,
            Supplier<ScratchDirectory> scratch,
            InstantSource clock,
            @Nullable Journal journal) {
        this.tree = tree;
        this.area = area;
        this.epoch = new Epoch(area);
        this.account = account;
        this.scratch = scratch;
        this.clock = clock;
        this.journal = journal;
    }

    /** One whose changes survive in {@code directory}, which only this view uses; {@code unlock} is run when it is closed. */
    public static UpperView create(
            View lower,
            Path directory,
            long quota,
            Supplier<ScratchDirectory> forks,
            InstantSource clock,
            Closeable unlock)
            throws IOException {
        DataArea area = DataArea.durable(new KeptDirectory(directory.resolve(DATA), unlock));
        Tree tree = Tree.over(lower);
        Journal journal = Journal.create(directory.resolve(JOURNAL), to -> Compaction.write(tree, to));
        return new UpperView(tree, area, new Account(quota, 0), forks, clock, journal);
    }

    /** One whose changes are in {@code directory}. */
    public static UpperView open(
            View lower,
            Path directory,
            long quota,
            Supplier<ScratchDirectory> forks,
            InstantSource clock,
            Closeable unlock)
            throws IOException {
        KeptDirectory space = new KeptDirectory(directory.resolve(DATA), unlock);
        DataArea area = DataArea.durable(space);
        Epoch epoch = new Epoch(area);
        Replay replay = new Replay(lower, area, epoch);
        Journal journal = Journal.open(directory.resolve(JOURNAL), replay::apply);
        try {
            Tree tree = replay.finish();
            space.deleteOthers(Replay.scratchFiles(tree));
            UpperView view =
                    new UpperView(tree, area, new Account(quota, Replay.allocated(tree)), forks, clock, journal);
            view.epoch = epoch;
            return view;
        } catch (IOException | RuntimeException e) {
            try (journal) {
                area.openFiles().close(null); // the lock is the caller's still
            }
            throw e;
        }
    }

    /** A disposable one. */
    public static UpperView over(View lower, long quota, Supplier<ScratchDirectory> scratch, InstantSource clock) {
        DataArea area = DataArea.disposable(scratch.get());
        return new UpperView(Tree.over(lower), area, new Account(quota, 0), scratch, clock, null);
    }

    @Override
    public long root() {
        return tree.root();
    }

    @Override
    public long lookup(long directory, Name name) throws IOException {
        return tree.lookup(directory, name);
    }

    @Override
    public long parent(long directory) throws IOException {
        return tree.parent(directory);
    }

    @Override
    public FileType type(long inode) throws IOException {
        return tree.type(inode);
    }

    @Override
    public Stat stat(long inode) throws IOException {
        return tree.stat(inode);
    }

    @Override
    public Xattrs xattrs(long inode) throws IOException {
        return tree.xattrs(inode);
    }

    @Override
    public String readSymlink(long inode) throws IOException {
        return tree.readSymlink(inode);
    }

    @Override
    public Content content(long inode) throws IOException {
        return tree.content(inode);
    }

    @Override
    public Iterator<Dirent> list(long directory) throws IOException {
        return tree.list(directory);
    }

    @Override
    public View present() {
        return tree;
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

    Watchers watchers() {
        return watchers;
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

    private <T> T change(Operation<T> operation) throws IOException {
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

    @Override
    public long createFile(long directory, Name name, int mode) throws IOException {
        Edits edits = newEdits();
        FileData data = FileData.empty(area, epoch);
        if (edits != null) {
            edits.data(data);
        }
        return create(edits, directory, name, FileType.REGULAR, mode, m -> new Node.Regular(m, 1, null, data));
    }

    @Override
    public long createDirectory(long directory, Name name, int mode) throws IOException {
        Transaction.Maker maker = meta -> new Node.Directory(meta, 2, directory, false, NameMap.EMPTY);
        return create(newEdits(), directory, name, FileType.DIRECTORY, mode, maker);
    }

    @Override
    public long createSymlink(long directory, Name name, String target) throws IOException {
        Transaction.Maker maker = meta -> new Node.Symlink(meta, 1, null, target);
        return create(newEdits(), directory, name, FileType.SYMLINK, 0777, maker);
    }

    @Override
    public long createSpecial(long directory, Name name, FileType type, int mode, int major, int minor)
            throws IOException {
        if (type == FileType.DIRECTORY || type == FileType.REGULAR || type == FileType.SYMLINK) {
            throw new IllegalArgumentException(type + " is no special file");
        }
        Transaction.Maker maker = meta -> new Node.Special(meta, 1, null, type, major, minor);
        return create(newEdits(), directory, name, type, mode, maker);
    }

    private long create(
            @Nullable Edits edits, long directory, Name name, FileType type, int mode, Transaction.Maker maker)
            throws IOException {
        long inode = change(edits, t -> t.create(directory, name, type, mode, maker));
        watchers.tell(Listener.Kind.CREATED, directory, name);
        return inode;
    }

    @Override
    public void link(Place file, long directory, Name name) throws IOException {
        change(t -> {
            t.link(file, directory, name);
            return 0;
        });
        watchers.tell(Listener.Kind.CREATED, directory, name);
    }

    @Override
    public void unlink(long directory, Name name) throws IOException {
        change(t -> {
            t.unlink(directory, name);
            return 0;
        });
        watchers.tell(Listener.Kind.DELETED, directory, name);
    }

    @Override
    public void removeDirectory(long directory, Name name) throws IOException {
        change(t -> {
            t.removeDirectory(directory, name);
            return 0;
        });
        watchers.tell(Listener.Kind.DELETED, directory, name);
    }

    @Override
    public void rename(long fromDirectory, Name from, long toDirectory, Name to, boolean replace) throws IOException {
        if (change(t -> t.rename(fromDirectory, from, toDirectory, to, replace))) {
            watchers.tell(Listener.Kind.DELETED, fromDirectory, from);
            watchers.tell(Listener.Kind.CREATED, toDirectory, to);
        }
    }

    @Override
    public void setAttributes(Place file, AttributeChange change) throws IOException {
        change(t -> {
            t.setAttributes(file, change);
            return 0;
        });
        watchers.tell(Listener.Kind.MODIFIED, file.directory(), file.name());
    }

    @Override
    public void setXattr(Place file, String name, byte[] value) throws IOException {
        change(t -> {
            t.setXattr(file, name, value);
            return 0;
        });
        watchers.tell(Listener.Kind.MODIFIED, file.directory(), file.name());
    }

    @Override
    public void removeXattr(Place file, String name) throws IOException {
        change(t -> {
            t.removeXattr(file, name);
            return 0;
        });
        watchers.tell(Listener.Kind.MODIFIED, file.directory(), file.name());
    }

    @Override
    public OpenFile open(Place file) throws IOException {
        Closeable hold = hold(file.inode());
        try {
            if (tree.type(file.inode()) != FileType.REGULAR) {
                throw Errors.wrongType(file.inode(), "Is a directory");
            }
            return new UpperFile(this, file, hold);
        } catch (IOException | RuntimeException e) {
            hold.close();
            throw e;
        }
    }

    @Override
    public Closeable hold(long inode) throws IOException {
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

    @Override
    public Closeable watch(Listener listener) {
        return watchers.add(listener);
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
    FileData writable(Place file) throws IOException {
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

    private void show(Place file, FileData data) throws IOException {
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

    @Override
    public Changeset changes() throws IOException {
        Tree frozen = freeze();
        return Difference.between(frozen.lower(), frozen, Touched.of(frozen));
    }

    @Override
    public View snapshot() throws IOException {
        return freeze();
    }

    /** The present tree, whose data nobody changes from now on. */
    private Tree freeze() throws IOException {
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

    @Override
    public WritableView fork() throws IOException {
        Tree shared = freeze();
        DataArea forks = area.isDurable() ? area.forFork(scratch.get()) : area.retain();
        Tree own = area.isDurable() ? shared.ofNewFamily() : shared;
        return new UpperView(own, forks, new Account(account.quota(), shared.used()), scratch, clock, null);
    }

    @Override
    public void rollback(View snapshot) throws IOException {
        if (!(snapshot instanceof Tree past) || past.family() != tree.family()) {
            throw new IllegalArgumentException("no snapshot of this view");
        }
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

    @Override
    public Usage usage() {
        return new Usage(account.quota(), account.used());
    }

    @Override
    public void force() throws IOException {
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

    @Override
    public void close() throws IOException {
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
