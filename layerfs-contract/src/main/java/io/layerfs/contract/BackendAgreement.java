package io.layerfs.contract;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Digest;
import io.layerfs.History;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Law: for every image and every sequence of operations two backends show the same tree, fail alike, and commit to the same
 * diff id. What was committed becomes the top layer of the image that the next sequence starts from, so that stacks are as
 * random as sequences.
 *
 * <p>The properties {@code layerfs.agreement.seed} and {@code layerfs.agreement.steps} choose where the sequences start, and
 * how many steps are done in all on each backend; {@code layerfs.agreement.stacks} how many stacks of odd layers are compared.
 * A sequence that fails is shrunk, and printed with its seed.
 */
public abstract class BackendAgreement {

    private static final int SEQUENCE = 120;
    private static final int DEPTH = 6;
    private static final long SEED = Long.getLong("layerfs.agreement.seed", 1);
    private static final int STEPS = Integer.getInteger("layerfs.agreement.steps", 80_000);
    private static final int STACKS = Integer.getInteger("layerfs.agreement.stacks", 40);

    /** Whatever a test sets lies before this, in seconds since 1970. */
    private static final long TODAY = 1_700_000_000L;

    @TempDir
    private Path directory;

    /** For subclasses. */
    protected BackendAgreement() {}

    /** Mounts an image by the backend that is taken to be right; the test closes the mount. */
    protected abstract Mount judge(LayerStore store, Image image) throws IOException;

    /** Mounts an image by the other; the test closes the mount. */
    protected abstract Mount tested(LayerStore store, Image image) throws IOException;

    /** What both can do: without {@link Capability#HARD_LINKS}, the image has none. */
    protected abstract java.util.Set<Capability> capabilities();

    /** How many steps are done in all on each; none where what is done to hard links has another outcome. */
    protected int steps() {
        return STEPS;
    }

    @Test
    final void bothShowTheSameFailAlikeAndCommitToTheSameLayer() throws IOException {
        int steps = steps();
        assumeTrue(steps > 0, "the two do not agree about hard links");
        for (int done = 0, stack = 0; done < steps; stack++) {
            try (LayerStore store = LayerStore.open(directory.resolve("store" + stack))) {
                Image image = BaseImage.make(store, capabilities().contains(Capability.HARD_LINKS), true);
                for (int depth = 0; depth < DEPTH && done < steps; depth++, done += SEQUENCE) {
                    image = agree(store, image, SEED + stack * 1000L + depth);
                }
            }
            delete(directory.resolve("store" + stack));
        }
    }

    /** Also whether the layers below were seen before, or not: then a view may put the upper ones on top of them in memory. */
    @Test
    final void oddStacksAreOneTreeHoweverTheyAreSeen() throws IOException {
        for (long seed = SEED; seed < SEED + STACKS; seed++) {
            StringBuilder said = new StringBuilder("seed " + seed + ":\n");
            Path at = directory.resolve("stack" + seed);
            try (LayerStore stepwise = LayerStore.open(at.resolve("stepwise"));
                    LayerStore atOnce = LayerStore.open(at.resolve("at-once"))) {
                Image image =
                        last(OddStacks.make(stepwise, seed, capabilities().contains(Capability.HARD_LINKS), said));
                List<Layer> layers = new ArrayList<>();
                for (Layer layer : image.layers()) {
                    try (java.io.InputStream tar = layer.openTar()) {
                        layers.add(atOnce.add(tar));
                    }
                }
                Image same = atOnce.createImage(layers, new io.layerfs.Platform("linux", "amd64", null));
                List<String> right = shown(judge(atOnce, same));
                agree(said + "by the judge, after its lower layers", right, shown(judge(stepwise, image)));
                agree(said + "by the other", right, shown(tested(atOnce, same)));
                agree(said + "by the other, after its lower layers", right, shown(tested(stepwise, image)));
            }
            delete(at);
        }
    }

    private static Image last(List<Image> images) {
        return images.get(images.size() - 1);
    }

    private static List<String> shown(Mount mount) throws IOException {
        try (mount) {
            return TreeText.exact(mount.root());
        }
    }

    private static void agree(String what, List<String> right, List<String> found) {
        String difference = MountContract.compare(right, found);
        if (difference != null) {
            fail(what + "\n" + difference);
        }
    }

    private Image agree(LayerStore store, Image image, long seed) throws IOException {
        List<Step> steps = new RandomSteps(new Random(seed), true, true).next(SEQUENCE);
        Outcome outcome = run(store, image, steps);
        if (outcome.difference != null) {
            List<Step> smallest = Shrinker.shrink(steps, some -> run(store, image, some).difference != null);
            StringBuilder message =
                    new StringBuilder("seed " + seed + ", on " + image.layers().size() + " layers:\n");
            smallest.forEach(step -> message.append("  ").append(step).append('\n'));
            message.append(run(store, image, smallest).difference).append("\non this tree:\n");
            try (Mount start = judge(store, image)) {
                TreeText.exact(start.root())
                        .forEach(line -> message.append("  ").append(line).append('\n'));
            }
            fail(message.toString());
        }
        return store.plus(image, store.layer(outcome.layer()), History.of("agreement"), null);
    }

    private record Outcome(
            @Nullable String difference, @Nullable Digest committed) {
        Digest layer() {
            return java.util.Objects.requireNonNull(committed, "what agrees was committed");
        }
    }

    private Outcome run(LayerStore store, Image image, List<Step> steps) throws IOException {
        try (Mount right = judge(store, image);
                Mount other = tested(store, image)) {
            try (Tree judge = new Tree(right.root());
                    Tree tested = new Tree(other.root())) {
                for (Step step : steps) {
                    String expected = judge.run(step);
                    String found = tested.run(step);
                    if (!expected.equals(found)) {
                        return new Outcome(step + "\n  should give: " + expected + "\n  gives:       " + found, null);
                    }
                    if (step instanceof Step.Move move && expected.contains("Exception")) {
                        judge.settleParents(move);
                        tested.settleParents(move);
                    }
                }
            }
            String trees = MountContract.compare(TreeText.of(right.root()), TreeText.of(other.root()));
            if (trees != null) {
                return new Outcome(trees, null);
            }
            settle(right.root());
            settle(other.root());
            Layer expected = store.add(right.changes());
            Layer found = store.add(other.changes());
            return expected.equals(found)
                    ? new Outcome(null, expected.diffId())
                    : new Outcome("the layers differ\n  should be:" + said(expected) + "\n  is:" + said(found), null);
        }
    }

    private static String said(Layer layer) throws IOException {
        StringBuilder text = new StringBuilder();
        layer.changeset()
                .walk((path, entry) ->
                        text.append("\n    ").append(path).append(' ').append(entry));
        return text.toString();
    }

    /** Gives what was changed today one time, as the two were changed at different moments. */
    private static void settle(Path file) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isDirectory()) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(file)) {
                for (Path entry : entries) {
                    settle(entry);
                }
            }
        }
        if (attributes.lastModifiedTime().toInstant().getEpochSecond() >= TODAY) {
            Files.getFileAttributeView(file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setTimes(Tree.SETTLED, null, null);
        }
    }

    private static void delete(Path tree) throws IOException {
        if (Files.isDirectory(tree, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(tree)) {
                for (Path entry : entries) {
                    delete(entry);
                }
            }
        }
        Files.delete(tree);
    }
}
