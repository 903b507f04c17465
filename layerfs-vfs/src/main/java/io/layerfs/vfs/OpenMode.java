package io.layerfs.vfs;

import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * How a file is opened: what the options ask for, checked as the default provider checks them.
 *
 * @param follow whether a link at the end of the path is followed: not where that is asked, nor where the file is to be
 *     deleted; with CREATE_NEW always, as the default provider has it, though that matters to reading alone
 */
record OpenMode(Set<StandardOpenOption> options, boolean follow) {

    private static final Set<StandardOpenOption> FOR_WRITING = EnumSet.of(
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.CREATE,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SYNC,
            StandardOpenOption.DSYNC);

    /** Reading is what is asked where nothing is; options of writing mean nothing without it. */
    static OpenMode of(Set<? extends OpenOption> asked) {
        Set<StandardOpenOption> options = EnumSet.noneOf(StandardOpenOption.class);
        boolean follow = true;
        for (OpenOption option : asked) {
            if (Objects.requireNonNull(option) instanceof StandardOpenOption standard) {
                options.add(standard);
            } else if (option == LinkOption.NOFOLLOW_LINKS) {
                follow = false;
            } else {
                throw new UnsupportedOperationException(option + " not supported");
            }
        }
        boolean isNew = options.contains(StandardOpenOption.CREATE_NEW);
        boolean stays = !options.contains(StandardOpenOption.DELETE_ON_CLOSE);
        return new OpenMode(complete(options), isNew || (follow && stays));
    }

    private static Set<StandardOpenOption> complete(Set<StandardOpenOption> options) {
        boolean append = options.contains(StandardOpenOption.APPEND);
        if (append && options.contains(StandardOpenOption.READ)) {
            throw new IllegalArgumentException("READ + APPEND not allowed");
        }
        if (append && options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
            throw new IllegalArgumentException("APPEND + TRUNCATE_EXISTING not allowed");
        }
        if (append) {
            options.add(StandardOpenOption.WRITE);
        } else if (!options.contains(StandardOpenOption.WRITE)) {
            options.add(StandardOpenOption.READ);
            options.removeAll(FOR_WRITING);
        }
        return options;
    }

    private boolean has(StandardOpenOption option) {
        return options.contains(option);
    }

    boolean reads() {
        return has(StandardOpenOption.READ);
    }

    boolean writes() {
        return has(StandardOpenOption.WRITE);
    }

    boolean appends() {
        return has(StandardOpenOption.APPEND);
    }

    boolean truncates() {
        return has(StandardOpenOption.TRUNCATE_EXISTING);
    }

    boolean creates() {
        return has(StandardOpenOption.CREATE);
    }

    boolean createsNew() {
        return has(StandardOpenOption.CREATE_NEW);
    }

    boolean deletes() {
        return has(StandardOpenOption.DELETE_ON_CLOSE);
    }

    boolean syncs() {
        return has(StandardOpenOption.SYNC) || has(StandardOpenOption.DSYNC);
    }

    /** Refuses, for a stream that reads, what is no option of reading at all. */
    static void checkInputStream(OpenOption... options) {
        for (OpenOption option : options) {
            if (option == StandardOpenOption.APPEND || option == StandardOpenOption.WRITE) {
                throw new UnsupportedOperationException("'" + option + "' not allowed");
            }
        }
    }
}
