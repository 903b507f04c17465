package io.layerfs.upper;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Name;
import io.layerfs.Platform;
import io.layerfs.View;
import io.layerfs.WritableView;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A thread that is interrupted uses a view as any other does: an interrupt closes channels, and a view's own are not its
 * caller's. Found by the storm, beside the red team's row 4.
 */
class InterruptedViewTest {

    private static final Name FILE = Name.of("file");

    @TempDir
    Path directory;

    private LayerStore store;
    private Image image;

    @BeforeEach
    void makeAnImage() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        Attributes attributes = new Attributes(0644, 0, 0, Instant.ofEpochSecond(1000), Xattrs.NONE);
        ChangesetBuilder base = new ChangesetBuilder().file("file", attributes, new byte[100_000]);
        image = store.createImage(List.of(store.add(base.build())), new Platform("linux", "amd64", null));
    }

    @AfterEach
    void close() throws IOException {
        assertThat(Thread.interrupted()).as("it is still interrupted").isTrue();
        store.close();
    }

    private static WritableView.Place place(View view) throws IOException {
        return new WritableView.Place(view.root(), FILE, view.lookup(view.root(), FILE));
    }

    @Test
    void itReadsAFileThatNobodyHasReadBefore() throws IOException {
        View view = store.view(image);
        Thread.currentThread().interrupt();
        ByteBuffer bytes = ByteBuffer.allocate(100_000);
        assertThat(view.content(place(view).inode()).read(0, bytes)).isEqualTo(100_000);
    }

    @Test
    void itChangesAFileOfTheImage() throws IOException {
        try (WritableView view = store.writable(image, Long.MAX_VALUE)) {
            Thread.currentThread().interrupt();
            try (WritableView.OpenFile file = view.open(place(view))) {
                file.write(50_000, ByteBuffer.wrap(new byte[] {1, 2, 3}));
                assertThat(file.size()).isEqualTo(100_000);
            }
        }
    }

    /** The journal is written anew; that its place in the directory could not be synced would be its end. */
    @Test
    void itGoesBackToASnapshotOfAViewThatHasAName() throws IOException {
        List<String> lines;
        try (WritableView view = store.createView("named", image, Long.MAX_VALUE)) {
            View past = view.snapshot();
            view.unlink(view.root(), FILE);
            Thread.currentThread().interrupt();
            view.rollback(past);
            view.createFile(view.root(), Name.of("next"), 0644);
            view.force();
            lines = ViewLines.of(view);
        }
        assertThat(Thread.interrupted()).isTrue();
        try (WritableView again = store.openView("named")) {
            assertThat(ViewLines.of(again)).isEqualTo(lines).hasSize(3);
        }
        Thread.currentThread().interrupt();
    }
}
