package io.layerfs.store;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Name;
import io.layerfs.View;
import io.layerfs.Xattrs;
import io.layerfs.erofs.ErofsImage;
import io.layerfs.erofs.ErofsWriter;
import io.layerfs.lincheck.LincheckRuns;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@link OpenIndexes}: whoever asks for the index of a file, which others replace and delete, gets that of the file that is
 * there. The threads just run, since Lincheck has no model of channels.
 */
public class OpenIndexesLincheckTest {

    private static final int VERSIONS = 3;
    private static final byte[][] BYTES = new byte[VERSIONS][];

    /** Indexes of other sizes, of which each says which it is. */
    @BeforeAll
    static void write(@TempDir Path directory) throws IOException {
        for (int version = 0; version < VERSIONS; version++) {
            ChangesetBuilder changes = new ChangesetBuilder();
            Attributes attributes = new Attributes(0755, 0, 0, Instant.ofEpochSecond(version), Xattrs.NONE);
            changes.directory("v", attributes);
            for (int i = 0; i < version * 20; i++) {
                changes.directory("v/" + i, attributes);
            }
            Path file = directory.resolve("index" + version);
            ErofsWriter.writeMerged(changes.build(), List.of(), file);
            BYTES[version] = Files.readAllBytes(file);
        }
    }

    @AfterAll
    static void forget() {
        Arrays.fill(BYTES, null);
    }

    /** What is judged. */
    @Param(name = "version", gen = IntGen.class, conf = "0:2")
    public static final class Indexes {
        private static final AtomicInteger TICKS = new AtomicInteger();

        private final OpenIndexes indexes = new OpenIndexes();
        private final Path directory;
        private final Path file;

        /** Version 0. */
        public Indexes() throws IOException {
            directory = Files.createTempDirectory("lincheck");
            file = directory.resolve("index");
            replace(0);
        }

        /** Takes so long that others come between. */
        private ErofsImage open() throws IOException {
            ErofsImage opened = ErofsImage.open(file, List.of());
            LockSupport.parkNanos(500_000);
            return opened;
        }

        /** Which version it is. */
        @Operation
        public int get() throws IOException {
            try {
                View view = indexes.get(file, this::open).view();
                return (int) view.stat(view.lookup(view.root(), Name.of("v"))).mtimeSeconds();
            } catch (NoSuchFileException e) {
                return -1;
            }
        }

        /** Puts a version in its place, which was written at a time of its own. */
        @Operation
        public void replace(@Param(name = "version") int version) throws IOException {
            Path made = Files.createTempFile(directory, "new", null);
            Files.write(made, BYTES[version]);
            Files.setLastModifiedTime(made, FileTime.fromMillis(TICKS.incrementAndGet()));
            Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
        }

        @Operation
        public boolean delete() throws IOException {
            return Files.deleteIfExists(file);
        }

        @Operation
        public void clear() {
            indexes.clear();
        }

        /** When all is still. */
        @Validate
        public void end() throws IOException {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
    }

    /** The model. */
    public static final class Model {
        private int version;

        public int get() {
            return version;
        }

        public void replace(int next) {
            version = next;
        }

        public boolean delete() {
            boolean there = version >= 0;
            version = -1;
            return there;
        }

        public void clear() {
            // what is there stays
        }
    }

    private static Actor actor(String name, Object... arguments) {
        for (Method method : Indexes.class.getMethods()) {
            if (method.getName().equals(name)) {
                return new Actor(method, List.of(arguments), false, false, false, false, false);
            }
        }
        throw new IllegalStateException(name);
    }

    /** A file is replaced while its index is opened. */
    private static ExecutionScenario replacedWhileItIsOpened() {
        return new ExecutionScenario(
                List.of(),
                List.of(List.of(actor("get")), List.of(actor("replace", 1)), List.of(actor("get"))),
                List.of(actor("get")),
                null);
    }

    @Test
    void indexes() {
        LincheckRuns.stressOfFiles(2)
                .addCustomScenario(replacedWhileItIsOpened())
                .sequentialSpecification(Model.class)
                .check(Indexes.class);
    }
}
