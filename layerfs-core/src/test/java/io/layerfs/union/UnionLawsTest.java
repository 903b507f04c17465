package io.layerfs.union;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Changeset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The laws of the union, on random layers: applying them one by one gives the same tree, and order within one does not matter. */
class UnionLawsTest {

    private static final int ROUNDS = 1500;

    @TempDir
    Path directory;

    @Test
    void theUnionIsWhatApplyingLayerByLayerGives() throws IOException {
        for (int seed = 0; seed < ROUNDS; seed++) {
            List<List<String>> layers = randomLayers(new Random(seed));
            assertThat(seen(layers))
                    .as("seed %d: %s", seed, layers)
                    .isEqualTo(AppliedTree.of(layers).lines());
        }
    }

    @Test
    void permutingTheEntriesOfALayerChangesNothing() throws IOException {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            List<List<String>> layers = randomLayers(random);
            List<List<String>> permuted = new ArrayList<>();
            for (List<String> layer : layers) {
                List<String> shuffled = new ArrayList<>(layer);
                Collections.shuffle(shuffled, random);
                shuffled.sort(Comparator.comparing(e -> e.contains("=>")));
                permuted.add(shuffled);
            }
            assertThat(seen(permuted))
                    .as("seed %d: %s, %s", seed, layers, permuted)
                    .isEqualTo(seen(layers));
        }
    }

    @Test
    void mergingInTwoStepsIsMergingInOne() throws IOException {
        for (int seed = 0; seed < ROUNDS; seed++) {
            List<Changeset> layers = changesets(randomLayers(new Random(seed)));
            for (int split = 1; split < layers.size(); split++) {
                List<Changeset> twoSteps = new ArrayList<>(layers.subList(split, layers.size()));
                twoSteps.add(0, Layers.copy(Union.merge(layers.subList(0, split))));
                assertThat(Layers.tree(Union.merge(twoSteps)))
                        .as("seed %d", seed)
                        .isEqualTo(Layers.tree(Union.merge(layers)));
            }
        }
    }

    private List<String> seen(List<List<String>> layers) throws IOException {
        return Layers.tree(Union.merge(changesets(layers)));
    }

    private List<Changeset> changesets(List<List<String>> layers) throws IOException {
        List<Changeset> changesets = new ArrayList<>();
        for (List<String> layer : layers) {
            changesets.add(Layers.layer(directory, layer.toArray(new String[0])));
        }
        return changesets;
    }

    static List<List<String>> randomLayers(Random random) {
        List<List<String>> layers = new ArrayList<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            layers.add(randomLayer(random));
        }
        return layers;
    }

    /** Entries that no tar would contradict itself with: one for each path, and none below a path that is no directory. */
    private static List<String> randomLayer(Random random) {
        TreeSet<String> directories = new TreeSet<>();
        TreeSet<String> files = new TreeSet<>();
        List<String> entries = new ArrayList<>();
        for (int i = 1 + random.nextInt(9); i > 0; i--) {
            String path = randomPath(random);
            boolean taken = files.contains(path) || files.stream().anyMatch(f -> path.startsWith(f + "/"));
            switch (random.nextInt(8)) {
                case 0, 1 -> entries.add(hidden(path, ".wh." + path.substring(path.lastIndexOf('/') + 1)));
                case 2 -> entries.add(path + "/.wh..wh..opq");
                case 3, 4 -> {
                    if (!taken && directories.stream().noneMatch(d -> d.equals(path) && entries.contains(d + "/"))) {
                        addParents(directories, path + "/x");
                        entries.add((random.nextBoolean() ? "0750 " : "") + path + "/");
                        files.remove(path);
                        entries.removeIf(e -> e.equals(path + "/") && entries.lastIndexOf(e) != entries.indexOf(e));
                    }
                }
                default -> {
                    if (!taken && !directories.contains(path)) {
                        addParents(directories, path);
                        files.add(path);
                        entries.add(random.nextInt(4) == 0 ? path + "->t" + i : path + "=" + random.nextInt(100));
                    }
                }
            }
        }
        List<String> distinct = new ArrayList<>();
        TreeSet<String> paths = new TreeSet<>();
        for (String entry : entries) {
            if (paths.add(entry.replaceFirst("^0750 ", "").replaceFirst("(->|=).*", ""))) {
                distinct.add(entry);
            }
        }
        if (!files.isEmpty() && random.nextInt(3) == 0) {
            distinct.add("link=>" + files.first());
        }
        return distinct;
    }

    private static void addParents(Set<String> directories, String path) {
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
            directories.add(path.substring(0, slash));
        }
    }

    private static String hidden(String path, String name) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? name : path.substring(0, slash + 1) + name;
    }

    private static String randomPath(Random random) {
        StringBuilder path = new StringBuilder();
        for (int depth = 1 + random.nextInt(3); depth > 0; depth--) {
            path.append(path.length() == 0 ? "" : "/").append((char) ('a' + random.nextInt(3)));
        }
        return path.toString();
    }
}
