package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.GcOptions;
import io.layerfs.GcReport;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Removes what a store need not keep.
 *
 * <p>Safe beside all other use, in any process, by this order. Files are listed first, without a lock: what comes later is not
 * touched. Then, under the lock {@link Hold#COLLECTION}, what is needed is found out; references go from {@code index.json},
 * and only then files, by a rename into a temporary directory each, which is quick. The lock is free before they are deleted.
 * Who adds to a {@link Hold} before it is seen there has its files kept; who does later waits, and then finds what is left.
 *
 * <p>Cut short at any point, it leaves a store that is sound: references to nothing are never left, and files that nothing
 * needs are there for the next collection.
 */
final class Collector {

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
        if (options.dryRun()) {
            try (StoreLocks.Held held = locks.lock(Hold.COLLECTION)) {
                GcPlan.Result plan = plan(files, options, now);
                return report(true, files, plan, plan.files(), plan.kept());
            }
        }
        ProcessArea.clean(paths.holds(), locks);
        ProcessArea.clean(paths.temporary(), locks);
        views.clean();
        try (TempArea trash = TempArea.create(paths.temporary(), locks)) {
            GcPlan.Result plan;
            List<StoredFile> removed = new ArrayList<>();
            List<GcReport.Kept> kept;
            try (StoreLocks.Held held = locks.lock(Hold.COLLECTION)) {
                plan = plan(files, options, now);
                kept = new ArrayList<>(plan.kept());
                if (!plan.images().isEmpty()) {
                    references.removeImages(Set.copyOf(plan.images()));
                    step.run();
                }
                for (StoredFile file : plan.files()) {
                    if (remove(file, trash)) {
                        removed.add(file);
                    } else {
                        kept.add(new GcReport.Kept(file.digest(), List.of(), GcReport.Reason.IN_USE));
                    }
                }
            }
            return report(false, files, plan, removed, kept);
        }
    }

    private GcPlan.Result plan(List<StoredFile> files, GcOptions options, Instant now) throws IOException {
        return new GcPlan(files, Roots.read(paths, locks, references, views, Roots.Wanted.ALL), options, now).make();
    }

    /** Takes a file away, unless it was written anew, or somebody builds it. */
    private boolean remove(StoredFile file, TempArea trash) throws IOException {
        String building = Indexes.lockName(paths, file.path());
        try (StoreLocks.Held held = locks.tryLock(building)) {
            if (held == null || !file.isUnchanged()) {
                return false;
            }
            Files.move(file.path(), trash.newPath(".removed"), StandardCopyOption.ATOMIC_MOVE);
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
            GcPlan.Result plan,
            List<StoredFile> files,
            List<GcReport.Kept> kept) {
        Set<Digest> layers = new HashSet<>();
        long remaining = 0;
        for (StoredFile file : all) {
            remaining += file.bytes();
            if (file.kind() == StoredFile.Kind.LAYER_INDEX) {
                layers.add(file.digest());
            }
        }
        List<GcReport.Removed> removed = new ArrayList<>();
        plan.images().forEach(image -> removed.add(new GcReport.Removed(GcReport.Kind.IMAGE, image, 0)));
        for (StoredFile file : files) {
            remaining -= file.bytes();
            removed.add(new GcReport.Removed(kind(file, layers), file.digest(), file.bytes()));
        }
        return new GcReport(dryRun, removed, kept, remaining);
    }

    private static GcReport.Kind kind(StoredFile file, Set<Digest> layers) {
        return switch (file.kind()) {
            case BLOB -> layers.contains(file.digest()) ? GcReport.Kind.LAYER : GcReport.Kind.BLOB;
            case NOTE, LAYER_INDEX, MERGED_INDEX -> GcReport.Kind.INDEX;
            case UNPACKED -> GcReport.Kind.UNPACKED;
        };
    }
}
