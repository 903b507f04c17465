package io.layerfs.store;

import io.layerfs.blob.NamedFiles;
import io.layerfs.blob.RandomFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The files that say what this process holds of a store. One that was given free is used again, and some stay open, which is
 * faster than to make each anew. Safe for many threads; closed with the last use of the store.
 */
final class HoldFiles implements AutoCloseable {

    /** So many stay open; a process may have more holds than it can have open files. */
    private static final int OPEN = 64;

    /** More bytes than that are cut off and not written over. */
    private static final int SHORT = 4096;

    private final Deque<HoldFile> spare = new ArrayDeque<>();
    private int open;

    /** A file of one hold, which alone uses it. */
    static final class HoldFile {
        private final Path path;
        private final boolean staysOpen;
        private @Nullable RandomFile file;
        private long end;

        private HoldFile(Path path, boolean staysOpen) {
            this.path = path;
            this.staysOpen = staysOpen;
        }

        private interface Use {
            void of(RandomFile file) throws IOException;
        }

        private void use(Use use) throws IOException {
            RandomFile known = file != null ? file : RandomFile.open(path);
            if (staysOpen) {
                file = known;
                use.of(known);
            } else {
                try (known) {
                    use.of(known);
                }
            }
        }

        /** Writes more into it; after a failure, nothing more is to be written. */
        void append(byte[] bytes) throws IOException {
            long position = end;
            end += bytes.length; // some of it may be there even where this fails
            use(to -> to.write(position, bytes, 0, bytes.length));
        }

        /** Takes all out of it. Who reads it meanwhile may see zeros in a line, or in all. */
        private void clear() throws IOException {
            long length = end;
            end = 0;
            if (length > SHORT) {
                use(in -> in.truncate(0));
            } else {
                use(in -> in.write(0, new byte[(int) length], 0, (int) length));
            }
        }

        /** Whether somebody deleted it, with the whole store. */
        private boolean isGone() throws IOException {
            return file == null && !NamedFiles.exists(path);
        }

        private void close() throws IOException {
            if (file != null) {
                file.close();
            }
        }
    }

    /** One with nothing in it, in {@code area}, which is this process' own. */
    synchronized HoldFile take(ProcessArea area) {
        HoldFile known = spare.poll();
        return known != null ? known : new HoldFile(area.newPath(Hold.SUFFIX), open++ < OPEN);
    }

    /** Takes all out of one, and keeps it for the next; not where that fails. */
    void giveBack(HoldFile file) throws IOException {
        if (file.isGone()) {
            return;
        }
        try {
            file.clear();
        } catch (IOException e) {
            file.close();
            throw e;
        }
        synchronized (this) {
            spare.push(file);
        }
    }

    /** Closes those that are open. Nobody may have one any more. */
    @Override
    public synchronized void close() throws IOException {
        for (HoldFile file : spare) {
            file.close();
        }
        spare.clear();
    }
}
