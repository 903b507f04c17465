package io.layerfs.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Attributes;
import io.layerfs.Entry;
import io.layerfs.LayerPath;
import io.layerfs.MalformedLayerException;
import io.layerfs.Name;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MemoryDirectoryTest {

    @Test
    void agreesWithSortedMap() {
        Random random = new Random(1);
        for (int size : new int[] {0, 1, 2, 7, 8, 9, 16, 17, 100, 5000}) {
            MemoryDirectory directory = MemoryDirectory.ofImplicit();
            TreeMap<Name, Entry> model = new TreeMap<>();
            for (int i = 0; i < size * 2; i++) {
                Name name = randomName(random, size);
                assertThat(directory.child(name)).isEqualTo(model.get(name));
                Entry entry = link("e" + i);
                directory.put(name, entry);
                model.put(name, entry);
                if (random.nextInt(100) == 0) {
                    assertThat(childrenOf(directory)).isEqualTo(childrenOf(model));
                }
            }
            assertThat(directory.size()).isEqualTo(model.size());
            assertThat(childrenOf(directory)).isEqualTo(childrenOf(model));
            model.forEach((name, entry) -> assertThat(directory.child(name)).isEqualTo(entry));
        }
    }

    @Test
    void ordersByUnsignedBytesAPrefixFirst() {
        MemoryDirectory directory = MemoryDirectory.ofImplicit();
        for (String name : List.of("\uDCFF", "b", "a.b", "a", "ab", "a-b", "\u00e9")) {
            directory.put(Name.of(name), Entry.Whiteout.INSTANCE);
        }
        assertThat(childrenOf(directory))
                .extracting(c -> c.name().toString())
                .containsExactly("a", "a-b", "a.b", "ab", "b", "\u00e9", "\uDCFF");
    }

    @Test
    void laterPutReplacesEarlierOne() {
        MemoryDirectory directory = MemoryDirectory.ofImplicit();
        directory.put(Name.of("a"), link("first")).put(Name.of("a"), link("second"));
        assertThat(childrenOf(directory)).containsExactly(new Entry.Child(Name.of("a"), link("second")));
    }

    @Test
    void pathsImplyDirectories() throws Exception {
        MemoryDirectory root = MemoryDirectory.of(Attributes.IMPLICIT_DIRECTORY);
        root.put(LayerPath.of("a/b/c"), Entry.Whiteout.INSTANCE);
        MemoryDirectory a = (MemoryDirectory) root.toChangeset().find(LayerPath.of("a"));
        assertThat(a).isNotNull();
        assertThat(a.implicit()).isTrue();
        assertThat(a.list(Attributes.IMPLICIT_DIRECTORY).implicit()).isFalse();
        assertThat(a.setOpaque(true).opaque()).isTrue();
        assertThat(root.toChangeset().find(LayerPath.of("a/b/c"))).isSameAs(Entry.Whiteout.INSTANCE);
    }

    @Test
    void refusesPathThroughWhatIsNoDirectory() throws Exception {
        MemoryDirectory root = MemoryDirectory.ofImplicit().put(LayerPath.of("a"), Entry.Whiteout.INSTANCE);
        assertThatThrownBy(() -> root.put(LayerPath.of("a/b"), Entry.Whiteout.INSTANCE))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessage("entry 'a/b' lies in 'a', which is not a directory");
    }

    /** Names that all have one {@code String.hashCode}: a table that used it would be quadratic. */
    @Test
    void namesThatCollideInTheUsualHashDoNotInOurs() {
        MemoryDirectory directory = MemoryDirectory.ofImplicit();
        for (int i = 0; i < 1 << 16; i++) {
            StringBuilder name = new StringBuilder();
            for (int bit = 0; bit < 16; bit++) {
                name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            directory.put(Name.of(name.toString()), Entry.Whiteout.INSTANCE);
        }
        assertThat(directory.size()).isEqualTo(1 << 16);
        assertThat(childrenOf(directory)).hasSize(1 << 16);
    }

    private static Entry link(String target) {
        return new Entry.HardLink(LayerPath.of(target));
    }

    private static Name randomName(Random random, int range) {
        byte[] bytes = Integer.toString(random.nextInt(range * 3 + 1)).getBytes(StandardCharsets.US_ASCII);
        bytes[0] = (byte) (bytes[0] + (random.nextBoolean() ? 0 : 150));
        return Name.of(bytes);
    }

    private static List<Entry.Child> childrenOf(MemoryDirectory directory) {
        List<Entry.Child> children = new ArrayList<>();
        directory.children().forEachRemaining(children::add);
        return children;
    }

    private static List<Entry.Child> childrenOf(Map<Name, Entry> model) {
        List<Entry.Child> children = new ArrayList<>();
        model.forEach((name, entry) -> children.add(new Entry.Child(name, entry)));
        return children;
    }
}
