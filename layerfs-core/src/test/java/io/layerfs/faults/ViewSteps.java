package io.layerfs.faults;

import io.layerfs.Name;
import io.layerfs.View;
import io.layerfs.WritableView;
import io.layerfs.upper.ViewLines;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;

/** What can be done to a writable view, each of it whole or not at all. */
final class ViewSteps {

    /** More than is kept in memory, so that it has a scratch file. */
    private static final int LARGE = 100_000;

    private ViewSteps() {}

    /** A step that failed, out of where no {@link IOException} can be thrown. */
    static final class StepFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private StepFailure(IOException cause) {
            super(cause);
        }

        @Override
        public synchronized IOException getCause() {
            return (IOException) super.getCause();
        }
    }

    /** Does something to a view. */
    interface Work {
        void run(WritableView view) throws IOException;
    }

    /** One of them. */
    static final class Step {
        private final Work work;

        private Step(Work work) {
            this.work = work;
        }

        void run(WritableView view) {
            try {
                work.run(view);
            } catch (IOException e) {
                throw new StepFailure(e);
            }
        }
    }

    private static Step step(Work work) {
        return new Step(work);
    }

    /** What is seen, but for times of today, which differ from run to run. */
    static List<String> lines(View view) throws IOException {
        return ViewLines.of(view).stream()
                .map(line -> line.replaceAll(" 20[0-9][0-9]-[^ ]*Z ", " today "))
                .toList();
    }

    static WritableView.Place place(WritableView view, String path) throws IOException {
        long directory = view.root();
        String[] names = path.split("/", -1);
        for (int i = 0; i < names.length - 1; i++) {
            directory = view.lookup(directory, Name.of(names[i]));
        }
        Name last = Name.of(names[names.length - 1]);
        return new WritableView.Place(directory, last, view.lookup(directory, last));
    }

    static void write(WritableView view, String path, long position, int size, int seed) throws IOException {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        try (WritableView.OpenFile file = view.open(place(view, path))) {
            file.write(position, ByteBuffer.wrap(bytes));
        }
    }

    /** Makes some changes; after ten writes the journal is about to be long enough to be written anew. */
    static void prepare(WritableView view, int writes) throws IOException {
        view.createFile(view.root(), Name.of("large"), 0644);
        write(view, "large", 0, LARGE, 1);
        for (int i = 0; i < writes; i++) {
            write(view, "large", 0, LARGE - 3000, i);
        }
        view.createSymlink(view.root(), Name.of("to-large"), "large");
    }

    /** On the view of the image that the tests have; what {@link #prepare} made may be there. */
    static List<Step> all() {
        return List.of(
                step(v -> v.createDirectory(v.root(), Name.of("d"), 0755)),
                step(v -> v.createFile(place(v, "d").inode(), Name.of("f"), 0600)),
                step(v -> write(v, "d/f", 0, 500, 2)),
                step(v -> write(v, "d/f", 400, LARGE, 3)),
                step(v -> write(v, "d/f", 8192, LARGE / 2, 4)),
                step(v -> write(v, "dir/first", 50_000, 10, 5)),
                step(v -> write(v, "d/f", 300, LARGE - 300, 6)),
                step(v -> v.rename(v.root(), Name.of("d"), v.root(), Name.of("e"), false)),
                step(v -> v.setXattr(place(v, "e/f"), "user.k", new byte[] {1})),
                step(v -> v.link(place(v, "e/f"), v.root(), Name.of("also-f"))),
                step(WritableView::force),
                step(v -> {
                    try (WritableView.OpenFile file = v.open(place(v, "e/f"))) {
                        file.truncate(20_000);
                    }
                }),
                step(v -> {
                    try (WritableView.OpenFile file = v.open(place(v, "dir/first"))) {
                        file.truncate(0);
                    }
                }),
                step(v -> v.unlink(v.root(), Name.of("small"))),
                step(v -> {
                    View before = v.snapshot();
                    v.rollback(before);
                }),
                step(v -> write(v, "e/f", 4000, 6000, 7)),
                step(v -> v.unlink(v.root(), Name.of("also-f"))),
                step(WritableView::force));
    }
}
