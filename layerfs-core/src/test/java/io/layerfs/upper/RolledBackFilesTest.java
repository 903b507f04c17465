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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A file that is open while a rollback leads to a moment at which it was deleted: what is written to it is nobody's when it is
 * closed. Found by the storm: a snapshot took it along, and the quota never got it back.
 */
class RolledBackFilesTest {

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
        store.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsWrittenToItIsGivenBack(boolean truncates) throws IOException {
        try (WritableView view = store.writable(image, Long.MAX_VALUE)) {
            View whole = view.snapshot();
            WritableView.Place place = new WritableView.Place(view.root(), FILE, view.lookup(view.root(), FILE));
            view.unlink(view.root(), FILE);
            View deleted = view.snapshot();
            view.rollback(whole);
            View written;
            try (WritableView.OpenFile file = view.open(place)) {
                view.rollback(deleted);
                if (truncates) {
                    file.truncate(0);
                }
                file.write(50_000, ByteBuffer.wrap(new byte[10_000]));
                written = view.snapshot();
            }
            assertThat(view.usage().used()).isZero();
            view.rollback(whole);
            view.rollback(written);
            assertThat(view.usage().used()).isZero();
        }
    }
}
