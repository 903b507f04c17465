package io.layerfs;

/**
 * What {@link LayerLint} looks for: that which the image specification forbids or leaves open, so that tools show different
 * trees of one layer; what an attack would use; and what a reader wants to know of.
 *
 * <p>Each says why it matters and where tools differ. "Engines" are what unpacks layers for containers.
 */
public enum LintRule {

    /** No layer by the strict rules of this library: a store refuses it. Where the tar itself is broken, what follows is not read. */
    MALFORMED,

    /**
     * Two entries for one path, which the specification forbids. What extracts in order ends with the last one, as this
     * library does, and Python's {@code tarfile} when it is asked for a name; GNU tar with {@code --occurrence}, and whatever
     * stops at the first match, see the first. A scanner and an engine may so see two different files. A directory listed
     * again is harmless, as all take its last attributes.
     */
    DUPLICATE_ENTRY,

    /**
     * A whiteout and an entry of the name that it removes, in one layer. By the specification a whiteout acts on lower layers
     * only, so that the entry stays, whatever the order. Engines that apply entry by entry (containerd, containers/storage)
     * delete the entry when the whiteout comes after it. Beside a directory, umoci and this library make it opaque.
     */
    WHITEOUT_OF_OWN_ENTRY,

    /**
     * An opaque marker behind entries of its directory. By the specification it is applied first, whatever its place;
     * who applies it when it comes must know what the layer brought until then.
     */
    OPAQUE_AFTER_CONTENT,

    /**
     * A whiteout in a directory that is opaque, or that the layer removes: it has nothing left to do. Where whiteouts become
     * devices (overlayfs), such a one shows up in listings of an opaque directory; and some tools fail as its parent is gone.
     */
    REDUNDANT_WHITEOUT,

    /** A whiteout or opaque marker that is no empty regular file. Its name decides, but not for every tool. */
    ODD_WHITEOUT,

    /** A whiteout, or an opaque directory, where the layers below show nothing: it hides nothing. */
    WHITEOUT_HIDES_NOTHING,

    /**
     * A name that starts with {@code .wh..wh.} or lies below a name that starts with {@code .wh.}: what AUFS kept for itself.
     * Some engines skip it, some unpack it. Here it is hidden, and can be linked to.
     */
    AUFS_LEFTOVER,

    /**
     * A path through a symbolic link, of this layer or of one below. Who extracts with plain path operations lands where the
     * link leads, which may be anywhere; engines resolve it within the root; this library, like overlayfs over layers that were
     * unpacked one by one, shows a directory in place of the link.
     */
    PARENT_IS_SYMLINK,

    /**
     * A path through something that is neither directory nor link. umoci puts a directory in its place, as this library does;
     * containerd fails.
     */
    PARENT_IS_FILE,

    /**
     * A directory that no entry lists, here or in the layers below, so far as they are known. Its owner, mode and time are
     * the tool's choice: 0755 and 0:0 here, those of its parent in erofs-utils, the umask's and the moment's elsewhere. Where a
     * layer below has it, engines take that one's.
     */
    MISSING_PARENT,

    /**
     * A path with {@code ..} in it: who joins it to a directory writes outside of that. Refused by this library.
     */
    DOT_DOT,

    /**
     * A path in an unusual spelling: from the root, or with empty or {@code .} components other than at its start. It names the
     * same here; who compares texts misses it, and who joins an absolute path replaces the directory it was to lie in.
     */
    UNUSUAL_SPELLING,

    /** A name that is not UTF-8. It is legal on Linux; PAX, JSON, Windows and macOS have no way to say it. */
    NAME_NOT_UTF8,

    /**
     * A name that Windows reserves or cannot have: {@code CON}, {@code NUL.txt}, a dot or blank at the end, one of
     * {@code <>:"|?*\} or a control character. A backslash separates names there, and a colon starts a stream's name.
     */
    NAME_NOT_FOR_WINDOWS,

    /**
     * Two names of one directory that differ only in case. Where names have no case (Windows, macOS) they are one file: the
     * second replaces the first, or is written through it.
     */
    CASE_COLLISION,

    /** Two names of one directory that are the same in Unicode's normal form: one file on macOS. */
    NORMALIZATION_COLLISION,

    /**
     * A hard link to what does not come before it in the layer. To a file of a lower layer it may fail, says the specification,
     * and does where layers are unpacked one by one; to one that comes later it fails in all that read in order; to a
     * directory or outside of the layer it is refused.
     */
    HARD_LINK_TARGET,

    /** A hard link to a symbolic link: the link itself gets a second name here; {@code link(2)} follows it on some systems. */
    HARD_LINK_TO_SYMLINK,

    /**
     * An extended attribute by which overlayfs steers itself ({@code trusted.overlay.*}, {@code user.overlay.*}). Unpacked
     * as it is below overlayfs, it can make a file show the content of another one, or hide what is there. This library and
     * umoci escape it.
     */
    OVERLAY_XATTR,

    /** A character device 0:0, which is overlayfs' own whiteout. Refused by this library. */
    OVERLAY_WHITEOUT,

    /** A file that runs as its owner or group. */
    SET_ID,

    /** A file that gives capabilities to who runs it ({@code security.capability}). */
    FILE_CAPABILITIES,

    /** A device. Who may open it reaches the host's, unless the mount or the container's rules forbid it. */
    DEVICE,

    /** A sparse file, which the specification advises against: there are four encodings, and few tools read all. */
    SPARSE_FILE,

    /** A time before 1970 or from 2106-02-07 on: 32 bits do not hold it, nor does every file system. */
    TIME_OUT_OF_RANGE,

    /**
     * A PAX header for all entries that follow. GNU tar and Python apply it, container engines ignore it, as this library does.
     * What would name or measure entries is refused.
     */
    GLOBAL_HEADER,

    /**
     * A PAX record says something else than the header field that it stands for, though the field had room. Who does not read
     * PAX sees another entry; a different size makes all that follows another archive.
     */
    PAX_CONTRADICTS_HEADER,

    /** Two records of one keyword in a PAX header. The last one counts for most. */
    PAX_REPEATS_KEYWORD,

    /**
     * Bytes that no file shows: behind a text's end in a header field, in the padding behind data. They change the digest, and
     * can carry something past whoever looks at files only.
     */
    SLACK_BYTES,

    /** Something other than zeros behind the end of the archive: hashed, but read by nobody, or as a second archive. */
    TRAILING_DATA,

    /** No two blocks of zeros at the end. Some readers take that for a tar that was cut off. */
    NO_END_BLOCKS,

    /**
     * A header field that is right but not spelled as today's writers do: numbers without leading zeros or in base-256
     * without need, a header older than ustar, an old type flag. Who rewrites the layer gets another digest.
     */
    NOT_CANONICAL
}
