package io.layerfs.contract;

/** What a mount can do beyond being a file tree: the suite asks for these, never for a backend's name. */
public enum Capability {
    /** {@link io.layerfs.Mount#changes()} tells what was changed. */
    CHANGES,
    /** {@link io.layerfs.Mount#fork()} works. */
    FORK,
    /** Directories of lower layers can be renamed (the kernel's overlayfs says EXDEV, unless it has redirect_dir). */
    DIRECTORY_RENAME,
    /** An inode has the same number before and after it is copied up. */
    STABLE_INODES,
    /** The link count of a directory tells how many directories are in it (overlayfs says 1 of one that has several layers). */
    SUBDIRECTORY_COUNT,
    /** A file with several names is still one file after it is copied up (overlayfs without an index makes copies). */
    HARD_LINKS,
    /** A rename that fails changes nothing (overlayfs may change the times of the directories). */
    FAILED_RENAME_CHANGES_NOTHING
}
