package io.layerfs.upper;

import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.View;
import io.layerfs.WritableView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/** Does whatever can be done to a writable view, on few names, so that operations meet. */
final class RandomOperations {

    private static final List<String> NAMES = List.of("a", "b", "c", "dir", "x\udcff", "long-name-" + "n".repeat(200));

    private final Random random;
    private final int maxFile;

    RandomOperations(long seed, int maxFile) {
        this.random = new Random(seed);
        this.maxFile = maxFile;
    }

    /** Does one; that it may fail, with what a system call fails with, is part of it. Answers whether it succeeded. */
    boolean step(WritableView view) throws IOException {
        try {
            operate(view);
            return true;
        } catch (FileSystemException e) {
            return false;
        }
    }

    private void operate(WritableView view) throws IOException {
        List<Long> directories = new ArrayList<>();
        List<WritableView.Place> files = new ArrayList<>();
        collect(view, view.root(), directories, files);
        long directory = directories.get(random.nextInt(directories.size()));
        long other = directories.get(random.nextInt(directories.size()));
        Name name = name(view, directory);
        Name otherName = name(view, other);
        WritableView.Place place = files.isEmpty() || random.nextInt(4) == 0
                ? new WritableView.Place(view.parent(directory), null, directory)
                : files.get(random.nextInt(files.size()));
        boolean regular = view.type(place.inode()) == FileType.REGULAR;
        switch (random.nextInt(14)) {
            case 0 -> view.createFile(directory, name, 0644);
            case 1 -> view.createDirectory(directory, name, 0755 | (random.nextInt(5) == 0 ? 02000 : 0));
            case 2 -> view.createSymlink(directory, name, "../" + otherName);
            case 3 -> view.createSpecial(directory, name, FileType.CHARACTER_DEVICE, 0600, 1, 3);
            case 4 -> view.link(place, directory, name);
            case 5 -> view.unlink(directory, name);
            case 6 -> view.removeDirectory(directory, name);
            case 7, 8 -> view.rename(directory, name, other, otherName, random.nextInt(4) > 0);
            case 9 -> view.setAttributes(place, WritableView.AttributeChange.ofMode(random.nextInt(010000)));
            case 10 -> view.setAttributes(place, WritableView.AttributeChange.ofOwner(random.nextInt(3), null));
            case 11 ->
                view.setAttributes(
                        place,
                        WritableView.AttributeChange.ofTimes(null, Instant.ofEpochSecond(random.nextInt(1000), 123)));
            case 12 -> xattr(view, place);
            default -> {
                if (regular) {
                    write(view, place);
                }
            }
        }
    }

    private void xattr(WritableView view, WritableView.Place place) throws IOException {
        if (random.nextBoolean()) {
            view.setXattr(place, "user.k", new byte[] {(byte) random.nextInt(3)});
        } else {
            view.removeXattr(place, "user.k");
        }
    }

    private void write(WritableView view, WritableView.Place place) throws IOException {
        try (WritableView.OpenFile file = view.open(place)) {
            byte[] bytes = new byte[random.nextInt(random.nextInt(4) == 0 ? maxFile : 100)];
            random.nextBytes(bytes);
            switch (random.nextInt(4)) {
                case 0 -> file.truncate(random.nextBoolean() ? 0 : random.nextInt(maxFile));
                case 1 -> file.append(ByteBuffer.wrap(bytes));
                default -> file.write(random.nextInt(maxFile), ByteBuffer.wrap(bytes));
            }
        }
    }

    /** Mostly one that is there. */
    private Name name(View view, long directory) throws IOException {
        List<Name> there = new ArrayList<>();
        view.list(directory).forEachRemaining(entry -> there.add(entry.name()));
        return there.isEmpty() || random.nextInt(3) == 0
                ? Name.of(NAMES.get(random.nextInt(NAMES.size())))
                : there.get(random.nextInt(there.size()));
    }

    private static void collect(View view, long directory, List<Long> directories, List<WritableView.Place> files)
            throws IOException {
        directories.add(directory);
        for (Iterator<View.Dirent> i = view.list(directory); i.hasNext(); ) {
            View.Dirent entry = i.next();
            if (entry.type() == FileType.DIRECTORY) {
                collect(view, entry.inode(), directories, files);
            } else {
                files.add(new WritableView.Place(directory, entry.name(), entry.inode()));
            }
        }
    }
}
