package io.layerfs.blob;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * Does with a channel what must not end because the thread is interrupted, which closes the channel: an interrupt is meant for
 * the caller, and not for a file that it knows nothing of.
 */
public final class Uninterrupted {

    private Uninterrupted() {}

    /** Something that opens a channel, uses it and closes it, and may do so again. */
    public interface Call<T> {
        /** Does it. */
        T run() throws IOException;
    }

    /** Does it, from its start where an interrupt comes between; the thread is interrupted when this returns, if it was. */
    public static <T> T run(Call<T> call) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return call.run();
                } catch (ClosedByInterruptException e) {
                    interrupted = true;
                    Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
