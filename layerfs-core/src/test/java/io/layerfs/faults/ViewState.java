package io.layerfs.faults;

import io.layerfs.Content;
import io.layerfs.FileType;
import io.layerfs.Stat;
import io.layerfs.View;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that a view shows: what is said of each name, and the bytes of each file.
 *
 * @param names what is said of each, with the number of its inode
 * @param bytes of each regular file, by its number
 */
record ViewState(Map<String, String> names, Map<Long, byte[]> bytes) {

    static ViewState of(View view) throws IOException {
        ViewState state = new ViewState(new TreeMap<>(), new TreeMap<>());
        state.add(view, "", view.root());
        return state;
    }

    /** Whether both show the same. */
    boolean isSame(ViewState other) {
        return names.equals(other.names)
                && bytes.keySet().equals(other.bytes.keySet())
                && bytes.entrySet().stream()
                        .allMatch(file -> Arrays.equals(file.getValue(), other.bytes.get(file.getKey())));
    }

    private void add(View view, String path, long inode) throws IOException {
        Stat stat = view.stat(inode);
        String target = stat.type() == FileType.SYMLINK ? view.readSymlink(inode) : "";
        names.put(
                path,
                String.join(
                        " ",
                        Long.toString(inode),
                        stat.type().toString(),
                        Integer.toOctalString(stat.mode()),
                        Long.toString(stat.size()),
                        Integer.toString(stat.links()),
                        stat.mtime().toString(),
                        view.xattrs(inode).toString(),
                        target));
        if (stat.type() == FileType.DIRECTORY) {
            for (Iterator<View.Dirent> i = view.list(inode); i.hasNext(); ) {
                View.Dirent entry = i.next();
                add(view, path + "/" + entry.name(), entry.inode());
            }
        } else if (stat.type() == FileType.REGULAR && !bytes.containsKey(inode)) {
            Content content = view.content(inode);
            ByteBuffer buffer = ByteBuffer.allocate((int) stat.size());
            content.read(0, buffer);
            bytes.put(inode, buffer.array());
        }
    }
}
