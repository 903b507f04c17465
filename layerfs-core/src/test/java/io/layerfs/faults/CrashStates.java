package io.layerfs.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/**
 * The states that a disk may be in after its power failed at some point of a trace, many of them, each different one once: at each
 * point nothing of what is uncertain is there, or all; all in order up to each earlier moment, which is what a file system does
 * that keeps its metadata in order, as ext4; one thing alone, and all but one; each file with its size and no data, its data
 * and the old size, every other sector; and then at random.
 */
final class CrashStates {

    /** Looks at a state. */
    interface Judge {
        /** Safe for many threads. {@code returned} operations had returned when the power failed; fails where the state is not as it should be. */
        void check(DiskImage image, int returned) throws Exception;
    }

    private static final int AT_ONCE = Runtime.getRuntime().availableProcessors();

    private final List<Trace.Event> events;
    private final Judge judge;
    private final String place;
    private final Random random;
    private final Set<Long> images = new HashSet<>();
    private final Map<Long, Integer> checked = new HashMap<>();
    private final Semaphore looking = new Semaphore(AT_ONCE);
    private final AtomicReference<AssertionError> failure = new AtomicReference<>();
    private final Executor threads;
    private long most = Long.MAX_VALUE;

    /** Of all that was traced, or of a directory of it, whose path is {@code place}; judged by several {@code threads} at once. */
    CrashStates(List<Trace.Event> events, long seed, String place, Executor threads, Judge judge) {
        this.threads = threads;
        this.events = events;
        this.place = place;
        this.judge = judge;
        this.random = new Random(seed);
    }

    /** How many different images of the disk were looked at. */
    int count() {
        return images.size();
    }

    /** Looks at no more than so many. */
    CrashStates withMost(long limit) {
        most = limit;
        return this;
    }

    /** One way to choose states at a point. */
    private interface Chooser {
        void choose(Disk disk, int from, int point, int returned) throws InterruptedException;
    }

    /** Looks at as many as are wanted, those without chance first. */
    void look() throws InterruptedException {
        int stride = (int) Math.max(1, 20L * events.size() / most);
        extremes();
        ordinary(stride);
        while (images.size() < most) {
            random(stride, 5);
        }
    }

    /** Looks at the states without chance at every {@code stride}th point. */
    void ordinary(int stride) throws InterruptedException {
        atPoints(stride, (disk, from, point, returned) -> {
            extremes(disk, returned);
            inOrder(disk, from, point, returned);
            units(disk, returned);
        });
    }

    /** Looks at those at which nothing, or all, is there. */
    void extremes() throws InterruptedException {
        atPoints(1, (disk, from, point, returned) -> extremes(disk, returned));
    }

    /** Looks at {@code each} states by chance at every {@code stride}th point. */
    void random(int stride, int each) throws InterruptedException {
        atPoints(stride, (disk, from, point, returned) -> {
            for (int i = 0; i < each; i++) {
                look(disk, new Chance(), returned);
            }
        });
    }

    private void atPoints(int stride, Chooser chooser) throws InterruptedException {
        Disk disk = new Disk();
        int returned = 0;
        int from = -1;
        int first = random.nextInt(stride);
        for (int point = 0; point < events.size() && images.size() < most; point++) {
            Trace.Event event = events.get(point);
            disk.apply(event);
            from = event instanceof Trace.Settled ? point : from;
            boolean promises = event instanceof Trace.Returned;
            returned = event instanceof Trace.Returned r ? r.operations() : returned;
            // after a sync there is nothing that was not possible before it
            boolean isNew = from >= 0 && point > from && !(event instanceof Trace.Synced);
            if (isNew && (promises || point % stride == first)) {
                chooser.choose(disk, from, point, returned);
            }
        }
        await();
    }

    private void look(Disk disk, Disk.Outcome outcome, int returned) throws InterruptedException {
        if (images.size() >= most || failure.get() != null) {
            return;
        }
        DiskImage whole = disk.image(outcome);
        DiskImage image = place.isEmpty() ? whole : whole.below(place);
        long hash = image.hash();
        images.add(hash);
        // more operations that returned are more that is promised
        Integer known = checked.put(hash, returned);
        if (known == null || known < returned) {
            looking.acquire();
            threads.execute(() -> judge(image, returned));
        }
    }

    private void judge(DiskImage image, int returned) {
        try {
            judge.check(image, returned);
        } catch (Exception | AssertionError e) {
            failure.compareAndSet(
                    null, new AssertionError("after " + returned + " operations: " + e + "\non the disk\n" + image, e));
        } finally {
            looking.release();
        }
    }

