package io.layerfs.upper;

import io.layerfs.Attributes;
import io.layerfs.Stat;
import io.layerfs.Xattrs;
import java.time.Instant;

/** What an inode has whatever its type: permissions, owner, times, extended attributes. */
record Meta(int mode, int uid, int gid, Instant atime, Instant mtime, Instant ctime, Xattrs xattrs) {

    static final int SETUID = 04000;
    static final int SETGID = 02000;
    private static final int GROUP_EXECUTE = 010;
    private static final String CAPABILITY = "security.capability";

    /** Of an inode of the view below. */
    static Meta of(Stat stat, Xattrs xattrs) {
        return new Meta(
                stat.mode(),
                stat.uid(),
                stat.gid(),
                Instant.ofEpochSecond(stat.atimeSeconds(), stat.atimeNanos()),
                stat.mtime(),
                Instant.ofEpochSecond(stat.ctimeSeconds(), stat.ctimeNanos()),
                xattrs);
    }

    /** Of an inode that is made now. */
    static Meta created(int mode, int uid, int gid, Instant now) {
        return new Meta(mode, uid, gid, now, now, now, Xattrs.NONE);
    }

    /** The inode was changed. */
    Meta changed(Instant now) {
        return new Meta(mode, uid, gid, atime, mtime, now, xattrs);
    }

    /** The data was changed: of a file its bytes, of a directory its names. */
    Meta modified(Instant now) {
        return new Meta(mode, uid, gid, atime, now, now, xattrs);
    }

    Meta withMode(int newMode) {
        return new Meta(newMode, uid, gid, atime, mtime, ctime, xattrs);
    }

    Meta withOwner(int newUid, int newGid) {
        return new Meta(mode, newUid, newGid, atime, mtime, ctime, xattrs);
    }

    Meta withTimes(Instant newAtime, Instant newMtime) {
        return new Meta(mode, uid, gid, newAtime, newMtime, ctime, xattrs);
    }

    Meta withXattrs(Xattrs newXattrs) {
        return new Meta(mode, uid, gid, atime, mtime, ctime, newXattrs);
    }

    /** What a change of owner takes from a file: setuid, setgid where the group may execute, capabilities (chown(2)). */
    Meta withoutPrivileges() {
        int cleared = SETUID | ((mode & GROUP_EXECUTE) != 0 ? SETGID : 0);
        return withMode(mode & ~cleared).withoutCapabilities();
    }

    boolean hasCapabilities() {
        return xattrs.names().contains(CAPABILITY);
    }

    /** What a write takes from a file, even if root writes (capabilities(7)). */
    Meta withoutCapabilities() {
        return hasCapabilities() ? withXattrs(xattrs.without(CAPABILITY)) : this;
    }

    Attributes toAttributes() {
        return new Attributes(mode, uid, gid, mtime, xattrs);
    }
}
