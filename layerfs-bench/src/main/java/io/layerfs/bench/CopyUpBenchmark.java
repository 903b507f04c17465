package io.layerfs.bench;

import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.Platform;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to write one byte into a file of the image that nobody has written yet. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 7)
public class CopyUpBenchmark {

    private static final String TAG = "sample";
    private static final int BLOCK = 512;
    private static final int CHUNK = 64 << 10;
    private static final int WARM = 5000;

    /** Where the file is. */
    @Param({"vfs-writable", "erofs", "overlay"})
    public String place = "vfs-writable";

    /** How large it is, in KiB. */
    @Param({"4", "1024", "102400", "1048576"})
    public int size = 4;

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private LayerStore store;

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private Image image;

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private Mount mount;

    /** Makes the image, and has the code that Java runs compiled. */
    @Setup(Level.Trial)
    public void make() throws IOException {
        store = LayerStore.open(Workplace.directory().resolve("image-large-" + size));
        try {
            image = store.image(TAG);
        } catch (NoSuchFileException e) {
            image = store.createImage(List.of(store.add(tar((long) Workplace.count(size) << 10))), Platform.host());
            store.tag(image, TAG);
        }
        if (place.equals("vfs-writable")) {
            for (int i = 0; i < WARM; i++) {
                mount();
                writeOneByte();
                end();
            }
        }
    }

    /** A tar of one file that has no zeros and is never in memory as a whole. */
    private static InputStream tar(long bytes) {
        TarArchiveEntry entry = new TarArchiveEntry("large");
        entry.setSize(bytes);
        byte[] header = new byte[BLOCK];
        entry.writeEntryHeader(header);
        byte[] chunk = new byte[CHUNK];
        new Random(1).nextBytes(chunk);
        List<InputStream> parts = new ArrayList<>(List.of(new ByteArrayInputStream(header)));
        for (long at = 0; at < bytes; at += CHUNK) {
            parts.add(new ByteArrayInputStream(chunk, 0, (int) Math.min(CHUNK, bytes - at)));
        }
        int padding = (int) (-bytes & (BLOCK - 1));
        parts.add(new ByteArrayInputStream(new byte[padding + 2 * BLOCK]));
        return new SequenceInputStream(Collections.enumeration(parts));
    }

    /** Closes the store. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        store.close();
    }

    /** Mounts it afresh. */
    @Setup(Level.Invocation)
    public void mount() throws IOException {
        mount = Trees.backend(place).mount(store, image, MountOptions.DISPOSABLE);
    }

    /** Ends the mount. */
    @TearDown(Level.Invocation)
    public void end() throws IOException {
        mount.close();
    }

    /** The file is opened, a byte in its middle is written, the file is closed. */
    @Benchmark
    public int writeOneByte() throws IOException {
        try (FileChannel channel = FileChannel.open(mount.root().resolve("large"), StandardOpenOption.WRITE)) {
            return channel.write(ByteBuffer.allocate(1), channel.size() / 2);
        }
    }
}
