package io.layerfs.overlay;

import io.layerfs.Attributes;
import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.Xattrs;
import io.layerfs.overlay.linux.Fd;
import io.layerfs.overlay.linux.FileStat;
import io.layerfs.overlay.linux.FileXattrs;
import io.layerfs.overlay.linux.Linux;
import io.layerfs.overlay.linux.Making;
import io.layerfs.tar.LayerLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Owners without the privilege to set them: every file belongs to this process' user, who is root in a user namespace, and
 * notes in {@code user} attributes say what it is in the image. overlayfs copies them up with the file. Links and pipes have
 * no such attributes, and belong to root.
 *
 * <p>A file is always readable and writable by its owner, whatever its mode in the image: else this process could not read what
 * it has to commit. Where the image's mode has that not, the file has the sticky bit too, which does nothing where all files
 * belong to one user: by it a mode that was set since is told from one that was made possible.
 */
final class NotedOwnership implements Ownership {

    private static final String PREFIX = "user.layerfs.";
    private static final String NOTE = PREFIX + "stat";
    private static final String XATTR = PREFIX + "xattr.";
    /** Before a mode in a note: the file has the sticky bit for a mark. Without it, the note is of an earlier version. */
    private static final String MARKED = "+";

    private static final int STICKY = 01000;
    private static final int OTHERS_WRITE = 0002;
    /** The field of a note that says what special file it is: the last but two. */
    private static final int TYPE = 3;

    @Override
    public void set(Fd in, String name, FileType type, Attributes attributes) throws IOException {
        if (type != FileType.DIRECTORY && type != FileType.REGULAR) {
            return;
        }
        int mode = possible(attributes.mode(), type);
        Making.mode(in, name, type, mode);
        if (attributes.uid() != 0 || attributes.gid() != 0 || mode != attributes.mode()) {
            String noted = (mode != attributes.mode() ? MARKED : "") + attributes.mode();
            note(in, name, attributes.uid() + ":" + attributes.gid() + ":" + noted);
        }
        Xattrs xattrs = attributes.xattrs();
        for (String xattr : xattrs.names()) {
            if (!keeps(xattr)) {
                FileXattrs.set(in, name, XATTR + xattr, Objects.requireNonNull(xattrs.get(xattr)));
            }
        }
    }

    private static int possible(int mode, FileType type) {
        int owner = type == FileType.DIRECTORY ? 0700 : 0600;
        return (mode & owner) == owner ? mode : mode | owner | STICKY;
    }

    /** The mode that a file was given, of which that was noted once, and which is found now. */
    private static int given(String note, int found, FileType type) {
        int noted = Integer.parseInt(note);
        boolean isMarked = note.startsWith(MARKED);
        int possible = isMarked ? possible(noted, type) : (possible(noted, type) & ~STICKY) | noted;
        if (found == possible) {
            return noted;
        }
        // who adds to a mode keeps the mark; the bit is meant where everybody may write
        boolean isMark = isMarked && (noted & STICKY) == 0 && (found & OTHERS_WRITE) == 0;
        return isMark ? found & ~STICKY : found;
    }

    private static void note(Fd in, String name, String text) throws IOException {
        FileXattrs.set(in, name, NOTE, text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void makeSpecial(Fd in, String name, Entry.Special entry) throws IOException {
        if (!entry.type().isDevice()) {
            Making.special(in, name, entry.type(), 0, 0);
            return;
        }
        Attributes attributes = entry.attributes();
        in.create(name, 0600).close();
        note(
                in,
                name,
                attributes.uid() + ":" + attributes.gid() + ":" + attributes.mode() + ":" + entry.type() + ":"
                        + entry.major() + ":" + entry.minor());
    }

    @Override
    public boolean keeps(String xattr) {
        return xattr.startsWith("user.") && !xattr.startsWith(PREFIX);
    }

    private static String @Nullable [] note(Map<String, byte[]> xattrs) {
        byte[] note = xattrs.get(NOTE);
        String[] fields = note == null ? new String[0] : new String(note, StandardCharsets.US_ASCII).split(":", -1);
        return isNote(fields) ? fields : null;
    }

    /** A program in the mount can set such attributes, too: what is no note says nothing. */
    private static boolean isNote(String[] fields) {
        if (fields.length != TYPE && fields.length != TYPE + 3) {
            return false;
        }
        try {
            for (int i = 0; i < TYPE; i++) {
                Integer.parseInt(fields[i]);
            }
            return (Integer.parseInt(fields[2]) & ~07777) == 0 && (fields.length == TYPE || isDevice(fields));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Whether the note is of a device that there can be: of nothing else it has to say more than the attributes. */
    private static boolean isDevice(String[] fields) {
        FileType type = FileType.valueOf(fields[TYPE]);
        int major = Integer.parseInt(fields[TYPE + 1]);
        int minor = Integer.parseInt(fields[TYPE + 2]);
        return type.isDevice() && LayerLimits.isPossible(type, major, minor);
    }

    @Override
    public Attributes real(FileStat stat, Map<String, byte[]> xattrs, Attributes found) {
        Map<String, byte[]> own = new TreeMap<>();
        for (String name : found.xattrs().names()) {
            if (!name.startsWith(PREFIX)) {
                own.put(name, Objects.requireNonNull(found.xattrs().get(name)));
            }
        }
        xattrs.forEach((name, value) -> {
            if (name.startsWith(XATTR) && name.length() > XATTR.length()) {
                own.put(name.substring(XATTR.length()), value);
            }
        });
        int uid = found.uid() == Linux.uid() ? 0 : found.uid();
        int gid = found.gid() == Linux.gid() ? 0 : found.gid();
        String[] note = note(xattrs);
        if (note == null) {
            return new Attributes(found.mode(), uid, gid, found.mtime(), Xattrs.of(own));
        }
        int mode = note.length > TYPE ? Integer.parseInt(note[2]) : given(note[2], found.mode(), stat.type());
        return new Attributes(
                mode, Integer.parseInt(note[0]), Integer.parseInt(note[1]), found.mtime(), Xattrs.of(own));
    }

    @Override
    public Entry.@Nullable Special realSpecial(Map<String, byte[]> xattrs, Attributes real, long inode) {
        String[] note = note(xattrs);
        return note == null || note.length < 6
                ? null
                : new Entry.Special(
                        real, inode, FileType.valueOf(note[3]), Integer.parseInt(note[4]), Integer.parseInt(note[5]));
    }
}
