package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.GcOptions;
import io.layerfs.GcReport;
import io.layerfs.GcReport.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a collection removes: worked out from what there is and from where needs begin, without touching anything.
 *
 * <p>Removed are images without a name and derived data, as far as they are asked for, the least recently used first, until
 * what is left fits; and all that nothing needs then.
 */
final class GcPlan {

    private final List<StoredFile> files;
    private final Roots roots;
    private final GcOptions options;
    private final Instant newest;
    private final Map<Digest, Instant> used = new HashMap<>();

    /** {@code files} may be older than {@code roots}, never newer: what came in between is not in question. */
    GcPlan(List<StoredFile> files, Roots roots, GcOptions options, Instant now) {
        this.files = files;
        this.roots = roots;
        this.options = options;
        this.newest = now.minus(options.minimumAge());
        for (StoredFile file : files) {
            if (file.kind() == StoredFile.Kind.BLOB) {
                used.put(file.digest(), file.modified());
            }
        }
    }

    /**
     * What is to be done.
     *
     * @param images those to be taken from the list of images
     * @param files those that nothing needs then
     * @param kept what stays, and why
     */
    record Result(List<Digest> images, List<StoredFile> files, List<GcReport.Kept> kept) {}

    Result make() {
        List<Digest> untagged = leastRecentlyUsedFirst(roots.entries().stream()
                .filter(this::mayGo)
                .map(Roots.Entry::digest)
                .toList());
        int images = fewest(untagged.size(), n -> left(untagged, n, List.of(), 0));
        Set<Digest> dropped = new HashSet<>(untagged.subList(0, images));
        List<Roots.Entry> living = roots.living(dropped);
        List<Digest> stripped = leastRecentlyUsedFirst(living.stream()
                .map(Roots.Entry::digest)
                .filter(digest -> options.derived() && !isInUse(digest) && isOld(used.get(digest)))
                .toList());
        int derived = fewest(stripped.size(), n -> left(untagged, images, stripped, n));
        Needs data = roots.needs(living);
        Needs whole = wholly(living, stripped.subList(0, derived));
        List<StoredFile> removed = new ArrayList<>();
        List<GcReport.Kept> kept = new ArrayList<>();
        Set<Digest> spared = Set.copyOf(untagged.subList(images, untagged.size()));
        Set<Digest> alive = new HashSet<>();
        for (Roots.Entry entry : living) {
            alive.add(entry.digest());
            kept.add(new GcReport.Kept(entry.digest(), List.copyOf(entry.names()), reason(entry, spared)));
        }
        for (StoredFile file : files) {
            if (!stays(file, data, whole)) {
                removed.add(file);
            } else if (!(file.kind() == StoredFile.Kind.BLOB ? data : whole).include(file)) {
                kept.add(new GcReport.Kept(file.digest(), List.of(), Reason.RECENT));
            }
        }
        List<Digest> gone = roots.entries().stream()
                .map(Roots.Entry::digest)
                .filter(digest -> !alive.contains(digest))
                .toList();
        return new Result(gone, removed, kept);
    }

    private boolean mayGo(Roots.Entry entry) {
        return options.untagged()
                && !entry.isNamed()
                && entry.subject() == null
                && !isInUse(entry.digest())
                && isOld(used.get(entry.digest()));
    }

    private boolean isInUse(Digest image) {
        return roots.held().blobs().contains(image) || roots.views().blobs().contains(image);
    }

    /** What was not there when the files were listed is new. */
    private boolean isOld(@Nullable Instant time) {
        return time != null && !time.isAfter(newest);
    }

    private List<Digest> leastRecentlyUsedFirst(List<Digest> images) {
        return images.stream()
                .sorted(Comparator.comparing((Digest image) -> used.getOrDefault(image, Instant.MAX)))
                .toList();
    }

    /** What is needed with all that is derived: by all but those that are stripped of it. */
    private Needs wholly(List<Roots.Entry> living, List<Digest> stripped) {
        Set<Digest> without = Set.copyOf(stripped);
        return roots.needs(living.stream()
                .filter(entry -> !without.contains(entry.digest()))
                .toList());
    }

    /** How many bytes are left when the first of each list go. */
    private long left(List<Digest> untagged, int images, List<Digest> stripped, int derived) {
        List<Roots.Entry> living = roots.living(Set.copyOf(untagged.subList(0, images)));
        Needs data = roots.needs(living);
        Needs whole = wholly(living, stripped.subList(0, derived));
        long left = 0;
        for (StoredFile file : files) {
            left += stays(file, data, whole) ? file.bytes() : 0;
        }
        return left;
    }

    private boolean stays(StoredFile file, Needs data, Needs whole) {
        if (file.kind() == StoredFile.Kind.BLOB) {
            return data.include(file) || !isOld(file.modified());
        }
        // derived data of what stays goes by the age of its use, which was looked at
        return whole.include(file) || (!data.include(file) && !isOld(file.modified()));
    }

    /** The least number, at most {@code all}, with which what is left fits; {@code all} where none does. */
    private int fewest(int all, IntToLongFunction left) {
        int low = 0;
        int high = all;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (left.applyAsLong(middle) <= options.keepBytes()) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private Reason reason(Roots.Entry entry, Set<Digest> spared) {
        if (entry.isNamed()) {
            return Reason.NAMED;
        }
        if (roots.views().blobs().contains(entry.digest())) {
            return Reason.VIEW;
        }
        if (roots.held().blobs().contains(entry.digest())) {
            return Reason.IN_USE;
        }
        if (entry.subject() != null) {
            return Reason.REFERRED;
        }
        if (!options.untagged()) {
            return Reason.UNTAGGED;
        }
        if (!isOld(used.get(entry.digest()))) {
            return Reason.RECENT;
        }
        return spared.contains(entry.digest()) ? Reason.FITS : Reason.REFERRED;
    }
}
