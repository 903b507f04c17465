package io.layerfs.host;

import io.layerfs.blob.NamedFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A new file that is written from its start to its end; once it is synced, what was written survives a crash of the machine.
 * It has no buffer: what is written should come in large pieces. Not safe for use by many threads.
 *
 * <p>While it is written, a thread of its own sends what is there to the disk, so that the sync at the end finds little left
 * to wait for.
 */
public final class NewFile extends OutputStream {

    /** After so many bytes they are sent. */
    private static final int STRETCH = 8 << 20;

    private final Path file;
    private final FileChannel channel;
    private long unsent;
    private boolean isFinished;
    private @Nullable Future<?> sending;

    /** Creates {@code file}, which must not be there. */
    public NewFile(Path file) throws IOException {
        this.file = file;
        channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes, offset, length);
        try {
            while (left.hasRemaining()) {
                unsent += channel.write(left);
            }
        } catch (IOException e) {
            throw NamedFiles.named(file, e);
        }
        if (unsent >= STRETCH && (sending == null || sending.isDone())) {
            send();
        }
    }

    /** Starts to send what was written, without waiting for it. */
    public void send() throws IOException {
        await();
        unsent = 0;
        sending = Syncs.start(() -> force(false));
    }

    /** Returns when all that was written is on the disk. */
    public void sync() throws IOException {
        await();
        force(true);
        unsent = 0;
    }

    private void force(boolean metadata) throws IOException {
        try {
            channel.force(metadata);
        } catch (IOException e) {
            throw NamedFiles.named(file, e);
        }
    }

    /** Hands it, with all that was written, to {@code syncs}, which sync and close it. */
    public void finish(Syncs syncs) throws IOException {
        await();
        isFinished = true;
        syncs.add(() -> {
            try (channel) {
                force(true);
            }
        });
    }

    /** The system tells a failure to one sync alone, so that none may be passed over. */
    private void await() throws IOException {
        if (sending != null) {
            Syncs.await(sending);
            sending = null;
        }
    }

    /** Closes it without a sync, unless it was finished; idempotent. */
    @Override
    public void close() throws IOException {
        if (!isFinished) {
            channel.close();
        }
    }
}
