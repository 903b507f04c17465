package io.layerfs.junit;

import io.layerfs.ChangesetBuilder;
import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.host.HostDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a root is made of. A file or a directory is imported once: its image has a tag that is made of its path, size and time
 * of modification, or those of all files in it, and is found by that as long as they are the same.
 */
sealed interface Source {

    /** The image of it in a store, which is imported where it is not there. */
    Image image(LayerStore store) throws IOException;

    static Source of(String value, Class<?> test) throws IOException {
        if (value.isEmpty()) {
            return new Empty();
        }
        Path path = path(value);
        if (path != null && Files.exists(path)) {
            return new OfFile(path.toRealPath());
        }
        URL resource = test.getResource(value);
        return resource == null ? new OfStore(value) : ofResource(resource);
    }

    private static @Nullable Path path(String value) {
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            return null; // on Windows, the name of an image is none
        }
    }

    private static Source ofResource(URL resource) throws IOException {
        if (!resource.getProtocol().equals("file")) {
            return new OfResource(resource.toString(), resource);
        }
        try {
            return new OfFile(Path.of(resource.toURI()).toRealPath());
        } catch (URISyntaxException e) {
            throw new IOException("resource " + resource + ": " + e.getMessage(), e);
        }
    }

    /** The image of that tag; else {@code missing} gives one, which gets the tag. */
    private static Image tagged(LayerStore store, String tag, Import missing) throws IOException {
        try {
            return store.image(tag);
        } catch (NoSuchFileException e) {
            return missing.run(tag);
        }
    }

    /** Imports an image under a tag. */
    interface Import {
        Image run(String tag) throws IOException;
    }

    private static String tag(String identity) {
        return "layerfs-junit/"
                + Digest.sha256(identity.getBytes(StandardCharsets.UTF_8)).encoded();
    }

    private static ImportOptions options(String tag) {
        return ImportOptions.DEFAULT.withTag(tag).withOwner(new ImportOptions.Owner(0, 0));
    }

    /** Nothing. */
    record Empty() implements Source {
        @Override
        public Image image(LayerStore store) throws IOException {
            return store.createImage(List.of(store.add(new ChangesetBuilder().build())), Platform.host());
        }
    }

    /** An image of the store. */
    record OfStore(String reference) implements Source {
        @Override
        public Image image(LayerStore store) throws IOException {
            try {
                return store.image(reference);
            } catch (NoSuchFileException e) {
                throw new NoSuchFileException(
                        reference,
                        null,
                        "no file, no resource of the test's class, and no image in " + store.directory());
            }
        }
    }

    /** An archive, a layer's tar, or a directory. */
    record OfFile(Path path) implements Source {
        @Override
        public Image image(LayerStore store) throws IOException {
            return tagged(store, tag(identity()), tag -> store.importImage(path, options(tag)));
        }

        private String identity() throws IOException {
            StringBuilder identity = new StringBuilder(path.toString());
            if (!Files.isDirectory(path)) {
                return identity.append('\0')
                        .append(Files.size(path))
                        .append(' ')
                        .append(Files.getLastModifiedTime(path).toInstant())
                        .toString();
            }
            HostDirectory.read(path, 0, 0).walk((name, entry) -> identity.append(Identity.of(name, entry)));
            return identity.toString();
        }
    }

    /** A resource in an archive of the class path: without a file, it is told by its content. */
    record OfResource(String name, URL resource) implements Source {
        @Override
        public Image image(LayerStore store) throws IOException {
            Path copy = Files.createTempFile("layerfs-junit", null);
            try (InputStream in = resource.openStream()) {
                Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
                return tagged(store, tag(Identity.ofContent(copy)), tag -> store.importImage(copy, options(tag)));
            } finally {
                Files.delete(copy);
            }
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof OfResource that && name.equals(that.name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }
}
