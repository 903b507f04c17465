package io.layerfs.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a named view promises of a power failure, and so what it may show after one: the names, attributes and sizes as they were
 * after some operation, no earlier one than the last that forced the view or a file of it; of each file, each byte as it was
 * at some moment since the file was forced, or zero where there was none then. What was never larger than what is held in
 * memory is in the journal, and is as it was after just that operation.
 */
final class ViewPromise {

    /** Up to so many bytes are in the journal. */
    private static final int SMALL = 32 << 10;

    private final List<ViewState> states = new ArrayList<>();
    private final List<Integer> forcedNames = new ArrayList<>();
    private final List<Integer> forcedAll = new ArrayList<>();
    private final List<Map<Long, Integer>> forcedBytes = new ArrayList<>();

    /** The state after the next operation; the first is on the disk. */
    void add(ViewState state) {
        states.add(state);
        int last = states.size() - 1;
        forcedNames.add(last == 0 ? 0 : forcedNames.get(last - 1));
        forcedAll.add(last == 0 ? 0 : forcedAll.get(last - 1));
        forcedBytes.add(last == 0 ? Map.of() : forcedBytes.get(last - 1));
    }

    /** The last operation forced all. */
    void forced() {
        int last = states.size() - 1;
        forcedNames.set(last, last);
        forcedAll.set(last, last);
    }

    /** The last operation forced a file. */
    void forced(long inode) {
        int last = states.size() - 1;
        forcedNames.set(last, last);
        Map<Long, Integer> bytes = new HashMap<>(forcedBytes.get(last));
        bytes.put(inode, last);
        forcedBytes.set(last, bytes);
    }

    ViewState last() {
        return states.get(states.size() - 1);
    }

    /** Whether the last operation changed nothing. */
    boolean isSame() {
        return states.get(states.size() - 2).isSame(last());
    }

    int size() {
        return states.size();
    }

    /** Fails where {@code found} is not what may be there when {@code returned} operations had returned. */
    void check(ViewState found, int returned) {
        int last = Math.min(returned + 1, states.size() - 1);
        StringBuilder why = new StringBuilder();
        for (int at = forcedNames.get(returned); at <= last; at++) {
            String difference = difference(found, at, returned, last);
            if (difference == null) {
                return;
            }
            why.append("\nas after ").append(at).append(": ").append(difference);
        }
        throw new AssertionError(returned + " had returned, and what there is is neither" + why);
    }

    private String difference(ViewState found, int at, int returned, int last) {
        ViewState state = states.get(at);
        if (!found.names().equals(state.names())) {
            Map<String, String> other = new HashMap<>(found.names());
            other.entrySet().removeAll(state.names().entrySet());
            return "names " + other;
        }
        for (Map.Entry<Long, byte[]> file : found.bytes().entrySet()) {
            int forced =
                    Math.max(forcedAll.get(returned), forcedBytes.get(returned).getOrDefault(file.getKey(), 0));
            int wrong = wrong(file.getKey(), file.getValue(), at, forced, last);
            if (wrong >= 0) {
                return "byte " + wrong + " of " + file.getKey() + " is " + file.getValue()[wrong];
            }
        }
        return null;
    }

    /** The first byte of a file that cannot be; -1 for none. */
    private int wrong(long inode, byte[] found, int at, int forced, int last) {
        boolean exact = states.stream().allMatch(s -> s.bytes().getOrDefault(inode, found).length <= SMALL);
        int from = exact ? at : Math.min(forced, at);
        int to = exact ? at : last;
        for (int i = 0; i < found.length; i++) {
            boolean possible = false;
            for (int state = from; state <= to && !possible; state++) {
                byte[] bytes = states.get(state).bytes().get(inode);
                byte was = bytes == null || i >= bytes.length ? 0 : bytes[i];
                possible = found[i] == was;
            }
            if (!possible) {
                return i;
            }
        }
        return -1;
    }
}
