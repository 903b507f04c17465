package io.layerfs.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Backend;
import io.layerfs.Changeset;
import io.layerfs.Digest;
import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.History;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.Name;
import io.layerfs.UntrustedImageException;
import io.layerfs.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every mount must do: extend it, and say how an image is mounted.
 *
 * <p>The properties {@code layerfs.contract.seed} and {@code layerfs.contract.steps} choose where the random sequences start,
 * and how many steps are done in all. A sequence that fails is shrunk, and printed with its seed.
 *
 * <p>The judge is a plain directory, of who runs the tests; a mount acts as root. Who is not root is asked for nothing that only
 * root may do.
 */
public abstract class MountContract {

    private static final int SEQUENCE = 250;
    private static final long SEED = Long.getLong("layerfs.contract.seed", 1);
    private static final int STEPS = Integer.getInteger("layerfs.contract.steps", 80_000);

    /** Sequences after which a commit is tried, too: one of so many. */
    private static final int COMMIT = 8;

    @TempDir
    private Path directory;

    private LayerStore store;
    private Image image;
    private Path pristine;
    private boolean xattrs;
    private boolean asRoot;
    private int copies;

    /** For subclasses. */
    protected MountContract() {}

    /** Mounts an image of the store, so that it can be written and what is written is gone with it; the suite closes it. */
    protected abstract Mount mount(LayerStore store, Image image) throws IOException;

    /** What mounts images, as {@link #mount} does; null where that is no backend. */
    protected @Nullable Backend backend() {
        return null;
    }

    /** How many random steps are done in all: by default what the property says. */
    protected int steps() {
        return STEPS;
    }

    /** What the mount can do beyond being a file tree. */
    protected abstract Set<Capability> capabilities();

