package io.layerfs.junit;

import io.layerfs.Changeset;
import io.layerfs.ExportPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Writes the tree that a failed test left into a directory of the host, named after the test. */
final class TreeExport {

    private static final int MAX_NAME = 100;

    private TreeExport() {}

    static Path write(Base base, Changeset changes, Path parent, ExtensionContext context) throws IOException {
        String test = context.getTestClass().map(Class::getName).orElse("") + "-" + context.getDisplayName();
        String name = test.replaceAll("[^A-Za-z0-9._-]+", "_");
        Path directory = unused(parent.toAbsolutePath(), name.substring(0, Math.min(MAX_NAME, name.length())));
        base.store().export(base.with(changes), directory, ExportPolicy.SAFE);
        return directory;
    }

    /** A directory that is not there yet: another test may have the same name. */
    private static synchronized Path unused(Path parent, String name) throws IOException {
        Path directory = parent.resolve(name);
        for (int i = 2; Files.exists(directory); i++) {
            directory = parent.resolve(name + "-" + i);
        }
        return Files.createDirectories(directory);
    }
}
