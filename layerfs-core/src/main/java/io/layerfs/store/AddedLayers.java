package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.blob.NamedFiles;
import java.io.BufferedOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Layers that were added one by one. Each is held until it is in an image that was made here, or this is closed. Safe for many
 * threads.
 */
public final class AddedLayers implements AutoCloseable {

    private final StorePaths paths;
    private final StoreLocks locks;
    private final Map<Digest, Hold> held = new HashMap<>();

    AddedLayers(StorePaths paths, StoreLocks locks) {
        this.paths = paths;
        this.locks = locks;
    }

    /** Writes the tar of a layer. */
    public interface TarWriter {
        /** Writes all of it; the stream stays open. */
        void write(OutputStream out) throws IOException;
    }

    /** Adds a layer that is yet to be written. */
    public Digest add(TarWriter writer) throws IOException {
        locks.requireWritable();
        try (TempArea temp = TempArea.create(paths.temporary(), locks)) {
            return publish(stage(writer, temp), temp);
        }
    }

    /** Has a layer written to temporary files, read back, and indexed. */
    static StagedLayer stage(TarWriter writer, TempArea temp) throws IOException {
        Path tar = temp.newPath(".written");
        try (OutputStream out = new BufferedOutputStream(NamedFiles.newOutputStream(tar), 1 << 16)) {
            writer.write(out);
        }
        Budget budget = Budget.ofOneLayer(Long.MAX_VALUE);
        budget.came(Files.size(tar));
        return StagedLayer.read("layer", () -> Files.newInputStream(tar), null, Budget.UNKNOWN, budget, temp);
    }

    /** Adds a layer's tar, plain or compressed; the stream stays open. */
    public Digest add(String what, InputStream tar, long limit) throws IOException {
        locks.requireWritable();
        try (TempArea temp = TempArea.create(paths.temporary(), locks)) {
            Budget budget = Budget.ofOneLayer(limit);
            StagedLayer staged =
                    StagedLayer.read(what, () -> budget.counted(new Unclosed(tar)), null, Budget.UNKNOWN, budget, temp);
            return publish(staged, temp);
        }
    }

    private Digest publish(StagedLayer staged, TempArea temp) throws IOException {
        temp.syncs().await();
        hold(staged.diffId());
        try (StoreLocks.Held lock = locks.lock(staged.diffId().toString())) {
            Publication publication = new Publication(temp);
            publication.move(staged.tar(), paths.blob(staged.diffId()));
            publication.moveDerived(staged.index(), paths.layerIndex(staged.diffId()));
            publication.finish();
        }
        return staged.diffId();
    }

    private void hold(Digest diffId) throws IOException {
        synchronized (held) {
            if (!held.containsKey(diffId)) {
                Hold hold = Hold.open(paths, locks);
                try {
                    hold.addBlobs(List.of(diffId));
                } catch (IOException | RuntimeException | Error e) {
                    hold.close();
                    throw e;
                }
                held.put(diffId, hold);
            }
        }
    }

    /** Layers that an image needs now are not held for themselves any more. */
    void settled(List<Digest> diffIds) throws IOException {
        synchronized (held) {
            for (Digest diffId : diffIds) {
                Hold hold = held.remove(diffId);
                if (hold != null) {
                    hold.close();
                }
            }
        }
    }

    /** Holds none of them any more. */
    @Override
    public void close() throws IOException {
        synchronized (held) {
            settled(List.copyOf(held.keySet()));
        }
    }

    /** A stream whose end is its owner's. */
    private static final class Unclosed extends FilterInputStream {
        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }
}
