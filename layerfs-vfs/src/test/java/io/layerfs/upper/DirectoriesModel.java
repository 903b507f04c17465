package io.layerfs.upper;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** The model of a view: inodes are values in a map, which is copied where it is to be kept. Fails as Linux does. */
final class DirectoriesModel implements Directories {

    private static final String ABSENT = "absent";

    /** A file where {@code names} is null, else a directory. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Inode(int links, int mode, byte[] bytes, Map<String, Integer> names) {
        boolean isDirectory() {
            return names != null;
        }

        Inode with(int newLinks) {
            return new Inode(newLinks, mode, bytes, names);
        }

        Inode with(byte[] newBytes) {
            return new Inode(links, mode, newBytes, names);
        }

        String text() {
            return (isDirectory() ? "directory" : "file") + " of " + links + " " + Integer.toOctalString(mode);
        }
    }

    private final Map<Integer, Map<Integer, Inode>> kept = new HashMap<>();
    private final Integer[] open = new Integer[HANDLES];
    private Map<Integer, Inode> inodes = new HashMap<>();
    private int next = 4;

    /** {@code bytes} are what both files have. */
    DirectoriesModel(byte[] bytes) {
        inodes.put(0, new Inode(3, 0755, null, new TreeMap<>(Map.of("a", 2, "d", 1))));
        inodes.put(1, new Inode(2, 0755, null, new TreeMap<>(Map.of("a", 3))));
        inodes.put(2, new Inode(1, 0755, bytes, null));
        inodes.put(3, new Inode(1, 0755, bytes, null));
        Arrays.fill(open, 0, OPEN, 2);
    }

    private Integer lookup(int directory, String name) {
        return inodes.get(directory).names.get(name);
    }

    private boolean isGone(int directory) {
        return inodes.get(directory).links == 0;
    }

    private boolean isDirectory(Integer inode) {
        return inodes.get(inode).isDirectory();
    }

    private void addLinks(int inode, int more) {
        inodes.computeIfPresent(inode, (i, old) -> old.with(old.links + more));
    }

    private String create(int directory, String name, Inode made) {
        if (isGone(directory)) {
            return ABSENT;
        }
        if (lookup(directory, name) != null) {
            return "exists";
        }
        inodes.put(next, made);
        inodes.get(directory).names.put(name, next++);
        addLinks(directory, made.isDirectory() ? 1 : 0);
        return "ok";
    }

    @Override
    public String createFile(int directory, String name) {
        return create(directory, name, new Inode(1, 0644, new byte[0], null));
    }

    @Override
    public String createDirectory(int directory, String name) {
        return create(directory, name, new Inode(2, 0700, null, new TreeMap<>()));
    }

    /** Takes away a name that is there. */
    private void remove(int directory, String name) {
        int inode = inodes.get(directory).names.remove(name);
        if (isDirectory(inode)) {
            addLinks(directory, -1);
            inodes.put(inode, inodes.get(inode).with(0));
        } else {
            addLinks(inode, -1);
        }
    }

    @Override
    public String unlink(int directory, String name) {
        Integer inode = lookup(directory, name);
        if (inode == null) {
            return ABSENT;
        }
        if (isDirectory(inode)) {
            return "Is a directory";
        }
        remove(directory, name);
        return "ok";
    }

    @Override
    public String removeDirectory(int directory, String name) {
        Integer inode = lookup(directory, name);
        if (inode == null) {
            return ABSENT;
        }
        if (!isDirectory(inode)) {
            return "Not a directory";
        }
        if (!inodes.get(inode).names.isEmpty()) {
            return "not empty";
        }
        remove(directory, name);
        return "ok";
    }

    /** Of two directories of which the second may be in the first, and no other is known by its number. */
    @Override
    public String rename(int from, String name, int to, String newName) {
        Integer moved = lookup(from, name);
        if (isGone(to) || moved == null) {
            return ABSENT;
        }
        boolean directory = isDirectory(moved);
        if (directory && moved == to) {
            return "Invalid argument";
        }
        Integer target = lookup(to, newName);
        if (moved.equals(target)) {
            return "ok";
        }
        if (target != null) {
            String refused = refused(directory, from, target);
            if (refused != null) {
                return refused;
            }
            remove(to, newName);
        }
        inodes.get(from).names.remove(name);
        inodes.get(to).names.put(newName, moved);
        addLinks(from, directory ? -1 : 0);
        addLinks(to, directory ? 1 : 0);
        return "ok";
    }

