package io.layerfs.upper;

import io.layerfs.Content;
import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.Stat;
import io.layerfs.View;
import io.layerfs.WritableView;
import io.layerfs.Xattrs;
import io.layerfs.host.Durable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;

/** A writable view over one that has {@code f} alone. */
final class PlainView implements Plain {

    private static final Name FILE = Name.of("f");

    private final UpperView view;
    private final WritableView.OpenFile[] handles = new WritableView.OpenFile[HANDLES];
    private final WritableView.Place place;

    /** Scratch files go to {@code scratch}, which is deleted with the view. */
    PlainView(byte[] bytes, Path scratch) throws IOException {
        view = UpperView.over(new Lower(bytes), Long.MAX_VALUE, () -> new Scratch(scratch), () -> Instant.EPOCH);
        place = new WritableView.Place(view.root(), FILE, view.lookup(view.root(), FILE));
        for (int i = 0; i < HANDLES; i++) {
            handles[i] = view.open(place);
        }
    }

    UpperView view() {
        return view;
    }

    @Override
    public String create(String name) throws IOException {
        view.createFile(view.root(), Name.of(name), 0644);
        return "ok";
    }

    @Override
    public String unlink(String name) throws IOException {
        view.unlink(view.root(), Name.of(name));
        return "ok";
    }

    @Override
    public String rename(String from, String to) throws IOException {
        view.rename(view.root(), Name.of(from), view.root(), Name.of(to), true);
        return "ok";
    }

    @Override
    public String link(String name) throws IOException {
        view.link(place, view.root(), Name.of(name));
        return "ok";
    }

    @Override
    public String write(int handle, int position, int count) throws IOException {
        handles[handle].write(position, ByteBuffer.wrap(Plain.bytes(position, count)));
        return "ok";
    }

    @Override
    public String append(int handle, int count) throws IOException {
        return "at " + handles[handle].append(ByteBuffer.wrap(Plain.bytes(0, count)));
    }

    @Override
    public String truncate(int handle, int size) throws IOException {
        handles[handle].truncate(size);
        return "ok";
    }

    @Override
    public String read(int handle) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(1 << 17);
        return Plain.text(read(handles[handle], bytes));
    }

    private static byte[] read(Content content, ByteBuffer into) throws IOException {
        content.read(0, into);
        byte[] read = new byte[into.flip().remaining()];
        into.get(read);
        return read;
    }

    /** Of a fork, which is the view at one moment. */
    @Override
    public String all() throws IOException {
        StringBuilder text = new StringBuilder();
        try (WritableView fork = view.fork()) {
            for (Iterator<View.Dirent> entries = fork.list(fork.root()); entries.hasNext(); ) {
                View.Dirent entry = entries.next();
                byte[] bytes = read(fork.content(entry.inode()), ByteBuffer.allocate(1 << 17));
                text.append(Plain.line(
                        entry.name().toString(), fork.stat(entry.inode()).links(), bytes));
            }
        }
        return text.toString();
    }

    void close(int handle) throws IOException {
        handles[handle].close();
    }

    /** Closes all, and fails where something is left. */
    void end() throws IOException {
        for (WritableView.OpenFile handle : handles) {
            handle.close();
        }
        if (view.held() != 0) {
            throw new IllegalStateException(view.held() + " inodes are held, which nobody has open");
        }
        long allocated = Replay.allocated((Tree) view.present());
        if (view.usage().used() != allocated) {
            throw new IllegalStateException(view.usage().used() + " bytes are accounted for, of " + allocated);
        }
        view.close();
    }

    private record Scratch(Path directory) implements ScratchDirectory {
        @Override
        public void close() throws IOException {
            Durable.deleteTree(directory);
        }
    }

    /** The root is 0, the file 1. */
    @SuppressWarnings("ArrayRecordComponent") // read, never compared
    private record Lower(byte[] bytes) implements View {

        @Override
        public long root() {
            return 0;
        }

        @Override
        public long lookup(long directory, Name name) {
            return name.equals(FILE) ? 1 : ABSENT;
        }

        @Override
        public long parent(long directory) {
            return 0;
        }

        @Override
        public FileType type(long inode) {
            return inode == 0 ? FileType.DIRECTORY : FileType.REGULAR;
        }

        @Override
        public Stat stat(long inode) {
            int links = inode == 0 ? 2 : 1;
            return new Stat(inode, type(inode), 0755, 0, 0, bytes.length, 0, 0, 0, 0, 0, 0, links, 0, 0);
        }

        @Override
        public Xattrs xattrs(long inode) {
            return Xattrs.NONE;
        }

        @Override
        public String readSymlink(long inode) throws IOException {
            throw new IOException("no link");
        }

        @Override
        public Content content(long inode) {
            return new Bytes(bytes);
        }

        @Override
        public Iterator<Dirent> list(long directory) {
            return List.of(new Dirent(FILE, 1, FileType.REGULAR)).iterator();
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // read, never compared
    private record Bytes(byte[] bytes) implements Content {

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public int read(long position, ByteBuffer target) {
            int n = (int) Math.min(target.remaining(), bytes.length - position);
            if (n > 0) {
                target.put(bytes, (int) position, n);
            }
            return n > 0 ? n : -1;
        }
    }
}
