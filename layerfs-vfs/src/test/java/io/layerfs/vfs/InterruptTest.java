package io.layerfs.vfs;

import com.sun.nio.file.ExtendedCopyOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an interrupted thread does with a channel closes it and says so, where the default provider's is closed; what opens no
 * channel that its caller knows goes on (field faults, section 4, "interrupts").
 */
class InterruptTest {

    /** Something that is done with a channel. */
    private interface Use {
        Object of(FileChannel channel) throws Exception;
    }

    private static final Map<String, Use> USES = new LinkedHashMap<>();

    static {
        USES.put("read", c -> c.read(ByteBuffer.allocate(1)));
        USES.put("read of nothing", c -> c.read(ByteBuffer.allocate(0)));
        USES.put("read at", c -> c.read(ByteBuffer.allocate(1), 0));
        USES.put("read several", c -> c.read(new ByteBuffer[] {ByteBuffer.allocate(1), ByteBuffer.allocate(1)}));
        USES.put("read none", c -> c.read(new ByteBuffer[0]));
        USES.put("read into several of no room", c -> c.read(new ByteBuffer[] {ByteBuffer.allocate(0)}));
        USES.put("write", c -> c.write(ByteBuffer.allocate(1)));
        USES.put("write of nothing", c -> c.write(ByteBuffer.allocate(0)));
        USES.put("write at", c -> c.write(ByteBuffer.allocate(1), 3));
        USES.put("write several", c -> c.write(new ByteBuffer[] {ByteBuffer.allocate(1), ByteBuffer.allocate(1)}));
        USES.put("write none", c -> c.write(new ByteBuffer[0]));
        USES.put("position", c -> c.position());
        USES.put("position to", c -> c.position(3).isOpen());
        USES.put("position to nowhere", c -> c.position(-1));
        USES.put("size", c -> c.size());
        USES.put("truncate", c -> c.truncate(3).isOpen());
        USES.put("truncate to no size", c -> c.truncate(-1));
        USES.put("force", c -> {
            c.force(true);
            return "";
        });
        USES.put("transfer to", c -> c.transferTo(0, 3, Channels.newChannel(new java.io.ByteArrayOutputStream())));
        USES.put(
                "transfer nothing to",
                c -> c.transferTo(0, 0, Channels.newChannel(new java.io.ByteArrayOutputStream())));
        USES.put(
                "transfer to, from nowhere",
                c -> c.transferTo(-1, 3, Channels.newChannel(new java.io.ByteArrayOutputStream())));
        USES.put(
                "transfer from",
                c -> c.transferFrom(Channels.newChannel(new java.io.ByteArrayInputStream(new byte[3])), 0, 3));
        USES.put("map", c -> c.map(MapMode.READ_ONLY, 0, 3).capacity());
        USES.put("map nothing", c -> c.map(MapMode.PRIVATE, 0, 0).capacity());
        USES.put("lock", c -> c.lock().isValid());
        USES.put("try to lock", c -> c.tryLock().isValid());
        USES.put("lock nothing", c -> c.lock(-1, 1, false));
    }

    private static void fill(Path root) throws IOException {
        Files.writeString(root.resolve("f"), "content");
        Files.write(root.resolve("large"), new byte[2 << 20]);
    }

    /** What becomes of a channel, whether it is interrupted before or not. */
    private static String used(Path file, Use use, StandardOpenOption... options) throws Exception {
        FileChannel channel = FileChannel.open(file, options);
        Thread.currentThread().interrupt();
        String outcome;
        try {
            outcome = String.valueOf(use.of(channel));
        } catch (IOException | RuntimeException e) {
            outcome = e.getClass().getSimpleName();
        }
        outcome += ", interrupted " + Thread.interrupted() + ", open " + channel.isOpen();
        channel.close();
        return outcome;
    }

    @Test
    void aChannelIsClosedByWhatAnInterruptedThreadDoes(@TempDir Path directory) throws Exception {
        try (WritableTwin twin = new WritableTwin(directory, InterruptTest::fill)) {
            for (Map.Entry<String, Use> use : USES.entrySet()) {
                for (StandardOpenOption[] options : new StandardOpenOption[][] {
                    {StandardOpenOption.READ, StandardOpenOption.WRITE},
                    {StandardOpenOption.READ},
                    {StandardOpenOption.APPEND}
                }) {
                    twin.agree(use.getKey() + " " + options[0], r -> used(r.resolve("f"), use.getValue(), options));
                }
            }
        }
    }

    @SuppressWarnings("StreamResourceLeak") // nothing is open in it
    @Test
    void whatOpensItsOwnChannelGoesOn(@TempDir Path directory) throws Exception {
        Map<String, WritableTwin.Operation> operations = Map.of(
                "readAllBytes", r -> Files.readAllBytes(r.resolve("f")).length,
                "readString", r -> Files.readString(r.resolve("f")),
                "writeString", r -> Files.size(Files.writeString(r.resolve("new"), "x")),
                "lines", r -> Files.readAllLines(r.resolve("f")),
                "copy", r -> Files.size(Files.copy(r.resolve("f"), r.resolve("copy"))),
                "copy of much that may be interrupted",
                        r -> Files.copy(r.resolve("large"), r.resolve("copy2"), ExtendedCopyOption.INTERRUPTIBLE)
                                .getFileName(),
                "walk", r -> Files.walk(r).count());
        try (WritableTwin twin = new WritableTwin(directory, InterruptTest::fill)) {
            for (Map.Entry<String, WritableTwin.Operation> operation : operations.entrySet()) {
                twin.agree(operation.getKey(), root -> {
                    Thread.currentThread().interrupt();
                    try {
                        return WritableTwin.outcome(operation.getValue(), root)
                                .replaceAll("FileSystemException of.*", "");
                    } finally {
                        Thread.interrupted();
                    }
                });
            }
            twin.agree(
                    "a copy that nothing interrupts",
                    r -> Files.size(
                            Files.copy(r.resolve("large"), r.resolve("copy3"), ExtendedCopyOption.INTERRUPTIBLE)));
            twin.agree(
                    "a move is not interruptible",
                    r -> Files.move(r.resolve("large"), r.resolve("moved"), ExtendedCopyOption.INTERRUPTIBLE));
        }
    }

    @Test
    void aWaitIsEnded(@TempDir Path directory) throws Exception {
        try (WritableTwin twin = new WritableTwin(directory, InterruptTest::fill)) {
            twin.agree("take", root -> {
                try (var service = root.getFileSystem().newWatchService()) {
                    Thread.currentThread().interrupt();
                    return service.take();
                } finally {
                    Thread.interrupted();
                }
            });
        }
    }
}
