package io.layerfs.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Param;

/**
 * What a whole run measures, step by step: not every combination of parameters, but those that the targets and the curves need.
 */
final class Plan {

    private static final List<String> BY_KERNEL = List.of("erofs", "overlay", "bare");

    private final List<Step> steps = new ArrayList<>();
    private final boolean root;

    /**
     * Some benchmarks with some parameters.
     *
     * @param benchmark the class
     * @param names a regular expression of its methods
     * @param parameters the values of those that are not as the class has them
     * @param threads how many do it at once
     * @param heap for the JVM, as {@code -Xmx} takes it; empty for its own choice
     */
    record Step(Class<?> benchmark, String names, Map<String, List<String>> parameters, int threads, String heap) {}

    private Plan(boolean root) {
        this.root = root;
    }

    /**
     * All steps.
     *
     * @param root whether the kernel's mounts take part
     * @param archives further ones that are imported
     */
    static List<Step> steps(boolean root, List<String> archives) {
        Plan plan = new Plan(root);
        plan.lookup();
        plan.others();
        plan.imports(archives);
        plan.threads();
        return plan.steps;
    }

    private void lookup() {
        add(LookupBenchmark.class, ".*", "layers=1");
        String most = "attributes|existsAbsent";
        add(LookupBenchmark.class, most, "place=vfs overlay", "layers=8 32 128");
        add(LookupBenchmark.class, most + "|.*Layer", "place=vfs overlay", "layers=500");
        add(LookupBenchmark.class, most, "place=vfs hashmap", "layers=1", "entries=1000 10000 100000 1000000");
        if (root && ColdBenchmark.isPossible()) {
            add(ColdBenchmark.class, ".*", "layers=1 32 128 500");
        }
    }

    private void others() {
        add(ListingBenchmark.class, ".*", "layers=1");
        add(ListingBenchmark.class, "namesWithAttributes", "place=vfs overlay", "layers=32");
        add(ReadBenchmark.class, ".*");
        mounts();
        add(ForkBenchmark.class, ".*");
        add(ChangeBenchmark.class, ".*");
        add(CopyUpBenchmark.class, ".*"); // the disk has to write for a while after it
    }

    private void mounts() {
        add(KernelMountBenchmark.class, ".*");
        add(MountBenchmark.class, ".*", "place=vfs-writable");
        add(CommitBenchmark.class, ".*", "place=erofs", "entries=1000 100000");
        add(CommitBenchmark.class, ".*", "place=vfs-writable");
    }

    private void threads() {
        for (int threads : new int[] {2, 4}) {
            add(threads, "", LookupBenchmark.class, "attributes", "place=vfs overlay hashmap", "layers=1");
            add(threads, "", ReadBenchmark.class, "readAllBytes4K", "place=vfs overlay mapped");
        }
    }

    private void imports(List<String> archives) {
        List<String> all = new ArrayList<>(List.of(SampleArchive.OCI, SampleArchive.DOCKER));
        all.addAll(archives);
        add(ImportBenchmark.class, ".*", "archive=" + String.join(" ", all));
        add(1, "256m", ImportBenchmark.class, "importImage|floorOneByOne", "archive=" + SampleArchive.MILLION);
    }

    private void add(Class<?> benchmark, String names, String... parameters) {
        add(1, "", benchmark, names, parameters);
    }

    private void add(int threads, String heap, Class<?> benchmark, String names, String... parameters) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        values.put("place", places(benchmark, root));
        for (String parameter : parameters) {
            String[] parts = parameter.split("=", 2);
            values.put(parts[0], Arrays.asList(parts[1].split(" ", -1)));
        }
        List<String> wanted = values.getOrDefault("place", List.of());
        List<String> possible =
                wanted.stream().filter(place -> isPossible(place, root)).toList();
        values.put("place", possible);
        if (wanted.isEmpty() || !possible.isEmpty()) {
            steps.add(new Step(benchmark, names, values, threads, heap));
        }
    }

    private static boolean isPossible(String place, boolean root) {
        return root || !BY_KERNEL.contains(place);
    }

    /** The places that a class has by itself; none where it has no such parameter. */
    static List<String> places(Class<?> benchmark, boolean root) {
        return Arrays.stream(benchmark.getFields())
                .filter(field -> field.getName().equals("place"))
                .flatMap(field -> Arrays.stream(field.getAnnotation(Param.class).value()))
                .filter(place -> isPossible(place, root))
                .toList();
    }
}
