package io.layerfs;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How an image is mounted.
 *
 * @param readOnly whether it cannot be written
 * @param name under which the changes outlive the mount, in the store; null for a disposable one
 * @param quota how many bytes the data of changed files may take
 * @param at an empty directory of the default file system in which it is to be seen; null for where the backend chooses
 * @param policy what the image must be, before anything of it is shown
 */
public record MountOptions(
        boolean readOnly,
        @Nullable String name,
        long quota,
        @Nullable Path at,
        ImagePolicy policy) {

    /** Cannot be written. */
    public static final MountOptions READ_ONLY = new MountOptions(true, null, Long.MAX_VALUE, null, ImagePolicy.ANY);

    /** Can be written; what was changed is gone when it is closed. */
    public static final MountOptions DISPOSABLE = new MountOptions(false, null, Long.MAX_VALUE, null, ImagePolicy.ANY);

    /** Checks that only a writable mount has a name. */
    public MountOptions {
        if (readOnly && name != null) {
            throw new IllegalArgumentException("a mount that cannot be written has no changes that could have a name");
        }
        if (quota < 0) {
            throw new IllegalArgumentException("a quota of " + quota + " bytes");
        }
    }

    /** Can be written, and its changes outlive it under this name; there must be none of that name yet. */
    public static MountOptions named(String name) {
        return new MountOptions(false, name, Long.MAX_VALUE, null, ImagePolicy.ANY);
    }

    /** The same with a quota. */
    public MountOptions withQuota(long bytes) {
        return new MountOptions(readOnly, name, bytes, at, policy);
    }

    /** The same at a given place; only a backend that mounts by the kernel can do that. */
    public MountOptions at(Path directory) {
        return new MountOptions(readOnly, name, quota, directory, policy);
    }

    /** The same, of an image that {@code asked} must admit. */
    public MountOptions withPolicy(ImagePolicy asked) {
        return new MountOptions(readOnly, name, quota, at, asked);
    }
}
