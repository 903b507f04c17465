package io.layerfs.store;

import io.layerfs.Digest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file of a store, or a directory that stands for a layer.
 *
 * @param digest what names it
 * @param bytes its size; of a directory, that of the files in it
 * @param modified when it was written; of a manifest, when its image was last used
 */
record StoredFile(Kind kind, Digest digest, Path path, long bytes, Instant modified) {

    enum Kind {
        BLOB,
        /** Of which layer a compressed blob holds. */
        NOTE,
        LAYER_INDEX,
        MERGED_INDEX,
        UNPACKED;

        /** Whether it can be made anew of blobs. */
        boolean isDerived() {
            return this != BLOB;
        }
    }

    private static final String INDEX = ".erofs";

    /** All in a store at a time at which others may add and remove; what bears no digest's name is not layerfs' own. */
    static List<StoredFile> list(StorePaths paths) throws IOException {
        List<StoredFile> files = new ArrayList<>();
        for (Path algorithm : children(paths.blobs())) {
            for (Path file : children(algorithm)) {
                add(files, Kind.BLOB, digest(algorithm.getFileName() + ":" + file.getFileName()), file);
            }
        }
        for (Path file : children(paths.contents())) {
            add(files, Kind.NOTE, fromName(file, ""), file);
        }
        addIndexes(files, Kind.LAYER_INDEX, paths.layerIndexes());
        addIndexes(files, Kind.MERGED_INDEX, paths.chainIndexes());
        for (Path form : children(paths.unpacked())) {
            for (Path directory : children(form)) {
                add(files, Kind.UNPACKED, fromName(directory, ""), directory);
            }
        }
        return files;
    }

    private static void addIndexes(List<StoredFile> files, Kind kind, Path versions) throws IOException {
        for (Path version : children(versions)) {
            for (Path file : children(version)) {
                add(files, kind, fromName(file, INDEX), file);
            }
        }
    }

    private static List<Path> children(Path directory) throws IOException {
        List<Path> children = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
                stream.forEach(children::add);
            } catch (NoSuchFileException e) {
                return children; // taken away in this moment
            }
        }
        return children;
    }

    private static void add(List<StoredFile> files, Kind kind, @Nullable Digest digest, Path path) throws IOException {
        if (digest == null) {
            return;
        }
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            long bytes = attributes.isDirectory() ? treeSize(path) : attributes.size();
            files.add(new StoredFile(
                    kind, digest, path, bytes, attributes.lastModifiedTime().toInstant()));
        } catch (NoSuchFileException e) {
            return; // taken away in this moment
        }
    }

    private static @Nullable Digest fromName(Path file, String suffix) {
        String name = file.getFileName().toString();
        int dash = name.indexOf('-');
        return dash < 0 || !name.endsWith(suffix)
                ? null
                : digest(name.substring(0, dash) + ":" + name.substring(dash + 1, name.length() - suffix.length()));
    }

    private static @Nullable Digest digest(String text) {
        try {
            return Digest.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * The sizes of the files in a directory, a file with several names once. What cannot be looked at is not counted: it went in
     * this moment, its layer lets nobody read it, or has a path that is too long for the host.
     */
    private static long treeSize(Path root) throws IOException {
        Set<Object> seen = new HashSet<>();
        long[] total = new long[1];
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                Object key = attributes.fileKey();
                if (attributes.isRegularFile() && (key == null || seen.add(key))) {
                    total[0] += attributes.size();
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
        return total[0];
    }

    /** Whether it is still the file that was seen. */
    boolean isUnchanged() throws IOException {
        try {
            return Files.getLastModifiedTime(path).toInstant().equals(modified);
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
