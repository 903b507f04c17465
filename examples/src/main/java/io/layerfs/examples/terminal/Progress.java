package io.layerfs.examples.terminal;

import io.layerfs.ProgressListener;
import java.util.HashMap;
import java.util.Map;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * How far a long operation is: a bar of bytes on standard error where that is a terminal, else nothing.
 *
 * <p>Safe for use by many threads. Close it before anything else is written.
 */
public interface Progress extends ProgressListener, AutoCloseable {

    /** No bar. */
    Progress NONE = new Progress() {
        @Override
        public void progress(String what, long done, long total) {}

        @Override
        public void close() {}
    };

    @Override
    void close();

    /** A bar named {@code task}, where the terminal can show it. */
    static Progress start(Terminal terminal, String task) {
        return terminal.interactive() ? new Bar(terminal, task) : NONE;
    }

    /** A bar for each blob, where the terminal can show them. */
    static Progress ofEach(Terminal terminal) {
        return terminal.interactive() ? new Bars(terminal) : NONE;
    }

    /** The bar; a class of its own, so that its library is not loaded where there is none. */
    final class Bar implements Progress {
        private static final int REFRESH_MILLIS = 200;

        /** How much of each blob is done, and how much there is. */
        private final Map<String, long[]> blobs = new HashMap<>();

        private final ProgressBar bar;

        Bar(Terminal terminal, String task) {
            bar = new ProgressBarBuilder()
                    .setTaskName(task)
                    .setUnit(" MB", 1_000_000)
                    .setInitialMax(-1)
                    .setUpdateIntervalMillis(REFRESH_MILLIS)
                    .setStyle(terminal.unicode() ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
                    .setConsumer(new ConsoleProgressBarConsumer(terminal.err()))
                    .clearDisplayOnFinish()
                    .build();
        }

        @Override
        public synchronized void progress(String what, long done, long total) {
            blobs.put(what, new long[] {done, Math.max(done, total)});
            bar.maxHint(blobs.values().stream().mapToLong(blob -> blob[1]).sum());
            bar.stepTo(blobs.values().stream().mapToLong(blob -> blob[0]).sum());
        }

        @Override
        public void close() {
            bar.close();
        }
    }
}
