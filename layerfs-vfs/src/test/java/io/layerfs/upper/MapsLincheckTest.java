package io.layerfs.upper;

import io.layerfs.Name;
import io.layerfs.lincheck.LincheckRuns;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/**
 * {@link NameMap} and {@link LongMap} as a view has them: a variable holds the present version, one thread at a time puts the next
 * one there, and whoever reads takes no lock; a version that somebody keeps stays as it was. The model is a map of {@code java.util}.
 */
public class MapsLincheckTest {

    /** What is done, to either. */
    @Param(name = "key", gen = IntGen.class, conf = "0:6")
    @Param(name = "value", gen = IntGen.class, conf = "1:3")
    public abstract static class Operations {

        @Operation
        public abstract int get(@Param(name = "key") int key);

        @Operation
        public abstract void put(@Param(name = "key") int key, @Param(name = "value") int value);

        @Operation
        public abstract void remove(@Param(name = "key") int key);

        /** All of the present version, which is looked through twice. */
        @Operation
        public abstract String all();

        /** The first four are there at the start. */
        void fill() {
            for (int key = 0; key < 4; key++) {
                put(key, 9);
            }
        }
    }

    /** The model. */
    public static final class Model extends Operations {
        private final Map<Integer, Integer> map = new TreeMap<>();

        public Model() {
            fill();
        }

        @Override
        public int get(int key) {
            return map.getOrDefault(key, -1);
        }

        @Override
        public void put(int key, int value) {
            map.put(key, value);
        }

        @Override
        public void remove(int key) {
            map.remove(key);
        }

        @Override
        public String all() {
            StringBuilder text = new StringBuilder().append(map.size());
            map.forEach((key, value) -> text.append(' ').append(key).append('=').append(value));
            return text.toString();
        }
    }

    /** Names, in their order. */
    public static final class Names extends Operations {
        private static final Name[] NAMES = new Name[7];

        private volatile NameMap map = NameMap.EMPTY;

        static {
            for (int i = 0; i < NAMES.length; i++) {
                NAMES[i] = Name.of(String.valueOf(i));
            }
        }

        public Names() {
            fill();
        }

        @Override
        public int get(int key) {
            long found = map.get(NAMES[key]);
            return found == NameMap.NONE ? -1 : (int) found;
        }

        @Override
        public synchronized void put(int key, int value) {
            map = map.put(NAMES[key], value);
        }

        @Override
        public synchronized void remove(int key) {
            map = map.remove(NAMES[key]);
        }

        @Override
        public String all() {
            NameMap version = map;
            String text = all(version);
            return text.equals(all(version)) ? text : "changed";
        }

        private static String all(NameMap version) {
            StringBuilder text = new StringBuilder().append(version.size());
            for (Iterator<NameMap.Entry> entries = version.entries(); entries.hasNext(); ) {
                NameMap.Entry entry = entries.next();
                text.append(' ').append(entry.name()).append('=').append(entry.value());
            }
            return text.toString();
        }
    }

    /** Numbers: some in one node, some that share digits. */
    public static final class Numbers extends Operations {
        private static final long[] KEYS = {0, 1, 32, 1 << 10, 2, 64, 1L << 40};

        private volatile LongMap<Integer> map = LongMap.empty();

        public Numbers() {
            fill();
        }

        @Override
        public int get(int key) {
            Integer found = map.get(KEYS[key]);
            return found == null ? -1 : found;
        }

        @Override
        public synchronized void put(int key, int value) {
            map = map.put(KEYS[key], value);
        }

        @Override
        public synchronized void remove(int key) {
            map = map.remove(KEYS[key]);
        }

        @Override
        public String all() {
            LongMap<Integer> version = map;
            String text = all(version);
            return text.equals(all(version)) ? text : "changed";
        }

        private static String all(LongMap<Integer> version) {
            int[] found = new int[KEYS.length];
            version.forEach((key, value) -> {
                int index = 0;
                while (KEYS[index] != key) {
                    index++;
                }
                found[index] += value;
            });
            StringBuilder text = new StringBuilder().append(version.size());
            for (int key = 0; key < found.length; key++) {
                if (found[key] != 0) {
                    text.append(' ').append(key).append('=').append(found[key]);
                }
            }
            return text.toString();
        }
    }

    private static ModelCheckingOptions modelChecking() {
        return LincheckRuns.modelChecking(3)
                .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(Name.class.getName())
                        .allMethods()
                        .ignore());
    }

    @Test
    void names() {
        modelChecking().sequentialSpecification(Model.class).check(Names.class);
    }

    @Test
    void numbers() {
        modelChecking().sequentialSpecification(Model.class).check(Numbers.class);
    }
}
