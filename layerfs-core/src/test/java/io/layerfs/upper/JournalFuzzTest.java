package io.layerfs.upper;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.common.hash.Hashing;
import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.View;
import io.layerfs.WritableView;
import io.layerfs.Xattrs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Journals of any records, whose checksums are right: what they make of a view, or a message that says why not. A record is
 * what follows two bytes of length.
 */
class JournalFuzzTest {

    private static LayerStore store;
    private static View lower;
    private static Path directory;

    /** The view of a small image, which stays for all inputs. */
    static synchronized View lower() throws IOException {
        if (lower == null) {
            directory = Files.createTempDirectory("layerfs-fuzz");
            Runtime.getRuntime().addShutdownHook(new Thread(JournalFuzzTest::clean));
            Attributes file = new Attributes(0644, 0, 0, Instant.ofEpochSecond(1000), Xattrs.NONE);
            store = LayerStore.open(directory.resolve("store"));
            lower = store.view(store.createImage(
                    List.of(store.add(new ChangesetBuilder()
                            .directory("dir", file)
                            .file("dir/a", file, new byte[50_000])
                            .file("b", file, new byte[5])
                            .build())),
                    Platform.parse("linux/amd64")));
        }
        return lower;
    }

    private static void clean() {
        try (LayerStore closed = store) {
            io.layerfs.host.Durable.deleteTree(directory);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static byte[] journal(byte[] bytes) {
        ByteArrayOutputStream journal = new ByteArrayOutputStream();
        journal.writeBytes("layerfs view 1\n\0".getBytes(StandardCharsets.US_ASCII));
        ByteBuffer in = ByteBuffer.wrap(bytes);
        while (in.remaining() >= 2) {
            byte[] record = new byte[Math.min(in.getShort() & 0xffff, in.remaining())];
            in.get(record);
            journal.writeBytes(ByteBuffer.allocate(8 + record.length)
                    .putInt(record.length)
                    .putInt(Hashing.crc32c().hashBytes(record).asInt())
                    .put(record)
                    .array());
        }
        return journal.toByteArray();
    }

    @FuzzTest(maxDuration = "1m")
    void aViewOrARefusal(byte[] bytes) throws IOException {
        View below = lower();
        Path view = Files.createTempDirectory(directory, "view");
        try {
            Files.write(view.resolve("journal"), journal(bytes));
            UpperView opened;
            try {
                opened = UpperView.open(below, view, Long.MAX_VALUE, () -> null, InstantSource.system(), () -> {});
            } catch (IOException e) {
                assertThat(e.getMessage()).isNotEmpty();
                return;
            }
            try (WritableView closed = opened) {
                closed.usage();
            }
        } finally {
            io.layerfs.host.Durable.deleteTree(view);
        }
    }
}
