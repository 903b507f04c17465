package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.LayerCompression;
import io.layerfs.SaveOptions;
import io.layerfs.SaveOptions.Format;
import io.layerfs.host.Durable;
import io.layerfs.host.NewFile;
import io.layerfs.oci.ArchiveFile;
import io.layerfs.oci.ArchiveIndex;
import io.layerfs.oci.ImageArchive;
import io.layerfs.oci.ImageFiles;
import io.layerfs.oci.LayoutSignatures;
import io.layerfs.oci.OutgoingImage;
import io.layerfs.tar.FileTarWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * One saving of images: everything is written beside the target, hashed while it is, synced, and then put in its place by one
 * rename; into a layout that is there, blobs first, its index last. What fails leaves the target as it was.
 */
final class ImageSave {

    private final Path target;
    private final Path parent;
    private final SaveOptions options;

    ImageSave(Path target, SaveOptions options) {
        this.target = target;
        this.parent = Objects.requireNonNullElse(target.toAbsolutePath().getParent(), target);
        this.options = options;
    }

    /** Refuses a target that cannot be had, before any work is done. */
    void checkTarget() throws IOException {
        if (!Files.isDirectory(parent)) {
            throw new NoSuchFileException(target.toString(), null, "there is no directory " + parent);
        }
        boolean isOpen = options.format() != Format.OCI_DIRECTORY && WholeFile.isWrittenInto(target);
        if (isOpen || !Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (options.format() != Format.OCI_DIRECTORY) {
            if (Files.isDirectory(target) || !options.replace()) {
                throw new FileAlreadyExistsException(target.toString(), null, "is there already");
            }
        } else if (!isLayout() && !isEmptyDirectory()) {
            throw new FileAlreadyExistsException(
                    target.toString(),
                    null,
                    "is there already, and neither an OCI image layout nor an empty directory");
        } else if (Files.exists(new StorePaths(target).derived())) {
            throw new FileAlreadyExistsException(
                    target.toString(), null, "is a store of layerfs; images are imported into one");
        }
    }

    private boolean isLayout() {
        return Files.isRegularFile(new StorePaths(target).marker());
    }

    private boolean isEmptyDirectory() throws IOException {
        if (!Files.isDirectory(target)) {
            return false;
        }
        try (Stream<Path> files = Files.list(target)) {
            return files.findAny().isEmpty();
        }
    }

    /** How the layers are compressed: Docker's archive has no digests that compressed ones could keep. */
    static LayerCompression compression(SaveOptions options) {
        return options.format() == Format.DOCKER && options.compression().method() == LayerCompression.Method.KEEP
                ? LayerCompression.NONE
                : options.compression();
    }

    /** Writes them. */
    void write(List<OutgoingImage> images) throws IOException {
        if (options.format() == Format.OCI_DIRECTORY && Files.isDirectory(target)) {
            addTo(target, withSignaturesThere(images));
        } else if (options.format() == Format.OCI_DIRECTORY) {
            publish(path -> addTo(Files.createDirectory(path), images));
        } else {
            ImageArchive archive = new ImageArchive(images, options.format());
            if (WholeFile.isWrittenInto(target)) {
                WholeFile.writeInto(target, out -> writeTar(archive, out));
            } else {
                publish(path -> writeTar(archive, path));
            }
        }
    }

    /** Writes them to a stream, which stays open. What an archive promises, its indexes, is behind what they name. */
    static void write(List<OutgoingImage> images, OutputStream out, SaveOptions options) throws IOException {
        new ImageSave(Path.of("standard output"), options).writeTar(new ImageArchive(images, options.format()), out);
        out.flush();
    }

    /** A layout has the signatures of an image under one name, so that those which are there would be lost. */
    private List<OutgoingImage> withSignaturesThere(List<OutgoingImage> images) throws IOException {
        List<OutgoingImage> all = new ArrayList<>();
        for (OutgoingImage image : images) {
            Digest digest = image.manifest().descriptor().digest();
            boolean signed = !image.signatures().all().isEmpty();
            all.add(signed ? image.with(LayoutSignatures.read(ImageFiles.of(target), digest)) : image);
        }
        return all;
    }

    private interface Writing {
        void write(Path path) throws IOException;
    }

    /** Has something written beside the target, and renames it. */
    private void publish(Writing writing) throws IOException {
        try (SaveArea area = SaveArea.create(parent)) {
            Path temporary = area.newPath();
            writing.write(temporary);
            checkTarget();
            Durable.rename(temporary, target); // which is synced
        }
    }

    private static void delete(Path path, Throwable cause) {
        try {
            Durable.deleteTree(path);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** Deletes a directory of empty ones; what others have put there meanwhile stays. */
    private static void deleteEmpty(Path directory) {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
            for (Path child : children) {
                if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                    Files.delete(child);
                }
            }
            Files.delete(directory);
        } catch (IOException | DirectoryIteratorException e) {
            return; // it is not empty, or not there
        }
    }

    private void writeTar(ImageArchive archive, Path tar) throws IOException {
        try (NewFile file = new NewFile(tar)) {
            writeTar(archive, file);
            file.sync();
        }
        archive.check(tar);
    }

    private void writeTar(ImageArchive archive, OutputStream target) throws IOException {
        FileTarWriter out = new FileTarWriter(target);
        TreeSet<String> directories = new TreeSet<>();
        for (Map.Entry<String, ArchiveFile> entry : archive.files().entrySet()) {
            String name = entry.getKey();
            for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
                if (directories.add(name.substring(0, slash + 1))) {
                    out.directory(name.substring(0, slash + 1));
                }
            }
            try (InputStream in = open(name, entry.getValue())) {
                out.file(name, entry.getValue().size(), in);
            }
        }
        out.finish();
    }

