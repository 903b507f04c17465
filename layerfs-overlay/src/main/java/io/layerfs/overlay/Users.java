package io.layerfs.overlay;

import io.layerfs.Utf8;
import io.layerfs.overlay.linux.Fd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The users and groups of an image, from its own files: nothing of the image is run or loaded to find a name.
 *
 * @param uid the user's number
 * @param gid the number of the user's group
 * @param home the user's directory
 */
record Users(int uid, int gid, String home) {

    private static final int MAX_SIZE = 4 << 20;

    private static final int PASSWD_HOME = 5;

    /**
     * Who a config means by {@code user} (image-spec, config.md).
     *
     * @param user a name or number, and, perhaps, a colon and a group's; empty for root
     */
    static Users find(Path root, String user) throws IOException {
        try (Fd directory = Fd.directory(root)) {
            String[] parts = (user.isEmpty() ? "0" : user).split(":", 2);
            String[] entry = find(directory, "etc/passwd", parts[0]);
            if (entry == null && !isNumber(parts[0])) {
                throw new FileSystemException("/etc/passwd", null, "the image has no user '" + parts[0] + "'");
            }
            int uid = Integer.parseUnsignedInt(entry == null ? parts[0] : entry[2]);
            int gid = entry == null ? 0 : Integer.parseUnsignedInt(entry[3]);
            if (parts.length > 1) {
                gid = group(directory, parts[1]);
            }
            return new Users(uid, gid, entry == null || entry[PASSWD_HOME].isEmpty() ? "/" : entry[PASSWD_HOME]);
        }
    }

    private static int group(Fd root, String group) throws IOException {
        String[] entry = find(root, "etc/group", group);
        if (entry == null && !isNumber(group)) {
            throw new FileSystemException("/etc/group", null, "the image has no group '" + group + "'");
        }
        return Integer.parseUnsignedInt(entry == null ? group : entry[2]);
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() < 11 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** The line of a name or number; null where there is none. */
    private static String @Nullable [] find(Fd root, String file, String wanted) throws IOException {
        boolean passwd = file.endsWith("passwd");
        for (String line : lines(root, file)) {
            String[] fields = line.split(":", -1);
            boolean whole = fields.length > (passwd ? PASSWD_HOME : 2)
                    && isNumber(fields[2])
                    && (!passwd || isNumber(fields[3]));
            if (whole && (fields[0].equals(wanted) || fields[2].equals(wanted))) {
                return fields;
            }
        }
        return null;
    }

    private static List<String> lines(Fd root, String file) throws IOException {
        try (Fd open = root.readInRoot(file)) {
            ByteBuffer bytes =
                    ByteBuffer.allocate((int) Math.min(MAX_SIZE, open.stat("").size()));
            open.read(0, bytes);
            byte[] read = new byte[bytes.flip().remaining()];
            bytes.get(read);
            return Utf8.decode(read).lines().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
