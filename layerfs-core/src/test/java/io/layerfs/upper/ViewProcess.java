package io.layerfs.upper;

import io.layerfs.LayerStore;
import io.layerfs.WritableView;
import java.nio.file.Path;

/** A process that changes a named view until it is killed, and says after each operation how many it has done. */
final class ViewProcess {

    private static final int MAX_FILE = 120_000;

    private ViewProcess() {}

    /** The operations that it does, the same for the same seed. */
    static RandomOperations operations(long seed) {
        return new RandomOperations(seed, MAX_FILE);
    }

    public static void main(String[] arguments) throws Exception {
        try (LayerStore store = LayerStore.open(Path.of(arguments[0]));
                WritableView view = store.openView(arguments[1])) {
            RandomOperations operations = operations(Long.parseLong(arguments[2]));
            System.out.write('o');
            System.out.flush();
            while (true) {
                operations.step(view);
                System.out.write('.');
                System.out.flush();
            }
        }
    }
}
