package io.layerfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Provenance.Role;
import io.layerfs.memory.MemoryDirectory;
import io.layerfs.union.Union;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProvenanceTest {

    private static final LayerPath FILE = LayerPath.of("a/b");

    private long inode;

    @Test
    void theTopmostFileProvidesAndHidesTheOnesBelow() throws IOException {
        Provenance found = Provenance.of(List.of(listed(FILE, file()), listed(FILE, file()), empty()), FILE);
        assertThat(found.statements()).extracting(Provenance.Statement::layer).containsExactly(1, 0);
        assertThat(roles(found)).containsExactly(Role.PROVIDES, Role.HIDDEN);
        assertThat(cause(found, 1).layer()).isEqualTo(1);
        assertThat(cause(found, 1).path()).isEqualTo(FILE);
    }

    @Test
    void aWhiteoutRemovesAndNothingProvides() throws IOException {
        Provenance found = Provenance.of(List.of(listed(FILE, file()), listed(FILE, Entry.Whiteout.INSTANCE)), FILE);
        assertThat(found.provider()).isNull();
        assertThat(roles(found)).containsExactly(Role.REMOVES, Role.HIDDEN);
        assertThat(cause(found, 1).entry()).isEqualTo(Entry.Whiteout.INSTANCE);
    }

    @Test
    void aRemovedParentIsTheReason() throws IOException {
        LayerPath parent = LayerPath.of("a");
        Provenance found = Provenance.of(List.of(listed(FILE, file()), listed(parent, Entry.Whiteout.INSTANCE)), FILE);
        assertThat(found.provider()).isNull();
        assertThat(roles(found)).containsExactly(Role.HIDDEN);
        assertThat(cause(found, 0)).isEqualTo(new Provenance.Cause(1, parent, Entry.Whiteout.INSTANCE));
    }

    @Test
    void anOpaqueParentIsTheReason() throws IOException {
        LayerPath parent = LayerPath.of("a");
        MemoryDirectory opaque = MemoryDirectory.of(attributes()).setOpaque(true);
        Provenance found = Provenance.of(List.of(listed(FILE, file()), listed(parent, opaque)), FILE);
        assertThat(found.provider()).isNull();
        assertThat(cause(found, 0)).isEqualTo(new Provenance.Cause(1, parent, opaque));
    }

    @Test
    void directoriesMergeAndTheTopmostListedOneProvides() throws IOException {
        Changeset implied = listed(LayerPath.of("a/b/c"), file());
        Provenance found = Provenance.of(
                List.of(listed(FILE, file()), listed(FILE, directory()), listed(FILE, directory()), implied), FILE);
        assertThat(roles(found)).containsExactly(Role.MERGES, Role.PROVIDES, Role.MERGES, Role.HIDDEN);
        assertThat(cause(found, 3).layer()).isEqualTo(3);
    }

    @Test
    void aDirectoryOfRemovalsOnlyHidesNoFile() throws IOException {
        Changeset removals = listed(LayerPath.of("a/b/c"), Entry.Whiteout.INSTANCE);
        Provenance found = Provenance.of(List.of(listed(FILE, file()), removals), FILE);
        assertThat(roles(found)).containsExactly(Role.REMOVES, Role.PROVIDES);
    }

    @Test
    void nothingIsSaidOfAnUnknownPath() throws IOException {
        Provenance found = Provenance.of(List.of(listed(FILE, file())), LayerPath.of("a/b/c/d"));
        assertThat(found.statements()).isEmpty();
        assertThat(found.provider()).isNull();
    }

    @Test
    void agreesWithTheUnionOfRandomLayers() throws IOException {
        Random random = new Random(42);
        for (int run = 0; run < 2_000; run++) {
            List<Changeset> baseFirst = new ArrayList<>();
            for (int layer = 1 + random.nextInt(5); layer > 0; layer--) {
                baseFirst.add(new Changeset(random(random, 3)));
            }
            Changeset union = Union.merge(baseFirst);
            for (LayerPath path : paths(LayerPath.ROOT, 3)) {
                agrees(Provenance.of(baseFirst, path), union.find(path));
            }
        }
    }

    private static void agrees(Provenance found, Entry seen) {
        Provenance.Statement provider = found.provider();
        if (seen instanceof Entry.File file) {
            assertThat(provider).as("%s", found).isNotNull();
            assertThat(file.inode() >>> 40).as("%s", found).isEqualTo(provider.layer());
            assertThat(file.attributes()).isEqualTo(((Entry.Node) provider.entry()).attributes());
        } else if (seen instanceof Entry.Directory directory) {
            assertThat(provider).as("%s", found).isNotNull();
            assertThat(directory.attributes()).as("%s", found).isEqualTo(((Entry.Node) provider.entry()).attributes());
        } else {
            assertThat(provider).as("%s", found).isNull();
        }
        for (Provenance.Statement statement : found.statements()) {
            assertThat(statement.hiddenBy() != null).isEqualTo(statement.role() == Role.HIDDEN);
            if (statement.hiddenBy() != null) {
                assertThat(statement.hiddenBy().layer()).isGreaterThan(statement.layer());
            }
        }
    }

    private MemoryDirectory random(Random random, int depth) {
        MemoryDirectory directory = random.nextInt(3) == 0 ? MemoryDirectory.ofImplicit() : directory();
        directory.setOpaque(random.nextInt(8) == 0);
        for (String name : List.of("a", "b")) {
            switch (random.nextInt(depth == 0 ? 4 : 8)) {
                case 0 -> directory.put(Name.of(name), Entry.Whiteout.INSTANCE);
                case 1 -> directory.put(Name.of(name), file());
                case 4, 5, 6, 7 -> directory.put(Name.of(name), random(random, depth - 1));
                default -> {} // says nothing
            }
        }
        return directory;
    }

    private static List<LayerPath> paths(LayerPath directory, int depth) {
        List<LayerPath> paths = new ArrayList<>(List.of(directory));
        for (String name : depth == 0 ? List.<String>of() : List.of("a", "b")) {
            paths.addAll(paths(directory.resolve(Name.of(name)), depth - 1));
        }
        return paths;
    }

    private static List<Role> roles(Provenance found) {
        return found.statements().stream().map(Provenance.Statement::role).toList();
    }

    private static Provenance.Cause cause(Provenance found, int index) {
        Provenance.Cause cause = found.statements().get(index).hiddenBy();
        assertThat(cause).isNotNull();
        return cause;
    }

    private static Changeset empty() {
        return MemoryDirectory.ofImplicit().toChangeset();
    }

    private static Changeset listed(LayerPath path, Entry entry) throws IOException {
        return MemoryDirectory.ofImplicit().put(path, entry).toChangeset();
    }

    private MemoryDirectory directory() {
        return MemoryDirectory.of(attributes());
    }

    private Entry.File file() {
        return new Entry.Symlink(attributes(), inode, "x");
    }

    /** No two the same, to tell whose attributes are seen. */
    private Attributes attributes() {
        return new Attributes(0755, 0, 0, Instant.ofEpochSecond(++inode), Xattrs.NONE);
    }
}
