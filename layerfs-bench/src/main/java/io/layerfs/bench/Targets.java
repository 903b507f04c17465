package io.layerfs.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What layerfs sets out to reach, beside what it reached: ratios of medians of one run. A peer that did not take part leaves its
 * target open.
 */
final class Targets {

    private static final String IMPORT = "Import.import";
    private static final String COMPARE_GZIP = "Compare.import-gzip";
    private static final String COMPARE_PLAIN = "Compare.import-plain";
    private static final String COMPARE_COMMIT = "Compare.commit-ten";
    private static final String LAYERFS = "layerfs";

    /** What is wanted of a floor. */
    static final String NO_TARGET = "";

    private static final String IMAGE = "image=" + SampleArchive.OCI;
    private static final String PLAIN_IMAGE = "image=" + SampleArchive.DOCKER;
    private static final String ALL = "the same to all that the JDK must do on both: inflate, hash, write, sync";
    private static final double MEBIBYTE = 1 << 20;

    private final Results results;
    private final List<Row> rows = new ArrayList<>();

    /**
     * One target.
     *
     * @param wanted in words
     * @param reached the same as was measured; empty where it was not
     * @param figures what that was computed from
     */
    record Row(String what, String wanted, String reached, String figures, boolean met) {

        /** Whether anything is wanted; else it is there to compare with. */
        boolean isTarget() {
            return !wanted.equals(NO_TARGET);
        }
    }

    private Targets(Results results) {
        this.results = results;
    }

    static List<Row> of(Results results) {
        Targets targets = new Targets(results);
        targets.lookups();
        targets.reading();
        targets.imports();
        targets.mounts();
        targets.changes();
        return targets.rows;
    }

    private void lookups() {
        String[] one = {"layers=1", "entries=5000"};
        for (String title : List.of("Lookup.attributes", "Lookup.existsAbsent")) {
            String what = Words.of(title);
            Optional<Result> own = results.find(title, "vfs", one);
            faster(what + ", kernel overlay, warm", 15, own, results.find(title, "overlay", one));
            faster(what + ", jimfs", 2, own, results.find(title, "jimfs", one));
            faster(what + ", zipfs", 1, own, results.find(title, "zipfs", one));
            Optional<Result> many = results.find(title, "vfs", "layers=500", "entries=5000");
            within(what + ", 500 layers to 1", 1.2, many, own);
            growth(what, title);
        }
        String cold = "Cold.existsAbsent";
        faster(
                "absent name, 500 layers, kernel overlay, caches dropped",
                1000,
                results.find(cold, "vfs", "layers=500"),
                results.find(cold, "overlay", "layers=500"));
    }

    /** From few entries to many, but for the share of the processor's caches: the time that a map of the same paths gains. */
    private void growth(String what, String title) {
        String text = what + ", 1 000 000 entries to 1 000, less what a `HashMap` gains (the caches' share)";
        Optional<Result> large = results.find(title, "vfs", "layers=1", "entries=1000000");
        Optional<Result> small = results.find(title, "vfs", "layers=1", "entries=1000");
        Optional<Result> mapLarge = results.find(title, "hashmap", "layers=1", "entries=1000000");
        Optional<Result> mapSmall = results.find(title, "hashmap", "layers=1", "entries=1000");
        if (Stream.of(large, small, mapLarge, mapSmall).anyMatch(Optional::isEmpty)) {
            open(text, "≤ 1.20 x");
            return;
        }
        double share = Math.max(0, mapLarge.get().median() - mapSmall.get().median());
        double ratio = (large.get().median() - share) / small.get().median();
        String figures = "vfs " + Quantity.of(large.get()) + " and " + Quantity.of(small.get()) + ", hashmap "
                + Quantity.of(mapLarge.get()) + " and " + Quantity.of(mapSmall.get());
        rows.add(new Row(text, "≤ 1.20 x", Quantity.times(ratio), figures, ratio <= 1.2));
    }

    private void reading() {
        String list = "Listing.namesWithAttributes";
        faster(
                "list 1000 entries with attributes, kernel overlay",
                10,
                find(list, "vfs", "layers=1"),
                find(list, "overlay", "layers=1"));
        String small = "Read.readAllBytes4K";
        faster("`readAllBytes` of 4 KiB, kernel overlay", 3, find(small, "vfs"), find(small, "overlay"));
        String large = "Read.sequential64M";
        within("sequential read of 64 MiB, to a copy of mapped memory", 1.3, find(large, "vfs"), find(large, "mapped"));
        String lookup = "Lookup.attributes";
        String[] conditions = {"layers=1", "entries=5000"};
        scaling(lookup, "hashmap", conditions);
        scaling(small, "mapped");
    }