    /** Returns when all states were looked at, if all are as they should be. */
    private void await() throws InterruptedException {
        looking.acquire(AT_ONCE);
        looking.release(AT_ONCE);
        AssertionError found = failure.get();
        if (found != null) {
            throw found;
        }
    }

    private void extremes(Disk disk, int returned) throws InterruptedException {
        look(disk, all(0), returned);
        look(disk, all(Integer.MAX_VALUE), returned);
    }

    private void inOrder(Disk disk, int from, int point, int returned) throws InterruptedException {
        for (int until = point; until > Math.max(from, point - 64); until--) {
            look(disk, all(until), returned);
        }
    }

    private void units(Disk disk, int returned) throws InterruptedException {
        for (Disk.Unit unit : disk.units()) {
            look(disk, one(unit, Disk.Part.first(unit.changes()), 0), returned);
            absences(disk, unit, returned);
            if (unit.name() != null && unit.changes() > 1) {
                look(disk, one(unit, Disk.Part.first(unit.changes() - 1), Integer.MAX_VALUE), returned);
            }
        }
    }

    /** All is there but one thing, or but a part of a file. */
    private void absences(Disk disk, Disk.Unit unit, int returned) throws InterruptedException {
        List<Disk.Part> parts = new ArrayList<>(List.of(Disk.Part.first(0)));
        if (unit.name() == null) {
            parts.add(new Disk.Part(unit.changes(), sector -> 0));
            parts.add(new Disk.Part(0, sector -> unit.changes()));
            parts.add(new Disk.Part(unit.changes(), sector -> sector % 2 * unit.changes()));
            parts.add(new Disk.Part(unit.changes(), sector -> (sector + 1) % 2 * unit.changes()));
        }
        for (Disk.Part part : parts) {
            look(disk, one(unit, part, Integer.MAX_VALUE), returned);
        }
    }

    /** Looks at states that are possible where some syncs are left out, and not otherwise. */
    void without(Predicate<Trace.Synced> leftOut) throws InterruptedException {
        Disk with = new Disk();
        Disk disk = new Disk();
        int returned = 0;
        for (Trace.Event event : events) {
            with.apply(event);
            disk.apply(event instanceof Trace.Synced sync && leftOut.test(sync) ? new Trace.Synced(-1, 0, "") : event);
            returned = event instanceof Trace.Returned r ? r.operations() : returned;
            List<Disk.Unit> units = new ArrayList<>(disk.units());
            units.removeAll(with.units());
            if (!units.isEmpty() && !(event instanceof Trace.Synced)) {
                look(disk, all(0), returned);
                for (Disk.Unit unit : units) {
                    absences(disk, unit, returned);
                }
            }
        }
        await();
    }

    /** All that was done before the event of that number. */
    private static Disk.Outcome all(int until) {
        return new Disk.Outcome() {
            @Override
            public int name(long directory, String name, int[] numbers) {
                return before(numbers, until);
            }

            @Override
            public Disk.Part bytes(long inode, int[] numbers) {
                return Disk.Part.first(before(numbers, until));
            }
        };
    }

    private static int before(int[] numbers, int until) {
        int count = 0;
        while (count < numbers.length && numbers[count] < until) {
            count++;
        }
        return count;
    }

    /** One thing as it is said, and of the rest all that was done before the event of that number. */
    private static Disk.Outcome one(Disk.Unit unit, Disk.Part part, int until) {
        return new Disk.Outcome() {
            @Override
            public int name(long directory, String name, int[] numbers) {
                return unit.inode() == directory && name.equals(unit.name()) ? part.size() : before(numbers, until);
            }

            @Override
            public Disk.Part bytes(long inode, int[] numbers) {
                return unit.inode() == inode && unit.name() == null ? part : Disk.Part.first(before(numbers, until));
            }
        };
    }

    /** Anything. */
    private final class Chance implements Disk.Outcome {

        private final double all = random.nextDouble();
        private final Map<Long, Disk.Part> parts = new HashMap<>();

        private int some(int changes) {
            return random.nextDouble() < all ? changes : random.nextBoolean() ? 0 : random.nextInt(changes + 1);
        }

        @Override
        public int name(long directory, String name, int[] numbers) {
            return some(numbers.length);
        }

        @Override
        public Disk.Part bytes(long inode, int[] numbers) {
            return parts.computeIfAbsent(inode, i -> part(numbers.length));
        }

        private Disk.Part part(int changes) {
            if (random.nextBoolean()) {
                return Disk.Part.first(some(changes));
            }
            Map<Integer, Integer> sectors = new HashMap<>();
            return new Disk.Part(some(changes), sector -> sectors.computeIfAbsent(sector, s -> some(changes)));
        }
    }
}
