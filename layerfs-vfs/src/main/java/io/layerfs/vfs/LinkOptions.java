package io.layerfs.vfs;

import java.nio.file.LinkOption;
import java.util.Objects;

/** What {@link LinkOption}s say. */
final class LinkOptions {

    private LinkOptions() {}

    /** Whether a symbolic link at the end of a path is followed. */
    static boolean follow(LinkOption... options) {
        for (LinkOption option : options) {
            if (Objects.requireNonNull(option) == LinkOption.NOFOLLOW_LINKS) {
                return false;
            }
        }
        return true;
    }
}
