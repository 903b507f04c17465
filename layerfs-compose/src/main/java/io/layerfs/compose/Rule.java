package io.layerfs.compose;

import org.jspecify.annotations.Nullable;

/**
 * What the files have that a glob matches.
 *
 * @param owner uid and gid; null where the rule says nothing of them
 * @param mode 0 to 07777; null where the rule says nothing of it
 */
record Rule(String glob, @Nullable Owner owner, @Nullable Integer mode) {

    /** A user's and a group's number, unsigned. */
    record Owner(int uid, int gid) {}

    static Rule owner(String glob, int uid, int gid) {
        return new Rule(glob, new Owner(uid, gid), null);
    }

    static Rule mode(String glob, int mode) {
        if ((mode & ~07777) != 0) {
            throw new IllegalArgumentException(String.format("mode %o is not within 0 to 7777", mode));
        }
        return new Rule(glob, null, mode);
    }

    /** For messages. */
    @Override
    public String toString() {
        return owner != null
                ? "owner " + glob + " " + Integer.toUnsignedString(owner.uid) + ":"
                        + Integer.toUnsignedString(owner.gid)
                : String.format("mode %s %04o", glob, mode);
    }
}
