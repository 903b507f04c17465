package io.layerfs.overlay;

import io.layerfs.Utf8;
import io.layerfs.overlay.linux.Fd;
import io.layerfs.overlay.linux.RegularFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who a program runs as, from the files of the image: nothing of it is run or loaded to find a name. The rules are those of
 * container engines (moby/sys/user): digits are always a number; a group that is named is the only one; else those count that
 * list the user. A line that lacks a field says nothing.
 *
 * @param uid the user's number: 0 to 4294967294
 * @param gid the number of the user's group
 * @param groups the numbers of all groups, with that one
 * @param home the user's directory
 */
record Users(long uid, long gid, List<Long> groups, String home) {

    private static final String PASSWD = "etc/passwd";
    private static final String GROUP = "etc/group";
    private static final int MAX_SIZE = 4 << 20;
    private static final int MAX_GROUPS = 65536;
    /** What is one more means nobody in particular (chown(2)). */
    private static final long MAX_ID = 0xfffffffeL;

    private static final int ID = 2;
    private static final int PASSWD_GROUP = 3;
    private static final int PASSWD_HOME = 5;
    private static final int MEMBERS = 3;

    /**
     * Who a config means by {@code user} (image-spec, config.md).
     *
     * @param user a name or number, and, perhaps, a colon and a group's; empty for root
     */
    static Users find(Fd root, String user) throws IOException {
        String[] parts = user.split(":", 2);
        String name = parts[0].isEmpty() ? "0" : parts[0];
        String group = parts.length > 1 ? parts[1] : "";
        String[] entry = first(root, PASSWD, PASSWD_HOME, isWanted(name));
        if (entry == null && !isNumber(name)) {
            throw new FileSystemException("/" + PASSWD, null, "the image has no user '" + name + "'");
        }
        long uid = id(entry == null ? name : entry[ID], PASSWD);
        String home = entry == null || entry[PASSWD_HOME].isEmpty() ? "/" : entry[PASSWD_HOME];
        if (!group.isEmpty()) {
            long gid = group(root, group);
            return new Users(uid, gid, List.of(gid), home);
        }
        long gid = entry == null ? 0 : id(entry[PASSWD_GROUP], PASSWD);
        return new Users(uid, gid, groups(root, gid, entry == null ? null : entry[0]), home);
    }

    private static long group(Fd root, String group) throws IOException {
        String[] entry = first(root, GROUP, ID, isWanted(group));
        if (entry == null && !isNumber(group)) {
            throw new FileSystemException("/" + GROUP, null, "the image has no group '" + group + "'");
        }
        return id(entry == null ? group : entry[ID], GROUP);
    }

    private static List<Long> groups(Fd root, long own, @Nullable String user) throws IOException {
        List<Long> groups = new ArrayList<>(List.of(own));
        if (user == null) {
            return groups;
        }
        for (String[] entry : entries(root, GROUP, MEMBERS)) {
            if (isMember(entry[MEMBERS], user)) {
                groups.add(id(entry[ID], GROUP));
            }
        }
        if (groups.size() > MAX_GROUPS) {
            throw new FileSystemException("/" + GROUP, null, "'" + user + "' is in " + groups.size() + " groups");
        }
        return groups;
    }

    /** Whether a list of names has one: without making a list of it, which could be of millions. */
    private static boolean isMember(String members, String user) {
        return user.indexOf(',') < 0 && ("," + members + ",").contains("," + user + ",");
    }

    private static Predicate<String[]> isWanted(String wanted) {
        int field = isNumber(wanted) ? ID : 0;
        return entry -> field == 0
                ? entry[0].equals(wanted)
                : isNumber(entry[ID]) && strip(entry[ID]).equals(strip(wanted));
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static String strip(String digits) {
        return digits.replaceFirst("^0+(?=.)", "");
    }

    private static long id(String text, String file) throws IOException {
        String digits = strip(text);
        if (!isNumber(text) || digits.length() > 10 || Long.parseLong(digits) > MAX_ID) {
            String shown = text.length() > 40 ? text.substring(0, 40) + "..." : text;
            throw new FileSystemException(
                    "/" + file, null, "'" + shown + "' is not the number of a user or group: 0 to " + MAX_ID);
        }
        return Long.parseLong(digits);
    }

    private static String @Nullable [] first(Fd root, String file, int lastField, Predicate<String[]> wanted)
            throws IOException {
        for (String[] entry : entries(root, file, lastField)) {
            if (wanted.test(entry)) {
                return entry;
            }
        }
        return null;
    }

    /** The lines that have all fields up to one, which are read one after the other. */
    private static Iterable<String[]> entries(Fd root, String file, int lastField) throws IOException {
        String text = text(root, file);
        return () -> text.lines()
                .map(line -> line.split(":", lastField + 2))
                .filter(fields -> fields.length > lastField)
                .iterator();
    }

    private static String text(Fd root, String file) throws IOException {
        try (Fd open = RegularFile.inRoot(root, file)) {
            long size = open.stat("").size();
            if (size > MAX_SIZE) {
                throw new FileSystemException(
                        "/" + file, null, "it has " + size + " bytes, and " + MAX_SIZE + " are read at most");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            open.read(0, bytes);
            return Utf8.decode(Arrays.copyOf(bytes.array(), bytes.position()));
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}
