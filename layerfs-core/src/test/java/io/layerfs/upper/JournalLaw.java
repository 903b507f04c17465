package io.layerfs.upper;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.View;
import io.layerfs.WritableView;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A view that is kept and one that is not, to which the same is done: whatever that is, and wherever the journal of the first
 * is written anew, and the view reopened or a copy of its files opened as after a kill, both show the same.
 */
final class JournalLaw implements Closeable {

    private static final int[] LENGTHS = {0, 10, 5_000, 40_000};
    private static final List<Name> NAMES =
            Stream.of("a", "b", "dir", "x").map(Name::of).toList();

    /** One thing to do; what the numbers mean depends on what is there. */
    record Step(Kind kind, int a, int b, int c) {}

    enum Kind {
        CREATE,
        MAKE_DIRECTORY,
        LINK,
        UNLINK,
        UNLINK_OPEN,
        REMOVE_DIRECTORY,
        RENAME,
        OPEN,
        HOLD,
        CLOSE,
        WRITE,
        APPEND,
        TRUNCATE,
        CHANGE_ATTRIBUTES,
        CHANGE_OPEN,
        FREEZE,
        SNAPSHOT,
        ROLLBACK,
        FORK,
        COMPACT,
        REOPEN,
        KILL
    }

    private static final Kind[] KINDS = kinds();

    /** What is done to open files is done more often. */
    private static Kind[] kinds() {
        List<Kind> kinds = new ArrayList<>(List.of(Kind.values()));
        for (int i = 0; i < 3; i++) {
            kinds.addAll(List.of(Kind.OPEN, Kind.WRITE, Kind.WRITE, Kind.UNLINK_OPEN, Kind.COMPACT, Kind.TRUNCATE));
        }
        return kinds.toArray(Kind[]::new);
    }

    static Step random(Random random) {
        return new Step(
                KINDS[random.nextInt(KINDS.length)], random.nextInt(1000), random.nextInt(1000), random.nextInt());
    }

    private static final class Side {
        WritableView view;
        final List<WritableView.Place> opened = new ArrayList<>();
        final List<Closeable> handles = new ArrayList<>();
        List<View> snapshots = new ArrayList<>();

        Side(WritableView view) {
            this.view = view;
        }

        private void collect(long directory, List<Long> directories, List<WritableView.Place> files)
                throws IOException {
            directories.add(directory);
            for (Iterator<View.Dirent> i = view.list(directory); i.hasNext(); ) {
                View.Dirent entry = i.next();
                if (entry.type() == FileType.DIRECTORY) {
                    collect(entry.inode(), directories, files);
                } else {
                    files.add(new WritableView.Place(directory, entry.name(), entry.inode()));
                }
            }
        }

        void closeHandles() throws IOException {
            for (Closeable handle : handles) {
                handle.close();
            }
            handles.clear();
            opened.clear();
        }

        /** Answers how it failed, or what it gave. */
        String run(Step step) throws IOException {
            try {
                return String.valueOf(operate(step));
            } catch (FileSystemException e) {
                return e.getClass().getSimpleName() + " " + e.getReason();
            }
        }

        private Object operate(Step step) throws IOException {
            List<Long> directories = new ArrayList<>();
            List<WritableView.Place> files = new ArrayList<>();
            collect(view.root(), directories, files);
            long directory = directories.get(step.a % directories.size());
            long other = directories.get(step.b % directories.size());
            Name name = NAMES.get((step.a / 7) % NAMES.size());
            Name otherName = NAMES.get((step.b / 7) % NAMES.size());
            WritableView.Place file = files.isEmpty() ? null : files.get(step.b % files.size());
            Closeable handle = handles.isEmpty() ? null : handles.get(step.a % handles.size());
            WritableView.Place openPlace = handle == null ? null : opened.get(step.a % opened.size());
            switch (step.kind) {
                case CREATE -> view.createFile(directory, name, 0644);
                case MAKE_DIRECTORY -> view.createDirectory(directory, name, 0755);
                case REMOVE_DIRECTORY -> view.removeDirectory(directory, name);
                case RENAME -> view.rename(directory, name, other, otherName, (step.c & 3) != 0);
                case FREEZE -> view.changes();
                case SNAPSHOT -> snapshots.add(view.snapshot());
                case FORK -> fork(file, step);
                case HOLD -> {
                    handles.add(view.hold(directory));
                    opened.add(new WritableView.Place(view.parent(directory), null, directory));
                }
                case ROLLBACK -> {
                    if (!snapshots.isEmpty()) {
                        view.rollback(snapshots.get(step.a % snapshots.size()));
                    }
                }
                default -> {
                    if (file != null && step.kind.compareTo(Kind.COMPACT) < 0) {
                        return operate(step, directory, name, file, handle, openPlace);
                    }
                }
            }
            return "done";
        }