    /** Beside it a floor, which says what two processors of this machine do for memory that is read. */
    private void scaling(String title, String floor, String... conditions) {
        String what = Words.of(title) + ", two threads to one";
        scaling(what, 1.8, title, "vfs", conditions);
        scaling("the same of the floor", 0, title, floor, conditions);
    }

    /** Each thread's time is measured: two that are not slower than one do twice as much. */
    private void scaling(String what, double wanted, String title, String place, String... conditions) {
        List<String> both = new ArrayList<>(List.of(conditions));
        both.add("threads=2");
        Optional<Result> one = find(title, place, conditions);
        Optional<Result> two = find(title, place, both.toArray(String[]::new));
        String text = wanted == 0 ? NO_TARGET : "≥ " + Quantity.times(wanted);
        if (two.isEmpty() || one.isEmpty()) {
            open(what, text);
            return;
        }
        double ratio = 2 * one.get().median() / two.get().median();
        String figures =
                place + " " + Quantity.of(two.get()) + " in each of two, " + Quantity.of(one.get()) + " in one";
        rows.add(new Row(what, text, Quantity.times(ratio), figures, ratio >= wanted));
    }

    private void imports() {
        String gzip = "archive=" + SampleArchive.OCI;
        Optional<Result> own = find(IMPORT, LAYERFS, gzip);
        within(
                "import, gzip, two layers at a time: to the JDK's inflater for the same bytes",
                1.15,
                own,
                find(IMPORT, "floorOneByOne", gzip));
        floor(
                "the same to the inflater on both processors, which leaves none to hash and write",
                own,
                "TwoAtATime",
                gzip);
        floor(ALL, own, "Stored", gzip);
        Optional<Result> process = find(COMPARE_GZIP, LAYERFS, IMAGE);
        within(
                "import, gzip: to the process `gzip -dc \\| sha256sum`, in this JVM",
                0.6,
                own,
                find(COMPARE_GZIP, "gzip-sha256sum", IMAGE));
        within(
                "the same, the whole process: a JVM starts, and compiles beside it",
                0.6,
                process,
                find(COMPARE_GZIP, "gzip-sha256sum", IMAGE));
        Optional<Result> engine = fastest(COMPARE_GZIP, "umoci", "skopeo", "podman");
        faster("import, gzip: the fastest engine, in this JVM", 4, own, engine);
        faster("the same, the whole process", 4, process, engine);

        String plain = "archive=" + SampleArchive.DOCKER;
        Optional<Result> ownPlain = find(IMPORT, LAYERFS, plain);
        within("import, plain: to hashing it in the JDK", 1.3, ownPlain, find(IMPORT, "floorOneByOne", plain));
        floor("the same to hashing on both processors, which leaves none to write", ownPlain, "TwoAtATime", plain);
        floor(ALL, ownPlain, "Stored", plain);
        faster(
                "import, plain: `podman load`, which stands for `docker load`, whole processes",
                5,
                find(COMPARE_PLAIN, LAYERFS, PLAIN_IMAGE),
                find(COMPARE_PLAIN, "podman", PLAIN_IMAGE));

        String million = "archive=" + SampleArchive.MILLION;
        Optional<Result> all = find(IMPORT, LAYERFS, million);
        Optional<Result> hash = find(IMPORT, "floorOneByOne", million);
        String what = "import of 1 000 000 entries in one layer, beyond hashing it, with 256 MiB of heap";
        if (all.isPresent() && hash.isPresent()) {
            double beyond = all.get().median() - hash.get().median();
            String figures = Quantity.of(all.get()) + " and " + Quantity.of(hash.get());
            rows.add(new Row(what, "≤ 3 s", Quantity.of(beyond, "ns"), figures, beyond <= 3e9));
        } else {
            open(what, "≤ 3 s");
        }
        below(
                "index of 1 000 000 entries, bytes for each",
                160,
                "B",
                find("Index.bytesPerEntry", LAYERFS, "entries=1000000"));
    }

    private void mounts() {
        String large = "entries=1000000";
        Optional<Result> opened = find("Mount.openAndReadOne", "vfs-writable", large);
        below("open an image of 1 000 000 entries, read a file, close", 5e6, "ns", opened);
        allocated("heap that this allocates", MEBIBYTE, opened);
        String mount = "Mount.mountAndEnd";
        below("writable view of 1 000 000 entries, and its end", 1e5, "ns", find(mount, "vfs-writable", large));
        within(
                "writable kernel mount, and its end: to the bare system calls",
                1.2,
                find("Kernel" + mount, "erofs"),
                find("Kernel" + mount, "bare"));
    }