    @BeforeEach
    final void makeImage() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        requireUsualUmask();
        asRoot = isRoot();
        image = BaseImage.make(store, capabilities().contains(Capability.HARD_LINKS), asRoot);
        xattrs = hasXattrs();
        assumeTrue(xattrs, "the temporary directory has no extended attributes, which the judge must have");
        pristine = directory.resolve("pristine");
        try (Mount mount = mount(store, image)) {
            PlainDirectory.copy(mount.root(), pristine);
        }
    }

    private void requireUsualUmask() throws IOException {
        Path probe = Files.createDirectory(directory.resolve("probe"));
        int mode = (Integer) Files.getAttribute(probe, "unix:mode") & 0777;
        assumeTrue(mode == 0755, "the umask of this process is not 022, as that of a mount is");
    }

    /** Whether the judge does what a mount does, which always acts as root. */
    private boolean isRoot() throws IOException {
        Path probe = Files.createFile(directory.resolve("read-only"));
        Files.setPosixFilePermissions(probe, Set.of(PosixFilePermission.OWNER_READ));
        return Files.isWritable(probe);
    }

    private boolean hasXattrs() {
        try {
            Files.setAttribute(directory.resolve("probe"), "user:probe", new byte[1]);
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    @AfterEach
    final void closeStore() throws IOException {
        store.close();
    }

    private Path plainCopy() throws IOException {
        Path copy = directory.resolve("plain" + copies++);
        PlainDirectory.copy(pristine, copy);
        return copy;
    }

    /** Does steps to a mount and to a plain directory; answers how they differ, null where they do not. */
    private @Nullable String difference(List<Step> steps, boolean commit) throws IOException {
        Path plain = plainCopy();
        try (Mount mount = mount(store, image);
                Tree tested = new Tree(mount.root());
                Tree judge = new Tree(plain)) {
            for (Step step : steps) {
                String right = judge.run(step);
                String found = tested.run(step);
                if (!right.equals(found)) {
                    return step + "\n  should give: " + right + "\n  gives:       " + found;
                }
                if (step instanceof Step.Move move
                        && right.contains("Exception")
                        && !capabilities().contains(Capability.FAILED_RENAME_CHANGES_NOTHING)) {
                    judge.settleParents(move);
                    tested.settleParents(move);
                }
            }
            String trees = compare(TreeText.of(plain), TreeText.of(mount.root()));
            return trees == null && commit ? commitDifference(mount) : trees;
        } finally {
            delete(plain);
        }
    }

    static @Nullable String compare(List<String> right, List<String> found) {
        if (right.equals(found)) {
            return null;
        }
        List<String> missing = new ArrayList<>(right);
        missing.removeAll(found);
        List<String> wrong = new ArrayList<>(found);
        wrong.removeAll(right);
        return "the trees differ\n  should have: " + String.join("\n               ", missing) + "\n  has:         "
                + String.join("\n               ", wrong);
    }

    /** How an image with what was changed as its top layer differs from the mount. */
    private @Nullable String commitDifference(Mount mount) throws IOException {
        Changeset changes = mount.changes();
        String vain = vain(changes);
        if (vain != null) {
            return vain;
        }
        Image made = store.commit(image, changes, History.of("contract"), null);
        try (Mount again = mount(store, made)) {
            String trees = compare(TreeText.exact(mount.root()), TreeText.exact(again.root()));
            return trees == null ? null : "after a commit, " + trees;
        }
    }

    /** What a changeset says in vain: a whiteout of nothing, or one where nothing of the base is seen. */
    private @Nullable String vain(Changeset changes) throws IOException {
        View base = store.view(image);
        return vain(changes.root(), base, base.root(), "");
    }

    private static @Nullable String vain(Entry.Directory said, View base, long below, String path) throws IOException {
        for (Iterator<Entry.Child> i = said.children(); i.hasNext(); ) {
            Entry.Child child = i.next();
            String at = path + "/" + child.name();
            long there = below == View.ABSENT ? View.ABSENT : base.lookup(below, child.name());
            if (child.entry() instanceof Entry.Whiteout && (there == View.ABSENT || said.opaque())) {
                return "a whiteout of " + at + ", which hides nothing";
            }
            if (child.entry() instanceof Entry.Directory sub) {
                boolean merges = there != View.ABSENT && !said.opaque() && base.type(there) == FileType.DIRECTORY;
                String deeper = vain(sub, base, merges ? there : View.ABSENT, at);
                if (deeper != null) {
                    return deeper;
                }
            }
        }
        return null;
    }

    private static void delete(Path tree) throws IOException {
        List<Path> all;
        try (Stream<Path> found = Files.walk(tree)) {
            all = new ArrayList<>(found.toList());
        }
        for (int i = all.size() - 1; i >= 0; i--) {
            Files.deleteIfExists(all.get(i));
        }
    }

    /** One test for each thing that a union file system got wrong once. */
    @TestFactory
    final Stream<DynamicTest> historicCases() {
        return Stream.of(new HistoricTreeCases(), new HistoricFileCases())
                .flatMap(table -> table.cases().entrySet().stream())
                .filter(entry -> isSupported(entry.getValue()))
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
                    String difference =
                            difference(entry.getValue(), capabilities().contains(Capability.CHANGES));
                    if (difference != null) {
                        fail(difference);
                    }
                }));
    }

    private boolean isSupported(List<Step> steps) {
        return capabilities().contains(Capability.DIRECTORY_RENAME)
                || steps.stream().noneMatch(step -> step instanceof Step.Move);
    }

    @Test
    final void whateverIsDoneTheMountDoesAsAPlainDirectoryDoes() throws IOException {
        for (int sequence = 0; sequence < steps() / SEQUENCE; sequence++) {
            long seed = SEED + sequence;
            List<Step> steps = new RandomSteps(new Random(seed), xattrs, asRoot)
                    .next(SEQUENCE).stream()
                            .filter(step -> isSupported(List.of(step)))
                            .toList();
            boolean commit = sequence % COMMIT == 0 && capabilities().contains(Capability.CHANGES);
            if (difference(steps, commit) != null) {
                List<Step> smallest = Shrinker.shrink(steps, some -> difference(some, commit) != null);
                StringBuilder message = new StringBuilder("seed " + seed + ":\n");
                smallest.forEach(step -> message.append("  ").append(step).append('\n'));
                fail(message.append(difference(smallest, commit)).toString());
            }
        }
    }

    @Test
    final void anImageThatItsPolicyRefusesIsNotMounted() throws IOException {
        Backend backend = backend();
        if (backend == null) {
            assumeTrue(false, "what mounts here is no backend");
            return;
        }
        for (MountOptions options :
                List.of(MountOptions.READ_ONLY, MountOptions.DISPOSABLE, MountOptions.named("refused"))) {
            assertThatThrownBy(() -> backend.mount(store, image, options.withPolicy(candidate -> {
                        throw new UntrustedImageException("not " + candidate.digest());
                    })))
                    .isInstanceOf(UntrustedImageException.class)
                    .hasMessage("not " + image.digest());
        }
        assertThat(store.views()).isEmpty();
        List<Digest> admitted = new ArrayList<>();
        MountOptions asking = MountOptions.DISPOSABLE.withPolicy(candidate -> admitted.add(candidate.digest()));
        try (Mount mount = backend.mount(store, image, asking)) {
            assertThat(mount.root()).isDirectory();
        }
        assertThat(admitted).containsExactly(image.digest());
    }

    @Test
    final void anUnchangedMountHasNoChanges() throws IOException {
        assumeTrue(capabilities().contains(Capability.CHANGES), "the mount does not tell what was changed");
        try (Mount mount = mount(store, image)) {
            TreeText.of(mount.root());
            Entry.Directory root = mount.changes().root();
            assertThat(root.implicit()).isTrue();
            assertThat(root.children().hasNext()).isFalse();
        }
    }

    @Test
    final void theSameChangesGiveTheSameLayer() throws IOException {
        assumeTrue(capabilities().contains(Capability.CHANGES), "the mount does not tell what was changed");
        try (Mount mount = mount(store, image)) {
            Files.writeString(mount.root().resolve("new"), "new");
            Files.delete(mount.root().resolve("f"));
            assertThat(store.add(mount.changes())).isEqualTo(store.add(mount.changes()));
            assertThat(mount.changes().root().child(Name.of("f"))).isInstanceOf(Entry.Whiteout.class);
        }
    }

    @Test
    final void forksAreIndependent() throws IOException {
        assumeTrue(capabilities().contains(Capability.FORK), "the mount cannot be forked");
        try (Mount mount = mount(store, image)) {
            Files.writeString(mount.root().resolve("dir/b"), "changed", StandardOpenOption.WRITE);
            List<String> before = TreeText.exact(mount.root());
            try (Mount fork = mount.fork()) {
                assertThat(TreeText.exact(fork.root())).isEqualTo(before);
                Files.writeString(fork.root().resolve("dir/b"), "in the fork", StandardOpenOption.APPEND);
                Files.delete(fork.root().resolve("f"));
                assertThat(TreeText.exact(mount.root())).isEqualTo(before);
                List<String> forked = TreeText.exact(fork.root());
                Files.createDirectory(mount.root().resolve("later"));
                Files.writeString(mount.root().resolve("dir/b"), "in the first");
                assertThat(TreeText.exact(fork.root())).isEqualTo(forked);
            }
        }
    }

    @Test
    final void anInodeKeepsItsNumberForLife() throws IOException {
        assumeTrue(capabilities().contains(Capability.STABLE_INODES), "inode numbers change when a file is copied up");
        try (Mount mount = mount(store, image)) {
            Path root = mount.root();
            Map<String, Object> before = Files.readAttributes(root.resolve("dir/b"), "unix:ino,dev");
            Files.writeString(root.resolve("dir/c"), "x", StandardOpenOption.APPEND);
            Files.move(root.resolve("dir"), root.resolve("moved"));
            Files.move(root.resolve("moved/b"), root.resolve("b"));
            assertThat(Files.readAttributes(root.resolve("b"), "unix:ino,dev")).isEqualTo(before);
        }
    }

    @Test
    final void aDirectoryCountsItsSubdirectories() throws IOException {
        assumeTrue(capabilities().contains(Capability.SUBDIRECTORY_COUNT), "directories do not count what is in them");
        try (Mount mount = mount(store, image)) {
            Path sub = mount.root().resolve("dir/sub");
            assumeTrue(
                    Files.getAttribute(pristine.resolve("dir/sub"), "unix:nlink")
                            .equals(3),
                    "directories do not count their subdirectories here");
            assertThat(Files.getAttribute(sub, "unix:nlink", LinkOption.NOFOLLOW_LINKS))
                    .isEqualTo(3);
            Files.createDirectory(sub.resolve("new"));
            assertThat(Files.getAttribute(sub, "unix:nlink")).isEqualTo(4);
            Files.delete(sub.resolve("new"));
            Files.delete(sub.resolve("deep/y"));
            Files.delete(sub.resolve("deep"));
            assertThat(Files.getAttribute(sub, "unix:nlink")).isEqualTo(2);
        }
    }
}
