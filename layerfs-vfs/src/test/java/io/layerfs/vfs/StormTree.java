package io.layerfs.vfs;

import io.layerfs.View;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What a storm's tree may hold: {@code w…} files that are one piece, and are replaced by renaming alone; {@code s…} files of
 * slots, written in place; {@code x…} symbolic links; {@code tmp}, where pieces are written before they are renamed.
 */
final class StormTree {

    static final List<String> DIRECTORIES = List.of("lower", "lower/sub", "a", "a/b", "c", "c/d");
    static final String TEMPORARY = "tmp";
    static final String XATTR = "piece";
    static final int NAMES = 5;
    static final int SLOTS = 80;

    private StormTree() {}

    /** What the image has. */
    static void fill(Path root, Random random) throws IOException {
        Files.createDirectory(root.resolve(TEMPORARY));
        Files.createDirectories(root.resolve("lower/sub"));
        Files.write(root.resolve("locked"), new byte[StormContent.SLOT]);
        for (String directory : List.of("lower", "lower/sub")) {
            for (int i = 0; i < NAMES; i++) {
                Files.write(root.resolve(directory + "/w" + i), StormContent.piece(random, random.nextInt(90_000)));
                ByteBuffer slots = ByteBuffer.allocate(random.nextInt(SLOTS) * StormContent.SLOT);
                while (slots.hasRemaining()) {
                    slots.put(StormContent.piece(random, StormContent.SLOT));
                }
                Files.write(root.resolve(directory + "/s" + i), slots.array());
            }
        }
    }

    /** What is wrong in a tree that others may change, or that nobody does: then all that is listed is there. */
    static List<String> faults(Path root, boolean still) throws IOException {
        List<String> faults = new ArrayList<>();
        visit(root, still, faults);
        return faults;
    }

    private static void visit(Path directory, boolean still, List<String> faults) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                try {
                    String fault = fault(entry);
                    if (fault != null) {
                        faults.add(entry + ": " + fault);
                    }
                    if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                        visit(entry, still, faults);
                    }
                } catch (NoSuchFileException | NotDirectoryException e) {
                    if (still) {
                        throw e;
                    }
                }
            }
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static @Nullable String fault(Path entry) throws IOException {
        String name = entry.getFileName().toString();
        boolean temporary = entry.getParent() != null && entry.getParent().endsWith(TEMPORARY);
        if (temporary || !Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        String fault = xattrFault(entry);
        if (fault != null) {
            return "its attribute: " + fault;
        }
        byte[] bytes = name.startsWith("w") ? Files.readAllBytes(entry) : new byte[0];
        return name.startsWith("w") ? StormContent.faultOfPiece(bytes) : slotsFault(entry);
    }

    /** Each slot is read by one call, between which others may write. */
    private static @Nullable String slotsFault(Path file) throws IOException {
        try (var channel = java.nio.channels.FileChannel.open(file)) {
            ByteBuffer slot = ByteBuffer.allocate(StormContent.SLOT);
            for (long at = 0; channel.read(slot.clear(), at) > 0; at += StormContent.SLOT) {
                byte[] bytes = java.util.Arrays.copyOf(slot.array(), slot.position());
                String fault = StormContent.faultOfSlots(bytes);
                if (fault != null) {
                    return "at " + at + ": " + fault;
                }
            }
            return null;
        }
    }

    static @Nullable String xattrFault(Path entry) throws IOException {
        UserDefinedFileAttributeView attributes = Files.getFileAttributeView(entry, UserDefinedFileAttributeView.class);
        if (!attributes.list().contains(XATTR)) {
            return null;
        }
        ByteBuffer value = ByteBuffer.allocate(200);
        try {
            attributes.read(XATTR, value);
        } catch (IOException e) {
            return null; // removed meanwhile
        }
        return StormContent.faultOfPiece(java.util.Arrays.copyOf(value.array(), value.position()));
    }

    /** What is wrong in what a view shows that nobody changes. */
    static List<String> faults(View view) throws IOException {
        try (FileSystem files = LayerFileSystems.open(view)) {
            return faults(files.getPath("/"), true);
        }
    }

    /** All that can be seen of a view that nobody changes. */
    static SortedMap<String, String> lines(View view) throws IOException {
        try (FileSystem files = LayerFileSystems.open(view)) {
            return WritableTwin.tree(files.getPath("/"));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
