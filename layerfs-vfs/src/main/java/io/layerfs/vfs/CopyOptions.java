package io.layerfs.vfs;

import java.nio.file.CopyOption;
import java.nio.file.LinkOption;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/** How something is copied or moved. */
record CopyOptions(boolean replace, boolean attributes, boolean follow, boolean atomic) {

    static CopyOptions ofCopy(CopyOption... options) {
        boolean replace = false;
        boolean attributes = false;
        boolean follow = true;
        for (CopyOption option : options) {
            if (option == StandardCopyOption.REPLACE_EXISTING) {
                replace = true;
            } else if (option == LinkOption.NOFOLLOW_LINKS) {
                follow = false;
            } else if (option == StandardCopyOption.COPY_ATTRIBUTES) {
                attributes = true;
            } else {
                throw unsupported(option);
            }
        }
        return new CopyOptions(replace, attributes, follow, false);
    }

    static CopyOptions ofMove(CopyOption... options) {
        boolean replace = false;
        boolean atomic = false;
        for (CopyOption option : options) {
            if (option == StandardCopyOption.REPLACE_EXISTING) {
                replace = true;
            } else if (option == StandardCopyOption.ATOMIC_MOVE) {
                atomic = true;
            } else if (option != LinkOption.NOFOLLOW_LINKS) {
                throw unsupported(option);
            }
        }
        return new CopyOptions(replace, true, false, atomic);
    }

    private static UnsupportedOperationException unsupported(CopyOption option) {
        Objects.requireNonNull(option);
        return new UnsupportedOperationException("Unsupported copy option");
    }
}
