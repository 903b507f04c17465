package io.layerfs.examples.terminal;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A bar for each blob that is under way, below those that are done, which stay. The library that draws the single bar has none
 * for several without native code.
 */
final class Bars implements Progress {

    private static final int NAME = 12;
    private static final int WIDTH = 30;
    private static final long REFRESH_NANOS = 100_000_000;

    /** How much of each blob under way is done, and how much there is. */
    private final Map<String, long[]> underWay = new LinkedHashMap<>();

    private final Set<String> done = new HashSet<>();
    private final Terminal terminal;
    private int drawn;
    private long lastDrawn = System.nanoTime() - REFRESH_NANOS;

    Bars(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public synchronized void progress(String what, long count, long total) {
        if (done.contains(what)) {
            return;
        }
        String finished = "";
        if (total >= 0 && count >= total) {
            done.add(what);
            underWay.remove(what);
            finished = line(what, count, total) + "\n";
        } else {
            underWay.put(what, new long[] {count, total});
        }
        if (!finished.isEmpty() || System.nanoTime() - lastDrawn >= REFRESH_NANOS) {
            draw(finished);
        }
    }

    private void draw(String finished) {
        StringBuilder text = new StringBuilder(erase()).append(finished);
        underWay.forEach(
                (what, counts) -> text.append(line(what, counts[0], counts[1])).append('\n'));
        drawn = underWay.size();
        lastDrawn = System.nanoTime();
        terminal.err().print(text);
        terminal.err().flush();
    }

    /** Up to the first bar, and all from there on erased (ECMA-48: CUU, ED). */
    private String erase() {
        return drawn == 0 ? "" : "\033[" + drawn + "A\033[J";
    }

    private static String line(String what, long count, long total) {
        int full = total <= 0 ? WIDTH : (int) Math.min(WIDTH, count * WIDTH / total);
        String name = what.substring(what.indexOf(':') + 1);
        return String.format(
                "%-" + NAME + "s [%s%s] %s / %s",
                name.substring(0, Math.min(NAME, name.length())),
                "=".repeat(full),
                " ".repeat(WIDTH - full),
                Sizes.show(count),
                Sizes.show(total));
    }

    @Override
    public synchronized void close() {
        terminal.err().print(erase());
        terminal.err().flush();
        drawn = 0;
    }
}
