package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Name;
import io.layerfs.Platform;
import io.layerfs.View;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a view's lookups cost in heap. Here, because core's module does not read the JDK's management modules. */
class AllocationTest {

    @Test
    void lookupsAllocateNothing(@TempDir Path directory) throws IOException {
        ChangesetBuilder changes = new ChangesetBuilder();
        Name[] names = new Name[1000];
        for (int i = 0; i < names.length; i++) {
            names[i] = Name.of("some-name-" + i);
            changes.directory(names[i].toString(), Attributes.IMPLICIT_DIRECTORY);
        }
        View view;
        try (LayerStore store = LayerStore.open(directory.resolve("store"))) {
            Image image = store.createImage(List.of(store.add(changes.build())), Platform.host());
            view = store.view(image);
        }
        Name absent = Name.of("some-name-");
        long sum = lookUp(view, names, absent, 30_000);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        sum += lookUp(view, names, absent, 100_000);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(sum).isPositive();
        // 200 000 lookups: what little there is comes from the measuring itself
        assertThat(allocated).isLessThan(100_000);
    }

    private static long lookUp(View view, Name[] names, Name absent, int count) throws IOException {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += view.lookup(view.root(), names[i % names.length]) + view.lookup(view.root(), absent);
        }
        return sum;
    }
}
