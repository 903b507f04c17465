package io.layerfs.vfs;

import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;

/** What may be asked when a file is opened that can only be read. */
final class ReadOptions {

    private static final Set<OpenOption> WRITING = Set.of(
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND,
            StandardOpenOption.CREATE,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.DELETE_ON_CLOSE);

    private ReadOptions() {}

    /** Refuses what would write; CREATE and TRUNCATE_EXISTING are ignored, as they are, where nothing is written. */
    static void check(Set<? extends OpenOption> options) {
        boolean writes = options.contains(StandardOpenOption.WRITE) || options.contains(StandardOpenOption.APPEND);
        for (OpenOption option : options) {
            boolean known =
                    Objects.requireNonNull(option) instanceof StandardOpenOption || option instanceof LinkOption;
            if (!known) {
                throw new UnsupportedOperationException(option + " not supported");
            }
            if ((writes && WRITING.contains(option)) || option == StandardOpenOption.DELETE_ON_CLOSE) {
                throw new ReadOnlyFileSystemException();
            }
        }
    }

    /** Refuses, for a stream, what is no option of reading at all. */
    static void checkStream(Set<? extends OpenOption> options) {
        for (OpenOption option : options) {
            if (option == StandardOpenOption.WRITE || option == StandardOpenOption.APPEND) {
                throw new UnsupportedOperationException("'" + option + "' not allowed");
            }
        }
        check(options);
    }

    static LinkOption[] links(Set<? extends OpenOption> options) {
        return options.contains(LinkOption.NOFOLLOW_LINKS)
                ? new LinkOption[] {LinkOption.NOFOLLOW_LINKS}
                : new LinkOption[0];
    }
}
