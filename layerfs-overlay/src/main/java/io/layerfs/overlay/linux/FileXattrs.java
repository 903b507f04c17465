package io.layerfs.overlay.linux;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** The extended attributes of files, of links too, of every namespace that this process may see (xattr(7)). */
public final class FileXattrs {

    private static final int MAX_VALUE = 64 << 10;
    private static final int MAX_LIST = 64 << 10;

    private FileXattrs() {}

    private static byte[] at(Fd directory, String name) {
        return CString.of(directory.procPath() + "/" + (name.isEmpty() ? "." : name));
    }

    /** All attributes of a name in a directory; none where the file system has no such thing. */
    public static Map<String, byte[]> read(Fd directory, String name) throws IOException {
        byte[] list = new byte[MAX_LIST];
        long size = Linux.c().llistxattr(at(directory, name), list, list.length);
        if (size < 0 && Linux.errno() == Errno.EOPNOTSUPP) {
            return Map.of();
        }
        Linux.check(size, "llistxattr", directory.child(name));
        Map<String, byte[]> all = new TreeMap<>();
        byte[] value = size == 0 ? new byte[0] : new byte[MAX_VALUE];
        for (int start = 0; start < size; start = CString.end(list, start) + 1) {
            String attribute = CString.at(list, start);
            long n = Linux.c().lgetxattr(at(directory, name), CString.of(attribute), value, value.length);
            all.put(attribute, Arrays.copyOf(value, (int)
                    Linux.check(n, "lgetxattr " + attribute, directory.child(name))));
        }
        return all;
    }

    /** Removes one attribute; answers whether it was there. */
    public static boolean remove(Fd directory, String name, String attribute) throws IOException {
        int result = Linux.c().lremovexattr(at(directory, name), CString.of(attribute));
        if (result < 0 && Linux.errno() == Errno.ENODATA) {
            return false;
        }
        Linux.check(result, "lremovexattr " + attribute, directory.child(name));
        return true;
    }

    /** Sets one attribute. */
    public static void set(Fd directory, String name, String attribute, byte[] value) throws IOException {
        int result = Linux.c().lsetxattr(at(directory, name), CString.of(attribute), value, value.length, 0);
        Linux.check(result, "lsetxattr " + attribute, directory.child(name));
    }
}
