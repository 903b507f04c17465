package io.layerfs.faults;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A disk that is about to lose its power: what is on it for certain, and what was done since and may be on it or not.
 *
 * <p>The model is the weakest that POSIX allows, as in ALICE (Pillai et al., All File Systems Are Not Created Equal, OSDI
 * 2014). Nothing is in any order but by fsync, which covers what was done to that file, or to that directory, before it began:
 *
 * <ul>
 *   <li>A directory has each of its names, on its own, as it was at any moment since the directory was synced: a rename is a
 *       name that goes and another that comes, and either may be there without the other. An fsync of a file does not
 *       bring its name.
 *   <li>A file has each sector of 512 bytes, on its own, as it was at any moment since the file was synced, and the size of any
 *       such moment, with zeros where no bytes are. A sector is not torn in itself, and never has bytes of other files.
 *   <li>Names and bytes have nothing to do with each other: the name of a new file may be there, and the file be empty.
 * </ul>
 *
 * <p>So a name in whose place another file is renamed says the old or the new and never neither, which POSIX wants of rename. What
 * ext4 does in its ordered mode, all metadata in order and data before it, is among these states, and is tried first ({@link
 * CrashStates}). Modes, owners and times are not modelled: nothing that must survive depends on them.
 */
final class Disk {

    static final int SECTOR = 512;

    private record Change(int number, Trace.Event event) {}

    private record Version(int number, long inode) {}

    private static final class File {
        private DiskImage.Bytes settled = DiskImage.Bytes.NONE;
        private final List<Change> changes = new ArrayList<>();
    }

    private static final class Directory {
        private final Map<String, Long> settled = new TreeMap<>();
        private final Map<String, List<Version>> changes = new TreeMap<>();
    }

    /** Something of which it is not certain how it is: a name of a directory, or, without a name, the bytes of a file. */
    record Unit(long inode, @Nullable String name, int changes) {}

    /** Says how all that is uncertain turned out. */
    interface Outcome {
        /** How many of the changes of a name, from the first, {@code numbers} in the trace, are on the disk. */
        int name(long directory, String name, int[] numbers);

        /** The same of the changes of a file. */
        Part bytes(long inode, int[] numbers);
    }

    /**
     * What of a file's changes is on the disk.
     *
     * @param size of how many changes from the first the size tells
     * @param sectors of how many changes each sector tells
     */
    record Part(int size, Sectors sectors) {
        static Part first(int changes) {
            return new Part(changes, sector -> changes);
        }
    }

    /** Tells for a sector. */
    interface Sectors {
        int changes(int sector);
    }

    private final Map<Long, File> files = new HashMap<>();
    private final Map<Long, Directory> directories = new HashMap<>();
    private int number;

    Disk() {
        directories.put(0L, new Directory());
    }

    /** Does the next event of a trace. */
    void apply(Trace.Event event) {
        if (event instanceof Trace.Made made) {
            name(made.directory(), made.name(), made.inode());
            if (made.isDirectory()) {
                directories.put(made.inode(), new Directory());
            } else {
                files.put(made.inode(), new File());
            }
        } else if (event instanceof Trace.Removed removed) {
            name(removed.directory(), removed.name(), -1);
        } else if (event instanceof Trace.Moved moved) {
            name(moved.from(), moved.oldName(), -1);
            name(moved.to(), moved.newName(), moved.inode());
        } else if (event instanceof Trace.Wrote wrote) {
            files.get(wrote.inode()).changes.add(new Change(number, event));
        } else if (event instanceof Trace.Truncated truncated) {
            files.get(truncated.inode()).changes.add(new Change(number, event));
        } else if (event instanceof Trace.Synced sync) {
            sync(sync.inode(), sync.begun());
        } else if (event instanceof Trace.Settled) {
            files.keySet().forEach(inode -> sync(inode, number));
            directories.keySet().forEach(inode -> sync(inode, number));
        }
        number++;
    }

    private void name(long directory, String name, long inode) {
        directories
                .get(directory)
                .changes
                .computeIfAbsent(name, n -> new ArrayList<>())
                .add(new Version(number, inode));
    }