        private Object operate(
                Step step,
                long directory,
                Name name,
                WritableView.Place file,
                Closeable handle,
                WritableView.Place open)
                throws IOException {
            switch (step.kind) {
                case LINK -> view.link(file, directory, name);
                case UNLINK -> view.unlink(file.directory(), file.name());
                case CHANGE_ATTRIBUTES -> change(file, step);
                case OPEN -> {
                    handles.add(view.open(file));
                    opened.add(file);
                }
                case CLOSE -> {
                    if (handle != null) {
                        handle.close();
                        handles.remove(handle);
                        opened.remove(step.a % (handles.size() + 1));
                    }
                }
                case UNLINK_OPEN -> {
                    if (open != null && open.name() != null) {
                        view.unlink(open.directory(), open.name());
                    }
                }
                case CHANGE_OPEN -> {
                    if (open != null) {
                        change(open, step);
                    }
                }
                default -> {
                    if (handle instanceof WritableView.OpenFile data) {
                        return write(data, step);
                    }
                }
            }
            return "done";
        }

        private void change(WritableView.Place place, Step step) throws IOException {
            if ((step.c & 1) == 0) {
                view.setAttributes(place, WritableView.AttributeChange.ofMode(step.b));
            } else {
                view.setXattr(place, "user.k", new byte[] {(byte) step.b});
            }
        }

        private Object write(WritableView.OpenFile file, Step step) throws IOException {
            byte[] bytes = new byte[LENGTHS[step.b % LENGTHS.length]];
            new Random(step.c).nextBytes(bytes);
            int position = (step.c >>> 4) % 50_000;
            switch (step.kind) {
                case WRITE -> file.write(position, ByteBuffer.wrap(bytes));
                case APPEND -> file.append(ByteBuffer.wrap(bytes));
                default -> file.truncate((step.c & 1) == 0 ? 0 : position);
            }
            ByteBuffer all = ByteBuffer.allocate((int) file.size());
            return file.read(0, all) + " " + Arrays.hashCode(all.array());
        }

        private void fork(WritableView.Place file, Step step) throws IOException {
            try (WritableView fork = view.fork()) {
                if (file != null && fork.type(file.inode()) == FileType.REGULAR) {
                    try (WritableView.OpenFile open = fork.open(file)) {
                        open.append(ByteBuffer.wrap(new byte[100]));
                        fork.unlink(file.directory(), file.name());
                        open.append(ByteBuffer.wrap(new byte[LENGTHS[step.a % LENGTHS.length]]));
                    }
                }
            }
        }
    }

    private final View lower;
    private final Path directory;
    private final Side kept;
    private final Side model;
    private long now = 1_000;
    private int copies;

    JournalLaw(View lower, Path directory) throws IOException {
        this.lower = lower;
        this.directory = directory;
        Path own = Files.createDirectory(directory.resolve("view"));
        kept = new Side(UpperView.create(lower, own, Long.MAX_VALUE, this::scratch, this::now, () -> {}));
        model = new Side(UpperView.over(lower, Long.MAX_VALUE, this::scratch, this::now));
    }

    private Instant now() {
        return Instant.ofEpochSecond(now);
    }

    /** A directory of its own for each. */
    ScratchDirectory scratch() {
        Path place = directory.resolve("scratch" + copies++);
        return new ScratchDirectory() {
            @Override
            public Path directory() throws IOException {
                return Files.createDirectories(place);
            }

            @Override
            public void close() {}
        };
    }

    void run(Step step) throws IOException {
        now++;
        assertThat(kept.run(step)).as("%s", step).isEqualTo(model.run(step));
        switch (step.kind) {
            case COMPACT -> ((UpperView) kept.view).compact();
            case REOPEN -> reopen((step.a & 1) == 0);
            case KILL -> kill();
            default -> {}
        }
        assertThat(ViewLines.of(kept.view)).as("after %s", step).isEqualTo(ViewLines.of(model.view));
    }

    private void reopen(boolean filesFirst) throws IOException {
        if (filesFirst) {
            kept.closeHandles();
        }
        kept.view.close();
        kept.closeHandles();
        model.closeHandles();
        kept.snapshots.clear();
        model.snapshots.clear();
        kept.view = open(directory.resolve("view"));
        assertThat(kept.view.usage().used()).isNotNegative();
    }

    private WritableView open(Path of) throws IOException {
        return UpperView.open(lower, of, Long.MAX_VALUE, this::scratch, this::now, () -> {});
    }

    /** What a process finds that opens the view after this one was killed now. */
    private void kill() throws IOException {
        Path copy = directory.resolve("copy" + copies++);
        try (Stream<Path> files = Files.walk(directory.resolve("view"))) {
            for (Path file : files.toList()) {
                Files.copy(
                        file,
                        copy.resolve(directory.resolve("view").relativize(file).toString()));
            }
        }
        List<String> expected = ViewLines.of(model.view);
        try (WritableView found = open(copy)) {
            assertThat(ViewLines.of(found)).as("after a kill").isEqualTo(expected);
            ((UpperView) found).compact();
        }
        try (WritableView found = open(copy)) {
            assertThat(ViewLines.of(found)).as("after a kill, and written anew").isEqualTo(expected);
        }
    }

    @Override
    public void close() throws IOException {
        kept.closeHandles();
        model.closeHandles();
        kept.view.close();
        model.view.close();
    }
}
