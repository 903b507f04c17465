package io.layerfs.overlay;

import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.View;
import io.layerfs.overlay.linux.Fd;
import io.layerfs.overlay.linux.FileStat;
import io.layerfs.overlay.linux.Making;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the kernel needs to be there before something can be mounted on it, and an image may not have: directories and files that
 * are made for a program, empty, and are no changes. They are known by their place and by the sticky bit, which they are made
 * with, so that a process that is killed leaves none that is not known; those in which something was put are changes.
 */
final class Placeholders {

    private static final List<String> DIRECTORIES = List.of("proc", "sys", "dev", "etc");
    private static final String ETC = "etc";
    private static final List<String> IN_ETC = List.of("resolv.conf", "hosts");

    private static final int STICKY = 01000;
    private static final int DIRECTORY_MODE = 01755;
    private static final int FILE_MODE = 01644;

    private final Set<String> found = new HashSet<>();
    private final Set<String> leftOut = new HashSet<>();

    private Placeholders() {}

    /**
     * Makes what is missing in a root; the times of the directories stay as they were. A program that runs there already may
     * exchange what is made: nothing is done to it by its name.
     */
    static void make(Fd root) throws IOException {
        FileStat before = root.stat("");
        boolean made = false;
        for (String name : DIRECTORIES) {
            made |= !exists(root, name) && makeDirectory(root, name);
        }
        if (made) {
            Making.time(root, ".", before.mtime());
        }
        if (root.stat(ETC).type() == FileType.DIRECTORY) { // a link is not followed: where it leads, nothing is made
            try (Fd etc = root.directory(ETC)) {
                makeFiles(etc);
            }
        }
    }

    private static boolean makeDirectory(Fd root, String name) throws IOException {
        Making.directory(root, name, DIRECTORY_MODE);
        try (Fd made = root.directory(name)) {
            Making.mode(made, DIRECTORY_MODE); // whatever the umask is
        }
        return true;
    }

    private static void makeFiles(Fd etc) throws IOException {
        FileStat before = etc.stat("");
        for (String name : IN_ETC) {
            if (!exists(etc, name) && Files.exists(Path.of("/" + ETC, name))) {
                try (Fd made = etc.create(name, FILE_MODE)) {
                    Making.mode(made, FILE_MODE);
                }
                Making.time(etc, ".", before.mtime());
            }
        }
    }

    private static boolean exists(Fd directory, String name) throws IOException {
        try {
            directory.stat(name);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Finds those in the upper directory of an overlay. */
    static Placeholders find(Fd upper, View below) throws IOException {
        Placeholders all = new Placeholders();
        for (String name : DIRECTORIES) {
            all.look(upper, name, FileType.DIRECTORY, below, below.root());
        }
        long etcBelow = below.lookup(below.root(), Name.of(ETC));
        if (exists(upper, ETC) && upper.stat(ETC).type() == FileType.DIRECTORY) {
            try (Fd etc = upper.directory(ETC)) {
                for (String name : IN_ETC) {
                    all.look(etc, name, FileType.REGULAR, below, etcBelow);
                }
            }
        }
        for (String name : DIRECTORIES) {
            if (all.found.contains(upper.child(name)) && all.hasNothingElse(upper, name)) {
                all.leftOut.add(upper.child(name));
            }
        }
        return all;
    }

    private void look(Fd in, String name, FileType type, View below, long belowIn) throws IOException {
        boolean isNew = belowIn == View.ABSENT
                || below.type(belowIn) != FileType.DIRECTORY
                || below.lookup(belowIn, Name.of(name)) == View.ABSENT;
        if (!isNew || !exists(in, name)) {
            return;
        }
        FileStat stat = in.stat(name);
        if (stat.type() == type && (stat.mode() & STICKY) != 0) {
            found.add(in.child(name));
            if (type == FileType.REGULAR && stat.size() == 0) {
                leftOut.add(in.child(name));
            }
        }
    }

    private boolean hasNothingElse(Fd in, String name) throws IOException {
        try (Fd directory = in.directory(name)) {
            return directory.list().stream().map(directory::child).allMatch(leftOut::contains);
        }
    }

    /** Whether a path in the upper directory, as {@link Fd#child} has it, is one, and no change. */
    boolean leavesOut(String path) {
        return leftOut.contains(path);
    }

    /** The mode of what is at a path: without the mark, where that was made here and somebody put something into it. */
    int mode(String path, int mode) {
        return found.contains(path) ? mode & ~STICKY : mode;
    }
}
