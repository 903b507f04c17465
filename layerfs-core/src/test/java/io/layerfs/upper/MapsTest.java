package io.layerfs.upper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The maps and the set that a changed tree is made of, against those of {@code java.util}; old versions stay. */
class MapsTest {

    /** Numbers that share digits, and some that share all but the last. */
    private static long number(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(70);
            case 1 -> random.nextInt(70) << 30;
            case 2 -> Long.MAX_VALUE - random.nextInt(40);
            default -> random.nextLong();
        };
    }

    private static Map<Long, String> all(LongMap<String> map) {
        Map<Long, String> all = new HashMap<>();
        map.forEach((key, value) -> assertThat(all.put(key, value)).isNull());
        return all;
    }

    @Test
    void numbersAreFoundInEachVersionAsTheyWere() {
        Random random = new Random(1);
        LongMap<String> map = LongMap.empty();
        Map<Long, String> judge = new HashMap<>();
        List<LongMap<String>> versions = new ArrayList<>();
        List<Map<Long, String>> judges = new ArrayList<>();
        for (int step = 0; step < 6000; step++) {
            long key = number(random);
            if (random.nextInt(step / 1000 % 2 == 0 ? 4 : 2) == 0) {
                map = map.remove(key);
                judge.remove(key);
            } else {
                map = map.put(key, "v" + step);
                judge.put(key, "v" + step);
            }
            assertThat(map.get(key)).isEqualTo(judge.get(key));
            assertThat(map.size()).isEqualTo(judge.size());
            if (step % 500 == 0) {
                versions.add(map);
                judges.add(new HashMap<>(judge));
            }
        }
        for (int i = 0; i < versions.size(); i++) {
            assertThat(all(versions.get(i))).isEqualTo(judges.get(i));
        }
        for (Long key : judge.keySet()) {
            map = map.remove(key);
        }
        assertThat(map.size()).isZero();
        assertThat(all(map)).isEmpty();
    }

    private static Map<Name, Long> all(NameMap map) {
        Map<Name, Long> all = new TreeMap<>();
        Name last = null;
        for (var entries = map.entries(); entries.hasNext(); ) {
            NameMap.Entry entry = entries.next();
            assertThat(last == null || last.compareTo(entry.name()) < 0).isTrue();
            last = entry.name();
            all.put(entry.name(), entry.value());
        }
        return all;
    }

    @ParameterizedTest
    @CsvSource({"1, RANDOM", "2, RISING", "3, FALLING"})
    void namesAreFoundInOrderInEachVersionAsTheyWere(int seed, String order) {
        Random random = new Random(seed);
        NameMap map = NameMap.EMPTY;
        Map<Name, Long> judge = new TreeMap<>();
        List<NameMap> versions = new ArrayList<>();
        List<Map<Name, Long>> judges = new ArrayList<>();
        for (int step = 0; step < 3000; step++) {
            int number = order.equals("RANDOM") ? random.nextInt(500) : order.equals("RISING") ? step : 3000 - step;
            Name name = Name.of(String.format("n%05d", number));
            map = map.put(name, step);
            judge.put(name, (long) step);
            if (random.nextInt(3) == 0) {
                Name gone = Name.of(String.format("n%05d", random.nextInt(3000)));
                map = map.remove(gone);
                judge.remove(gone);
                assertThat(map.get(gone)).isEqualTo(NameMap.NONE);
            }
            assertThat(map.size()).isEqualTo(judge.size());
            if (step % 300 == 0) {
                versions.add(map);
                judges.add(new TreeMap<>(judge));
            }
        }
        for (int i = 0; i < versions.size(); i++) {
            assertThat(all(versions.get(i))).isEqualTo(judges.get(i));
        }
        for (Map.Entry<Name, Long> entry : judge.entrySet()) {
            assertThat(map.get(entry.getKey())).isEqualTo(entry.getValue());
            map = map.remove(entry.getKey());
        }
        assertThat(map.entries().hasNext()).isFalse();
        assertThatThrownBy(map.entries()::next).isInstanceOf(NoSuchElementException.class);
    }

    /** Recursion would not come back from a tree that is a list. */
    @ParameterizedTest
    @CsvSource({"RISING", "FALLING", "INWARDS", "OUTWARDS"})
    void namesInAnyOrderMakeNoDeepTree(String order) {
        int count = 60_000;
        NameMap map = NameMap.EMPTY;
        for (int i = 0; i < count; i++) {
            int turn = order.equals("OUTWARDS") ? count - 1 - i : i;
            int number = order.equals("RISING")
                    ? i
                    : order.equals("FALLING") ? count - i : turn % 2 == 0 ? turn / 2 : count - turn / 2;
            map = map.put(Name.of(String.format("n%05d", number)), i);
        }
        assertThat(map.size()).isEqualTo(count);
        for (int i = 0; i < count; i += 2) {
            map = map.remove(Name.of(String.format("n%05d", i)));
        }
        assertThat(all(map)).hasSize(map.size()).hasSizeLessThanOrEqualTo(count / 2 + 1);
    }

    @Test
    void blocksAreThereThatWereAdded() throws IOException {
        Random random = new Random(1);
        int limit = 4096 * 4;
        for (int sequence = 0; sequence < 60; sequence++) {
            BlockSet blocks = new BlockSet();
            TreeSet<Long> judge = new TreeSet<>();
            for (int step = 0; step < 12; step++) {
                long first = edge(random, limit);
                long end =
                        Math.min(limit, first + (random.nextInt(4) == 0 ? random.nextInt(limit) : random.nextInt(130)));
                if (random.nextInt(5) == 0) {
                    blocks.removeFrom(first);
                    judge.tailSet(first, true).clear();
                } else {
                    blocks.add(first, end);
                    for (long block = first; block < end; block++) {
                        judge.add(block);
                    }
                }
                assertThat(blocks.count()).isEqualTo(judge.size());
                long from = edge(random, limit);
                long to = Math.min(limit, from + 1 + random.nextInt(9000));
                assertThat(blocks.missing(from, to))
                        .isEqualTo(to - from - judge.subSet(from, to).size());
                assertThat(blocks.contains(from)).isEqualTo(judge.contains(from));
            }
            TreeSet<Long> shown = new TreeSet<>();
            blocks.forEachRun((first, count) -> {
                assertThat(blocks.contains(first + count) && (first + count) % 4096 != 0)
                        .isFalse();
                for (long block = first; block < first + count; block++) {
                    assertThat(shown.isEmpty() || shown.last() < block).isTrue();
                    shown.add(block);
                }
            });
            assertThat(shown).isEqualTo(judge);
        }
    }

    /** Near the ends of words and pages. */
    private static long edge(Random random, int limit) {
        int unit = random.nextBoolean() ? 64 : 4096;
        return Math.max(0, (long) random.nextInt(limit / unit) * unit + random.nextInt(3) - 1);
    }
}
