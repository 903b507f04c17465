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
import java.time.InstantSource;
import java.util.Iterator;
import java.util.function.Supplier;

/**
 * A writable view over another: what is asked of it goes to the present {@link Tree}, what is done to it is a {@link Transaction}
 * of its {@link UpperState}, and who watches is told.
 */
public final class UpperView implements WritableView {

    private static final String JOURNAL = "journal";
    private static final String DATA = "data";

    private final Watchers watchers = new Watchers();
    private final UpperState state;
    private final Supplier<ScratchDirectory> scratch;
    private final InstantSource clock;

    private UpperView(UpperState state, Supplier<ScratchDirectory> scratch, InstantSource clock) {
        this.state = state;
        this.scratch = scratch;
        this.clock = clock;
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
        UpperState state = new UpperState(tree, area, new Epoch(area), new Account(quota, 0), clock, journal);
        return new UpperView(state, forks, clock);
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
            if (replay.isForced()) {
                journal.noted();
            } else {
                journal.force(); // before files are cut and deleted because of what it tells
            }
            Tree tree = replay.finish();
            space.deleteOthers(Replay.scratchFiles(tree));
            Account account = new Account(quota, Replay.allocated(tree));
            return new UpperView(new UpperState(tree, area, epoch, account, clock, journal), forks, clock);
        } catch (IOException | RuntimeException | Error e) {
            try (journal) {
                area.openFiles().close(); // the lock is the caller's still
            }
            throw e;
        }
    }

    /** A disposable one. */
    public static UpperView over(View lower, long quota, Supplier<ScratchDirectory> scratch, InstantSource clock) {
        DataArea area = DataArea.disposable(scratch.get());
        return disposable(Tree.over(lower), area, new Account(quota, 0), scratch, clock);
    }

    private static UpperView disposable(
            Tree tree, DataArea area, Account account, Supplier<ScratchDirectory> scratch, InstantSource clock) {
        UpperState state = new UpperState(tree, area, new Epoch(area), account, clock, null);
        return new UpperView(state, scratch, clock);
    }

    @Override
    public long root() {
        return state.tree().root();
    }

    @Override
    public long lookup(long directory, Name name) throws IOException {
        return state.tree().lookup(directory, name);
    }

    @Override
    public long parent(long directory) throws IOException {
        return state.tree().parent(directory);
    }

    @Override
    public FileType type(long inode) throws IOException {
        return state.tree().type(inode);
    }

    @Override
    public Stat stat(long inode) throws IOException {
        return state.tree().stat(inode);
    }

    @Override
    public Xattrs xattrs(long inode) throws IOException {
        return state.tree().xattrs(inode);
    }

    @Override
    public String readSymlink(long inode) throws IOException {
        return state.tree().readSymlink(inode);
    }

    @Override
    public Content content(long inode) throws IOException {
        return state.tree().content(inode);
    }

    @Override
    public Iterator<Dirent> list(long directory) throws IOException {
        return state.tree().list(directory);
    }

    @Override
    public View present() {
        return state.tree();
    }

    @Override
    public long createFile(long directory, Name name, int mode) throws IOException {
        FileData data = FileData.empty(state.area(), state.epoch());
        long inode = state.change(t -> {
            t.say(t.tree().next(), edits -> edits.data(data));
            return t.create(directory, name, FileType.REGULAR, mode, meta -> new Node.Regular(meta, 1, null, data));
        });
        watchers.tell(Listener.Kind.CREATED, directory, name);
        return inode;
    }

    @Override
    public long createDirectory(long directory, Name name, int mode) throws IOException {
        Transaction.Maker maker = meta -> new Node.Directory(meta, 2, directory, false, NameMap.EMPTY);
        return create(directory, name, FileType.DIRECTORY, mode, maker);
    }

    @Override
    public long createSymlink(long directory, Name name, String target) throws IOException {
        Limits.requireTarget(name, target);
        Transaction.Maker maker = meta -> new Node.Symlink(meta, 1, null, target);
        return create(directory, name, FileType.SYMLINK, 0777, maker);
    }

    @Override
    public long createSpecial(long directory, Name name, FileType type, int mode, int major, int minor)
            throws IOException {
        if (type == FileType.DIRECTORY || type == FileType.REGULAR || type == FileType.SYMLINK) {
            throw new IllegalArgumentException(type + " is no special file");
        }
        Limits.requireDevice(name, type, major, minor);
        Transaction.Maker maker = meta -> new Node.Special(meta, 1, null, type, major, minor);
        return create(directory, name, type, mode, maker);
    }

    private long create(long directory, Name name, FileType type, int mode, Transaction.Maker maker)
            throws IOException {
        long inode = state.change(t -> t.create(directory, name, type, mode, maker));
        watchers.tell(Listener.Kind.CREATED, directory, name);
        return inode;
    }

    @Override
    public void link(Place file, long directory, Name name) throws IOException {
        state.change(t -> {
            t.link(file, directory, name);
            return 0;
        });
        watchers.tell(Listener.Kind.CREATED, directory, name);
    }

    @Override
    public void unlink(long directory, Name name) throws IOException {
        state.change(t -> {
            t.unlink(directory, name);
            return 0;
        });
        watchers.tell(Listener.Kind.DELETED, directory, name);
    }

    @Override
    public void removeDirectory(long directory, Name name) throws IOException {
        state.change(t -> {
            t.removeDirectory(directory, name);
            return 0;
        });
        watchers.tell(Listener.Kind.DELETED, directory, name);
    }

    @Override
    public void rename(long fromDirectory, Name from, long toDirectory, Name to, boolean replace) throws IOException {
        if (state.change(t -> t.rename(fromDirectory, from, toDirectory, to, replace))) {
            watchers.tell(Listener.Kind.DELETED, fromDirectory, from);
            watchers.tell(Listener.Kind.CREATED, toDirectory, to);
        }
    }

    @Override
    public void setAttributes(Place file, AttributeChange change) throws IOException {
        state.change(t -> {
            t.setAttributes(file, change);
            return 0;
        });
        watchers.tell(Listener.Kind.MODIFIED, file.directory(), file.name());
    }

    @Override
    public void setXattr(Place file, String name, byte[] value) throws IOException {
        state.change(t -> {
            t.setXattr(file, name, value);
            return 0;
        });
        watchers.tell(Listener.Kind.MODIFIED, file.directory(), file.name());
    }

    @Override
    public void removeXattr(Place file, String name) throws IOException {
        state.change(t -> {
            t.removeXattr(file, name);
            return 0;
        });
        watchers.tell(Listener.Kind.MODIFIED, file.directory(), file.name());
    }

    @Override
    public OpenFile open(Place file) throws IOException {
        Hold hold = state.hold(file.inode());
        try {
            if (state.tree().type(file.inode()) != FileType.REGULAR) {
                throw Errors.wrongType(file.inode(), "Is a directory");
            }
            return new UpperFile(state, watchers, file, hold);
        } catch (Throwable e) {
            hold.close();
            throw e;
        }
    }

    @Override
    public Closeable hold(long inode) throws IOException {
        return state.hold(inode);
    }

    @Override
    public Closeable watch(Listener listener) {
        return watchers.add(listener);
    }

    @Override
    public Changeset changes() throws IOException {
        Tree frozen = state.freeze();
        return Difference.between(frozen.lower(), frozen, Touched.of(frozen));
    }

    @Override
    public View snapshot() throws IOException {
        return state.freeze();
    }

    @Override
    public WritableView fork() throws IOException {
        Tree shared = state.freeze();
        DataArea area = state.area();
        DataArea forks = area.isDurable() ? area.forFork(scratch.get()) : area.retain();
        Tree own = area.isDurable() ? shared.ofNewFamily() : shared;
        return disposable(own, forks, new Account(state.account().quota(), shared.used()), scratch, clock);
    }

    @Override
    public void rollback(View snapshot) throws IOException {
        if (!(snapshot instanceof Tree past) || past.family() != state.tree().family()) {
            throw new IllegalArgumentException("no snapshot of this view");
        }
        state.rollback(past);
    }

    @Override
    public Usage usage() {
        Account account = state.account();
        return new Usage(account.quota(), account.used());
    }

    @Override
    public void force() throws IOException {
        state.force();
    }

    /** Writes the journal anew, however short it is. */
    void compact() throws IOException {
        state.compactNow();
    }

    /** How many inodes are open. */
    int held() {
        return state.held();
    }

    @Override
    public void close() throws IOException {
        state.close();
    }
}
