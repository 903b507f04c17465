package io.layerfs.upper;

import java.io.*;
import java.nio.ByteBuffer;
import java.nio.file.*;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeedTmpTest {
    @TempDir
    Path directory;

    @Test
    void write() throws Exception {
        for (int seed = 1; seed <= 5; seed++) {
            Path d = Files.createDirectory(directory.resolve("v" + seed));
            try (UpperView view = UpperView.create(JournalFuzzTest.lower(), d, Long.MAX_VALUE, () -> null, InstantSource.system(), () -> {})) {
                RandomOperations operations = new RandomOperations(seed, seed == 5 ? 40_000 : 100);
                for (int i = 0; i < 30; i++) {
                    operations.step(view);
                }
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Journal.read(d.resolve("journal"), record -> {
                if (record.length < 65536) {
                    out.writeBytes(ByteBuffer.allocate(2).putShort((short) record.length).array());
                    out.writeBytes(record);
                }
            });
            Files.write(Path.of("src/test/resources/io/layerfs/upper/JournalFuzzTestInputs/aViewOrARefusal/operations" + seed), out.toByteArray());
        }
    }
}
