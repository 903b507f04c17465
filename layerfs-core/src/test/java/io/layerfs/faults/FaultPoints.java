package io.layerfs.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Notes how many faults were tried, in the file that {@code layerfs.faults.log} names, if it does. */
final class FaultPoints {

    private FaultPoints() {}

    static void add(String deed, int operations, int points, int failures) throws IOException {
        String log = System.getProperty("layerfs.faults.log");
        if (log != null) {
            Files.writeString(
                    Path.of(log),
                    deed + "\t" + operations + "\t" + points + "\t" + failures + "\n",
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
    }
}
