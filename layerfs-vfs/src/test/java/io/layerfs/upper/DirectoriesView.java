package io.layerfs.upper;

import io.layerfs.Content;
import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.Stat;
import io.layerfs.View;
import io.layerfs.WritableView;
import io.layerfs.host.Durable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;

/** A writable view. Of the numbers of files that are open all but the first two are each of one thread. */
final class DirectoriesView implements Directories {

    private final ConcurrentHashMap<Integer, View> kept = new ConcurrentHashMap<>();
    private final WritableView.OpenFile[] open = new WritableView.OpenFile[HANDLES];
    private final WritableView.Place[] places = new WritableView.Place[HANDLES];
    private final UpperView view;
    private final long[] directories;

    /** Over a view that has what is there at first. */
    DirectoriesView(View lower) throws IOException {
        view = UpperView.over(lower, Long.MAX_VALUE, Scratch::new, () -> Instant.EPOCH);
        directories = new long[] {view.root(), view.lookup(view.root(), Name.of("d"))};
        for (int i = 0; i < OPEN; i++) {
            open(i, 0, "a");
        }
    }

    /** A directory that is made when it is needed. */
    private static final class Scratch implements ScratchDirectory {
        private Path made;

        @Override
        public synchronized Path directory() throws IOException {
            if (made == null) {
                made = Files.createTempDirectory("lincheck");
            }
            return made;
        }

        @Override
        public synchronized void close() throws IOException {
            if (made != null) {
                Durable.deleteTree(made);
            }
        }
    }

    @Override
    public String createFile(int directory, String name) throws IOException {
        view.createFile(directories[directory], Name.of(name), 0644);
        return "ok";
    }

    @Override
    public String createDirectory(int directory, String name) throws IOException {
        view.createDirectory(directories[directory], Name.of(name), 0700);
        return "ok";
    }

    @Override
    public String unlink(int directory, String name) throws IOException {
        view.unlink(directories[directory], Name.of(name));
        return "ok";
    }

    @Override
    public String removeDirectory(int directory, String name) throws IOException {
        view.removeDirectory(directories[directory], Name.of(name));
        return "ok";
    }

    @Override
    public String rename(int from, String name, int to, String newName) throws IOException {
        view.rename(directories[from], Name.of(name), directories[to], Name.of(newName), true);
        return "ok";
    }

    @Override
    public String link(int handle, int directory, String name) throws IOException {
        if (open[handle] == null) {
            return "not open";
        }
        view.link(places[handle], directories[directory], Name.of(name));
        return "ok";
    }

    /** Where what was found is gone when it is opened, what has the name then is. */
    @Override
    public String open(int handle, int directory, String name) throws IOException {
        if (open[handle] != null) {
            open[handle].close();
            open[handle] = null;
        }
        while (true) {
            long inode = view.lookup(directories[directory], Name.of(name));
            if (inode == View.ABSENT) {
                return "absent";
            }
            places[handle] = new WritableView.Place(directories[directory], Name.of(name), inode);
            try {
                open[handle] = view.open(places[handle]);
                return "ok";
            } catch (NoSuchFileException e) {
                if (view.lookup(directories[directory], Name.of(name)) == inode) {
                    throw new IOException("there, and gone", e);
                }
            }
        }
    }

    private static ByteBuffer bytes(int count, int value) {
        byte[] bytes = new byte[count];
        java.util.Arrays.fill(bytes, (byte) value);
        return ByteBuffer.wrap(bytes);
    }

    @Override
    public String write(int handle, int position, int count) throws IOException {
        if (open[handle] == null) {
            return "not open";
        }
        open[handle].write(position, bytes(count, position + count));
        return "ok";
    }

    @Override
    public String append(int handle, int count) throws IOException {
        return open[handle] == null ? "not open" : "at " + open[handle].append(bytes(count, 7));
    }

    @Override
    public String truncate(int handle, int size) throws IOException {
        if (open[handle] == null) {
            return "not open";
        }
        open[handle].truncate(size);
        return "ok";
    }

    @Override
    public String read(int handle) throws IOException {
        return open[handle] == null ? "not open" : text(open[handle]);
    }

    private static String text(Content content) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(1 << 17);
        content.read(0, bytes);
        return DirectoriesModel.text(java.util.Arrays.copyOf(bytes.array(), bytes.position()));
    }

    @Override
    public String setMode(int handle, int mode) throws IOException {
        if (open[handle] == null) {
            return "not open";
        }
        view.setAttributes(places[handle], WritableView.AttributeChange.ofMode(mode));
        return "ok";
    }

    private static String text(View seen, long inode) throws IOException {
        Stat stat = seen.stat(inode);
        String type = stat.type() == FileType.DIRECTORY ? "directory" : "file";
        return type + " of " + stat.links() + " " + Integer.toOctalString(stat.mode());
    }

    @Override
    public String stat(int directory, String name) throws IOException {
        View present = view.present();
        long inode = present.lookup(directories[directory], Name.of(name));
        return inode == View.ABSENT ? "absent" : text(present, inode);
    }

    @Override
    public String list(int directory) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Iterator<View.Dirent> entries = view.list(directories[directory]); entries.hasNext(); ) {
            View.Dirent entry = entries.next();
            text.append(entry.name()).append(entry.type() == FileType.DIRECTORY ? "/ " : " ");
        }
        return text.toString();
    }

    @Override
    public String snapshot(int number) throws IOException {
        kept.put(number, view.snapshot());
        return "ok";
    }

    @Override
    public String past(int number) throws IOException {
        View past = kept.get(number);
        return past == null ? "none" : all(past, past.root());
    }

    private static String all(View seen, long directory) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Iterator<View.Dirent> entries = seen.list(directory); entries.hasNext(); ) {
            View.Dirent entry = entries.next();
            long inode = entry.inode();
            text.append(entry.name()).append(' ').append(text(seen, inode)).append(' ');
            boolean isDirectory = entry.type() == FileType.DIRECTORY;
            text.append(isDirectory ? "(" + all(seen, inode) + ")" : text(seen.content(inode)));
            text.append('\n');
        }
        return text.toString();
    }

    @Override
    public String fork() throws IOException {
        try (WritableView fork = view.fork()) {
            Name name = Name.of("a");
            long inode = fork.lookup(fork.root(), name);
            if (inode != View.ABSENT && fork.type(inode) == FileType.REGULAR) {
                try (WritableView.OpenFile file = fork.open(new WritableView.Place(fork.root(), name, inode))) {
                    file.write(1, bytes(1, 2));
                }
            }
            return all(fork, fork.root());
        }
    }

    /** Closes all, and fails where something is left. */
    void end() throws IOException {
        for (WritableView.OpenFile file : open) {
            if (file != null) {
                file.close();
            }
        }
        if (view.held() != 0) {
            throw new IllegalStateException(view.held() + " inodes are held, which nobody has open");
        }
        long allocated = ViewInsides.allocated(view);
        if (view.usage().used() != allocated) {
            throw new IllegalStateException(view.usage().used() + " bytes are accounted for, of " + allocated);
        }
        if (!ViewInsides.nameless(view).isEmpty()) {
            throw new IllegalStateException("inodes have no name, and are kept");
        }
        view.close();
    }
}