    private InputStream open(String name, ArchiveFile file) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while saving");
        }
        return new ProgressInputStream(file.open(), name, file.size(), options.listener());
    }

    /** Adds to a layout what it has not: another process that reads it meanwhile sees the old index or the new one. */
    private void addTo(Path layout, List<OutgoingImage> images) throws IOException {
        ImageArchive archive = new ImageArchive(images, Format.OCI_DIRECTORY);
        StorePaths paths = new StorePaths(layout);
        List<Path> created = new ArrayList<>();
        try (SaveArea area = SaveArea.create(layout)) {
            Durable.makeDirectories(paths.blobs()); // whose name, and the mark's, are synced with that of the index
            for (Map.Entry<String, ArchiveFile> entry : archive.files().entrySet()) {
                Path blob = layout.resolve(entry.getKey());
                if (!Files.exists(blob) || Files.size(blob) != entry.getValue().size()) {
                    put(area, layout, entry.getKey(), entry.getValue());
                    created.add(blob);
                }
            }
            if (!Files.exists(paths.marker())) {
                Path mark = write(area, "oci-layout", ArchiveFile.of(ImageArchive.marker()));
                Durable.sync(mark);
                created.add(paths.marker());
                Files.move(mark, paths.marker(), StandardCopyOption.ATOMIC_MOVE);
            }
            byte[] index = Files.exists(paths.references())
                    ? plus(paths.references(), images)
                    : ArchiveIndex.of(images, false);
            Path last = write(area, "index.json", ArchiveFile.of(index));
            Durable.sync(last);
            created.clear(); // whatever fails from here on, the index may refer to them
            Durable.rename(last, paths.references());
        } catch (IOException | RuntimeException | Error e) {
            created.forEach(path -> delete(path, e));
            if (!Files.exists(paths.marker())) {
                deleteEmpty(paths.blobs()); // it was an empty directory, and is one again
            }
            throw e;
        }
    }

    private static byte[] plus(Path index, List<OutgoingImage> images) throws IOException {
        try (InputStream in = Files.newInputStream(index)) {
            return ArchiveIndex.plus(index.toString(), in, images);
        }
    }

    private void put(SaveArea area, Path layout, String name, ArchiveFile file) throws IOException {
        Durable.publish(write(area, name, file), layout.resolve(name));
    }

    private Path write(SaveArea area, String name, ArchiveFile file) throws IOException {
        Path temporary = area.newPath();
        try (InputStream in = open(name, file);
                OutputStream out = new BufferedOutputStream(new NewFile(temporary), 256 << 10)) {
            in.transferTo(out);
        }
        return temporary;
    }
}
