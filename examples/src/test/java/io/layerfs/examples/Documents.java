package io.layerfs.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The documents of the project: the pages beside the README, and those in {@code docs}. */
final class Documents {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private Documents() {}

    /** All of them, sorted. */
    static List<Path> all() throws IOException {
        List<Path> all = new ArrayList<>();
        for (Path directory : List.of(ROOT, ROOT.resolve("docs"))) {
            try (Stream<Path> files = Files.list(directory)) {
                files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(all::add);
            }
        }
        return all;
    }

    /** How a document is called in messages: its path in the project. */
    static String name(Path document) {
        return ROOT.relativize(document).toString();
    }
}
