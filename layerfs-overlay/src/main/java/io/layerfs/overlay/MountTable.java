package io.layerfs.overlay;

import io.layerfs.Utf8;
import io.layerfs.overlay.linux.MountStat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is mounted in the mount namespace of this process (proc_pid_mountinfo(5)). */
final class MountTable {

    private static final Path FILE = Path.of("/proc/self/mountinfo");

    private MountTable() {}

    /**
     * One mount.
     *
     * @param device the numbers of its file system, {@code major:minor}
     * @param point where it is, in the string form of names
     * @param shared whether what is mounted in it is seen in other namespaces
     */
    record Mounted(String device, String point, boolean shared, String type) {}

    /** All, in the order in which they were mounted. */
    static List<Mounted> read() throws IOException {
        List<Mounted> all = new ArrayList<>();
        for (String line : Utf8.decode(Files.readAllBytes(FILE)).lines().toList()) {
            String[] fields = line.split(" ", -1);
            int separator = 6;
            boolean shared = false;
            while (!fields[separator].equals("-")) {
                shared |= fields[separator++].startsWith("shared:");
            }
            all.add(new Mounted(fields[2], unescape(fields[4]), shared, fields[separator + 1]));
        }
        return all;
    }

    /** Whether {@code path} lies on a mount that other namespaces share. */
    static boolean isShared(Path path) throws IOException {
        Boolean told = MountStat.isShared(path);
        return told != null ? told : isSharedInTable(path);
    }

    /** The same by a look at all mounts. */
    static boolean isSharedInTable(Path path) throws IOException {
        String longest = "";
        boolean shared = false;
        String asked = path.toString();
        for (Mounted mounted : read()) {
            if (mounted.point.length() >= longest.length() && isIn(asked, mounted.point)) {
                longest = mounted.point;
                shared = mounted.shared;
            }
        }
        return shared;
    }

    private static boolean isIn(String path, String directory) {
        return path.startsWith(directory)
                && (directory.endsWith("/")
                        || path.length() == directory.length()
                        || path.charAt(directory.length()) == '/');
    }

    /** Spaces and the like are octal numbers. */
    private static String unescape(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\' && i + 3 < text.length()) {
                out.append((char) Integer.parseInt(text, i + 1, i + 4, 8));
                i += 3;
            } else {
                out.append(text.charAt(i));
            }
        }
        return out.toString();
    }
}