    private void sync(long inode, int begun) {
        File file = files.get(inode);
        if (file != null && !file.changes.isEmpty()) {
            int covered =
                    (int) file.changes.stream().filter(c -> c.number < begun).count();
            file.settled = bytes(file, Part.first(covered));
            file.changes.subList(0, covered).clear();
        }
        Directory directory = directories.get(inode);
        if (directory != null) {
            directory.changes.forEach((name, versions) -> {
                int covered =
                        (int) versions.stream().filter(v -> v.number < begun).count();
                if (covered > 0) {
                    directory.settled.put(name, versions.get(covered - 1).inode);
                    versions.subList(0, covered).clear();
                }
            });
            directory.changes.values().removeIf(List::isEmpty);
        }
    }

    /** What is uncertain. */
    List<Unit> units() {
        List<Unit> units = new ArrayList<>();
        new TreeMap<>(directories)
                .forEach((inode, directory) -> directory.changes.forEach(
                        (name, versions) -> units.add(new Unit(inode, name, versions.size()))));
        new TreeMap<>(files).forEach((inode, file) -> {
            if (!file.changes.isEmpty()) {
                units.add(new Unit(inode, null, file.changes.size()));
            }
        });
        return units;
    }

    /** What there is when the power is back. */
    DiskImage image(Outcome outcome) {
        DiskImage image = new DiskImage();
        add("", 0, outcome, image);
        return image;
    }

    private void add(String place, long inode, Outcome outcome, DiskImage image) {
        Directory directory = directories.get(inode);
        TreeSet<String> names = new TreeSet<>(directory.settled.keySet());
        names.addAll(directory.changes.keySet());
        for (String name : names) {
            long child = directory.settled.getOrDefault(name, -1L);
            List<Version> versions = directory.changes.get(name);
            if (versions != null) {
                int[] numbers = versions.stream().mapToInt(Version::number).toArray();
                int count = outcome.name(inode, name, numbers);
                child = count == 0 ? child : versions.get(count - 1).inode;
            }
            if (directories.containsKey(child)) {
                image.addDirectory(place + name);
                add(place + name + "/", child, outcome, image);
            } else if (child > 0) {
                File file = files.get(child);
                int[] numbers = file.changes.stream().mapToInt(Change::number).toArray();
                image.addFile(
                        place + name, numbers.length == 0 ? file.settled : bytes(file, outcome.bytes(child, numbers)));
            }
        }
    }

    private static DiskImage.Bytes bytes(File file, Part part) {
        int most = file.settled.length();
        int size = most;
        for (int i = 0; i < file.changes.size(); i++) {
            int now = i < part.size ? size : -1;
            if (file.changes.get(i).event instanceof Trace.Wrote wrote) {
                int end = (int) wrote.position() + wrote.bytes().length;
                most = Math.max(most, end);
                size = now < 0 ? size : Math.max(size, end);
            } else if (file.changes.get(i).event instanceof Trace.Truncated cut) {
                size = now < 0 ? size : (int) cut.size();
            }
        }
        byte[] bytes = Arrays.copyOf(file.settled.bytes(), most);
        for (int i = 0; i < file.changes.size(); i++) {
            if (file.changes.get(i).event instanceof Trace.Wrote wrote) {
                put(bytes, i, (int) wrote.position(), wrote.bytes(), part.sectors);
            } else if (file.changes.get(i).event instanceof Trace.Truncated cut) {
                put(bytes, i, (int) cut.size(), new byte[Math.max(0, most - (int) cut.size())], part.sectors);
            }
        }
        return new DiskImage.Bytes(size == most ? bytes : Arrays.copyOf(bytes, size));
    }

    private static void put(byte[] bytes, int change, int position, byte[] written, Sectors sectors) {
        for (int at = position; at < position + written.length; ) {
            int next = Math.min((at / SECTOR + 1) * SECTOR, position + written.length);
            if (change < sectors.changes(at / SECTOR)) {
                System.arraycopy(written, at - position, bytes, at, next - at);
            }
            at = next;
        }
    }
}
