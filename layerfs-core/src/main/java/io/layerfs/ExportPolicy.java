package io.layerfs;

/**
 * What becomes of what a host cannot or should not have, when a view is written into a directory.
 *
 * @param owners whether files belong to whom they belong in the view, which needs root; else to whoever writes them
 * @param devices what becomes of devices
 * @param setuid whether setuid and setgid bits stay
 * @param xattrs whether extended attributes of the user are set; those of other namespaces never are
 * @param skipped told of what was left out
 */
public record ExportPolicy(boolean owners, Devices devices, boolean setuid, boolean xattrs, Skipped skipped) {

    /** What becomes of a device. */
    public enum Devices {
        /** It is made, by the command {@code mknod}, which needs root. */
        CREATE,
        /** It is left out. */
        SKIP,
        /** It is an error. */
        FAIL
    }

    /** Told of what was left out. */
    @FunctionalInterface
    public interface Skipped {
        /** Called with a path and the reason. */
        void skipped(LayerPath path, String reason);
    }

    /** For whoever is not root and trusts nobody: own files, no devices, no setuid bits. */
    public static final ExportPolicy SAFE = new ExportPolicy(false, Devices.SKIP, false, true, (path, reason) -> {});

    /** The same, telling {@code listener} of what is left out. */
    public ExportPolicy withSkipped(Skipped listener) {
        return new ExportPolicy(owners, devices, setuid, xattrs, listener);
    }
}
