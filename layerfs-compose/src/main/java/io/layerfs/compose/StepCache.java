package io.layerfs.compose;

import io.layerfs.Digest;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.host.Durable;
import io.layerfs.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which layer a step gave, by the digest of its inputs: directories {@code layerfs/compose/v1/KEY} of the store, each with a
 * file {@code diff-id}. A note whose layer is gone, or that cannot be read, counts for nothing. Safe for many threads and
 * processes: who makes a layer holds a lock, and who wants the same meanwhile waits for it.
 */
final class StepCache implements AutoCloseable {

    private static final String NOTE = "diff-id";

    private final LayerStore layers;
    private final Store store;
    private final Path notes;

    StepCache(LayerStore layers) throws IOException {
        this.layers = layers;
        this.store = Store.open(layers.directory());
        this.notes = layers.directory().resolve("layerfs").resolve("compose").resolve("v1");
    }

    /** Makes the layer of a step. */
    interface Making {
        Layer make() throws IOException;
    }

    /**
     * The layer of a step, which is made where it is not known.
     *
     * @param again whether it is made though it is known
     */
    Layer layer(Digest key, boolean again, Making making) throws IOException {
        Path note = notes.resolve(key.encoded());
        Layer known = again ? null : find(note);
        while (known == null) {
            Durable.deleteTree(note);
            store.publishDirectory(note, directory -> {
                Layer made = making.make();
                Files.writeString(directory.resolve(NOTE), made.diffId().toString(), StandardCharsets.US_ASCII);
            });
            known = find(note);
        }
        return known;
    }

    private @Nullable Layer find(Path note) throws IOException {
        try {
            return layers.layer(Digest.parse(Files.readString(note.resolve(NOTE), StandardCharsets.US_ASCII)));
        } catch (NoSuchFileException | IllegalArgumentException | java.nio.charset.CharacterCodingException e) {
            return null; // the note or its layer is gone, or it is damaged: the layer is made anew
        }
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
