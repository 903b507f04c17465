package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.GcOptions;
import io.layerfs.GcReport;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Removes what a store need not keep.
 *
 * <p>Safe beside all other use, in any process, by this order. Files are listed first: what comes later is not touched. Then,
 * for a moment under the lock {@link Hold#COLLECTION}, what is listed and held is noted; what that needs is found out without a
 * lock, however long it takes. Under the lock again, what is listed and held since is left out; references go from {@code
 * index.json}, and only then files, into the {@link Trash}, which is quick, and in batches, so that nobody
 * waits longer than one takes. The lock is free before they are deleted. Who adds to a {@link Hold} before it is seen there has
 * its files kept; who does later waits, and then finds what is left.
 *
 * <p>Cut short at any point, it leaves a store that is sound: references to nothing are never left, and files that nothing
 * needs are there for the next collection.
 */
final class Collector {

    /** How long one batch takes, in nanoseconds, once it is others' turn no more. */
    private static final long BATCH = 50_000_000;

    /** How long the lock is free between two, in nanoseconds: more than who waits for it in another process sleeps. */
    private static final long PAUSE = 10_000_000;

    private final StorePaths paths;
    private final StoreLocks locks;
    private final References references;
    private final Views views;
    private final Runnable step;

    /** {@code step} is run after each change that is made; tests stop there. */
    Collector(StorePaths paths, StoreLocks locks, References references, Views views, Runnable step) {
        this.paths = paths;
        this.locks = locks;
        this.references = references;
        this.views = views;
        this.step = step;
    }

    GcReport run(GcOptions options) throws IOException {
        Instant now = Instant.now();
        List<StoredFile> files = StoredFile.list(paths);
        List<IOException> leftOver = new ArrayList<>();
        if (!options.dryRun()) {
            locks.requireWritable();
            leftOver.addAll(ProcessArea.clean(paths.holds(), locks));
            leftOver.addAll(ProcessArea.clean(paths.temporary(), locks));
            leftOver.addAll(views.clean());
        }
        Roots.State seen;
        try (StoreLocks.Held held = locks.lock(Hold.COLLECTION)) {
            seen = state();
        }
        Roots roots = Roots.of(paths, seen);
        GcPlan.Result plan = new GcPlan(files, roots, options, now).make();
        if (options.dryRun()) {
            return report(true, files, plan.images(), plan.files(), plan.kept(), leftOver);
        }
        try (Trash trash = Trash.open(paths, locks)) {
            return new Removal(seen, roots, plan, trash, leftOver).run(files);
        }
    }

    private Roots.State state() throws IOException {
        return Roots.State.read(paths, locks, references, views, Roots.Wanted.ALL);
    }

    /** The carrying out of a plan, but for what came to be needed since it was made. */
    private final class Removal {
        private Roots.State before;
        private final Roots roots;
        private final Trash trash;
        private final List<IOException> leftOver;
        private final Deque<StoredFile> waiting;
        private final List<StoredFile> removed = new ArrayList<>();
        private final List<GcReport.Kept> kept;
        private List<Digest> images;

        Removal(Roots.State before, Roots roots, GcPlan.Result plan, Trash trash, List<IOException> leftOver) {
            this.before = before;
            this.roots = roots;
            this.trash = trash;
            this.leftOver = leftOver;
            this.images = plan.images();
            this.waiting = new ArrayDeque<>(plan.files());
            this.kept = new ArrayList<>(plan.kept());
        }

        GcReport run(List<StoredFile> files) throws IOException {
            List<Digest> planned = images;
            boolean first = true;
            while (first || !waiting.isEmpty()) {
                if (!first) {
                    LockSupport.parkNanos(
                            PAUSE); // else the next batch would have the lock before those who wait for it
                }
                try (StoreLocks.Held held = locks.lock(Hold.COLLECTION)) {
                    Needs needed = neededSince();
                    if (first) {
                        removeImages(needed);
                    }
                    removeBatch(needed);
                }
                first = false;
            }
            planned.stream()
                    .filter(image -> !images.contains(image))
                    .forEach(image -> kept.add(new GcReport.Kept(image, List.of(), GcReport.Reason.IN_USE)));
            leftOver.addAll(trash.empty());
            return report(false, files, images, removed, kept, leftOver);
        }

        private void removeImages(Needs needed) throws IOException {
            images = images.stream()
                    .filter(image -> !needed.blobs().contains(image))
                    .toList();
            if (!images.isEmpty()) {
                references.removeImages(Set.copyOf(images));
                before = before.without(Set.copyOf(images)); // who lists one of them again needs it
                step.run();
            }
        }

        /** What is needed by what came since the plan was made; images among it stay in the list, with what is said of them. */
        private Needs neededSince() throws IOException {
            Roots since = Roots.of(paths, state().since(before));
            Needs needed = since.needs(since.entries());
            boolean more = true;
            while (more) {
                more = false;
                for (Roots.Entry entry : roots.entries()) {
                    boolean lives = needed.blobs().contains(entry.digest())
                            || (entry.subject() != null && needed.blobs().contains(entry.subject()));
                    if (lives && !needed.blobs().containsAll(entry.needs().blobs())) {
                        needed.addAll(entry.needs());
                        more = true;
                    }
                }
            }
            return needed;
        }

        private void removeBatch(Needs needed) throws IOException {
            long end = System.nanoTime() + BATCH;
            while (!waiting.isEmpty() && System.nanoTime() - end < 0) {
                StoredFile file = waiting.remove();
                if (!needed.include(file) && remove(file, trash)) {
                    removed.add(file);
                } else {
                    kept.add(new GcReport.Kept(file.digest(), List.of(), GcReport.Reason.IN_USE));
                }
            }
        }
    }

    /** Takes a file away, unless it was written anew, or somebody builds it. */
    private boolean remove(StoredFile file, Trash trash) throws IOException {
        String building = Indexes.lockName(paths, file.path());
        try (StoreLocks.Held held = locks.tryLock(building)) {
            if (held == null || !file.isUnchanged()) {
                return false;
            }
            trash.take(file.path());
            step.run();
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (FileSystemException e) {
            if (paths.root().getFileSystem().getSeparator().equals("\\")) {
                return false; // Windows moves no file that somebody has mapped
            }
            throw e;
        }
    }

    private static GcReport report(
            boolean dryRun,
            List<StoredFile> all,
            List<Digest> images,
            List<StoredFile> files,
            List<GcReport.Kept> kept,
            List<IOException> leftOver) {
        Set<Digest> layers = new HashSet<>();
        long remaining = 0;
        for (StoredFile file : all) {
            remaining += file.bytes();
            if (file.kind() == StoredFile.Kind.LAYER_INDEX) {
                layers.add(file.digest());
            }
        }
        List<GcReport.Removed> removed = new ArrayList<>();
        images.forEach(image -> removed.add(new GcReport.Removed(GcReport.Kind.IMAGE, image, 0)));
        for (StoredFile file : files) {
            remaining -= file.bytes();
            removed.add(new GcReport.Removed(kind(file, layers), file.digest(), file.bytes()));
        }
        List<String> stays = leftOver.stream().map(IOException::getMessage).toList();
        return new GcReport(dryRun, removed, kept, remaining, stays);
    }

    private static GcReport.Kind kind(StoredFile file, Set<Digest> layers) {
        return switch (file.kind()) {
            case BLOB -> layers.contains(file.digest()) ? GcReport.Kind.LAYER : GcReport.Kind.BLOB;
            case NOTE, LAYER_INDEX, MERGED_INDEX -> GcReport.Kind.INDEX;
            case UNPACKED -> GcReport.Kind.UNPACKED;
        };
    }
}