    private String refused(boolean byDirectory, int from, int target) {
        if (target == from) {
            return "not empty";
        }
        if (byDirectory != isDirectory(target)) {
            return byDirectory ? "Not a directory" : "Is a directory";
        }
        return byDirectory && !inodes.get(target).names.isEmpty() ? "not empty" : null;
    }

    @Override
    public String link(int handle, int directory, String name) {
        if (open[handle] == null) {
            return "not open";
        }
        if (isGone(directory)) {
            return ABSENT;
        }
        if (lookup(directory, name) != null) {
            return "exists";
        }
        if (inodes.get(open[handle]).links == 0) {
            return ABSENT;
        }
        inodes.get(directory).names.put(name, open[handle]);
        addLinks(open[handle], 1);
        return "ok";
    }

    @Override
    public String open(int handle, int directory, String name) {
        open[handle] = null;
        Integer inode = lookup(directory, name);
        if (inode == null) {
            return ABSENT;
        }
        if (isDirectory(inode)) {
            return "Is a directory";
        }
        open[handle] = inode;
        return "ok";
    }

    @Override
    public String write(int handle, int position, int count) {
        if (open[handle] == null) {
            return "not open";
        }
        put(open[handle], position, count, position + count);
        return "ok";
    }

    private void put(int inode, int position, int count, int value) {
        byte[] old = inodes.get(inode).bytes;
        byte[] bytes = Arrays.copyOf(old, Math.max(old.length, position + count));
        Arrays.fill(bytes, position, position + count, (byte) value);
        inodes.put(inode, inodes.get(inode).with(bytes));
    }

    @Override
    public String append(int handle, int count) {
        if (open[handle] == null) {
            return "not open";
        }
        int end = inodes.get(open[handle]).bytes.length;
        put(open[handle], end, count, 7);
        return "at " + end;
    }

    @Override
    public String truncate(int handle, int size) {
        if (open[handle] == null) {
            return "not open";
        }
        Inode file = inodes.get(open[handle]);
        inodes.put(open[handle], file.with(Arrays.copyOf(file.bytes, size)));
        return "ok";
    }

    @Override
    public String read(int handle) {
        return open[handle] == null ? "not open" : text(inodes.get(open[handle]).bytes);
    }

    /** Short, and another for other bytes. */
    static String text(byte[] bytes) {
        return bytes.length < 10 ? Arrays.toString(bytes) : bytes.length + " bytes, " + Arrays.hashCode(bytes);
    }

    @Override
    public String setMode(int handle, int mode) {
        if (open[handle] == null) {
            return "not open";
        }
        inodes.computeIfPresent(open[handle], (i, old) -> new Inode(old.links, mode, old.bytes, null));
        return "ok";
    }

    @Override
    public String stat(int directory, String name) {
        Integer inode = lookup(directory, name);
        return inode == null ? ABSENT : inodes.get(inode).text();
    }

    @Override
    public String list(int directory) {
        StringBuilder text = new StringBuilder();
        inodes.get(directory).names.forEach((name, inode) -> text.append(name).append(isDirectory(inode) ? "/ " : " "));
        return text.toString();
    }

    /** Directories are changed in place, the rest of an inode is not. */
    private Map<Integer, Inode> copy() {
        Map<Integer, Inode> copy = new HashMap<>(inodes);
        copy.replaceAll(
                (i, old) -> old.isDirectory() ? new Inode(old.links, old.mode, null, new TreeMap<>(old.names)) : old);
        return copy;
    }

    @Override
    public String snapshot(int number) {
        kept.put(number, copy());
        return "ok";
    }

    @Override
    public String past(int number) {
        Map<Integer, Inode> past = kept.get(number);
        return past == null ? "none" : all(past, 0);
    }

    private static String all(Map<Integer, Inode> seen, int directory) {
        StringBuilder text = new StringBuilder();
        seen.get(directory).names.forEach((name, number) -> {
            Inode inode = seen.get(number);
            text.append(name).append(' ').append(inode.text()).append(' ');
            text.append(inode.isDirectory() ? "(" + all(seen, number) + ")" : text(inode.bytes));
            text.append('\n');
        });
        return text.toString();
    }

    @Override
    public String fork() {
        Map<Integer, Inode> present = inodes;
        inodes = copy();
        Integer written = lookup(0, "a");
        if (written != null && !isDirectory(written)) {
            put(written, 1, 1, 2);
        }
        String text = all(inodes, 0);
        inodes = present;
        return text;
    }
}