    private void changes() {
        String copyUp = "CopyUp.writeOneByte";
        Optional<Result> huge = find(copyUp, "vfs-writable", "size=1048576");
        faster("one byte into 1 GiB, kernel overlay", 1000, huge, find(copyUp, "overlay", "size=1048576"));
        within("one byte into 1 GiB, to one into 4 KiB", 2, huge, find(copyUp, "vfs-writable", "size=4"));
        String commit = "Commit.commitTen";
        Optional<Result> engine = fastest(COMPARE_COMMIT, "umoci", "buildah", "podman");
        faster(
                "commit of ten files: the fastest engine, in this JVM",
                10,
                find(commit, "vfs-writable", "entries=10000"),
                engine);
        faster("the same, the whole process: a JVM starts", 10, find(COMPARE_COMMIT, LAYERFS, IMAGE), engine);
        within(
                "commit of ten files, in 1 000 000 to in 1 000",
                2,
                find(commit, "vfs-writable", "entries=1000000"),
                find(commit, "vfs-writable", "entries=1000"));
        for (String name : List.of("createAndDelete", "rename", "writeRenameDelete")) {
            String title = "Change." + name;
            faster(Words.of(title) + ", kernel overlay", 5, find(title, "vfs-writable"), find(title, "overlay"));
        }
    }

    /** What was imported in so much time, beside a floor that nothing says how near it is to be. */
    private void floor(String what, Optional<Result> own, String floor, String archive) {
        within(what, Double.POSITIVE_INFINITY, own, find(IMPORT, "floor" + floor, archive));
    }

    private Optional<Result> find(String title, String place, String... conditions) {
        return results.find(title, place, conditions);
    }

    private Optional<Result> fastest(String title, String... engines) {
        return Stream.of(engines)
                .map(engine -> results.find(title, engine, IMAGE).orElse(null))
                .filter(Objects::nonNull)
                .min(Comparator.comparingDouble(Result::median));
    }

    private void faster(String what, double factor, Optional<Result> own, Optional<Result> peer) {
        compare(what, factor, own, peer, true);
    }

    private void within(String what, double factor, Optional<Result> own, Optional<Result> floor) {
        compare(what, factor, own, floor, false);
    }

    private void compare(String what, double factor, Optional<Result> own, Optional<Result> other, boolean faster) {
        String wanted = Double.isInfinite(factor) ? NO_TARGET : (faster ? "≥ " : "≤ ") + Quantity.times(factor);
        if (own.isEmpty() || other.isEmpty()) {
            open(what, wanted);
            return;
        }
        double ratio = own.get().median() / other.get().median();
        String figures = name(own.get(), other.get()) + " " + Quantity.of(own.get()) + ", "
                + name(other.get(), own.get()) + " " + Quantity.of(other.get());
        double reached = faster ? 1 / ratio : ratio;
        rows.add(new Row(
                what, wanted, Quantity.times(reached), figures, faster ? reached >= factor : reached <= factor));
    }

    /** The place; where both have the same, what they differ in. */
    private static String name(Result result, Result other) {
        if (!result.place().equals(other.place())) {
            return result.place();
        }
        return result.conditions().entrySet().stream()
                .filter(condition ->
                        !condition.getValue().equals(other.conditions().get(condition.getKey())))
                .map(condition -> condition.getKey() + " " + condition.getValue())
                .findFirst()
                .orElse(result.place());
    }

    private void below(String what, double limit, String unit, Optional<Result> own) {
        String wanted = "≤ " + Quantity.of(limit, unit);
        own.ifPresentOrElse(
                result ->
                        rows.add(new Row(what, wanted, Quantity.of(result), result.place(), result.median() <= limit)),
                () -> open(what, wanted));
    }

    private void allocated(String what, double limit, Optional<Result> own) {
        String wanted = "≤ " + Quantity.of(limit, "B");
        own.ifPresentOrElse(
                result -> rows.add(new Row(
                        what,
                        wanted,
                        Quantity.of(result.allocated(), "B"),
                        result.place(),
                        result.allocated() <= limit)),
                () -> open(what, wanted));
    }

    private void open(String what, String wanted) {
        rows.add(new Row(what, wanted, "", "not measured here", false));
    }
}
