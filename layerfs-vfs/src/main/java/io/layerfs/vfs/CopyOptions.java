package io.layerfs.vfs;

import java.nio.file.CopyOption;
import java.nio.file.LinkOption;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/**
 * How something is copied or moved.
 *
 * @param interruptible whether an interrupt ends a copy
 */
record CopyOptions(boolean replace, boolean attributes, boolean follow, boolean atomic, boolean interruptible) {

    /** The JDK's own, of a module that need not be there. */
    private static final String EXTENDED = "com.sun.nio.file.ExtendedCopyOption";

    static CopyOptions ofCopy(CopyOption... options) {
        boolean replace = false;
        boolean attributes = false;
        boolean follow = true;
        boolean interruptible = false;
        for (CopyOption option : options) {
            if (option == StandardCopyOption.REPLACE_EXISTING) {
                replace = true;
            } else if (option == LinkOption.NOFOLLOW_LINKS) {
                follow = false;
            } else if (option == StandardCopyOption.COPY_ATTRIBUTES) {
                attributes = true;
            } else if (isInterruptible(option)) {
                interruptible = true;
            } else {
                throw unsupported(option);
            }
        }
        return new CopyOptions(replace, attributes, follow, false, interruptible);
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
        return new CopyOptions(replace, true, false, atomic, false);
    }

    private static boolean isInterruptible(CopyOption option) {
        return option instanceof Enum<?> constant
                && constant.name().equals("INTERRUPTIBLE")
                && constant.getDeclaringClass().getName().equals(EXTENDED);
    }

    private static UnsupportedOperationException unsupported(CopyOption option) {
        Objects.requireNonNull(option);
        return new UnsupportedOperationException("Unsupported copy option");
    }
}
