package io.layerfs.faults;

import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.ProgressListener;
import io.layerfs.Verification;
import io.layerfs.ViewInfo;
import io.layerfs.WritableView;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.ImageConfig;
import io.layerfs.oci.Index;
import io.layerfs.oci.Manifest;
import io.layerfs.upper.ViewLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a store holds, and what was saved beside it, all of it verified.
 *
 * @param lines what there is, by its names
 * @param blobs what its blobs are called
 */
record StoreState(List<String> lines, Set<String> blobs) {

    private static final String MARK = "{\"imageLayoutVersion\":\"1.0.0\"}";

    /** Reads {@code store}, {@code layout} and {@code archive} in a directory, and fails where anything is not whole. */
    static StoreState read(Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        Path root = directory.resolve("store");
        try (LayerStore store = LayerStore.open(root)) {
            for (Image image : store.images()) {
                lines.add(image.digest() + " " + image.tags() + " " + image.diffIds() + " "
                        + store.signatures(image).size());
                ViewLines.of(store.view(image));
            }
            for (ViewInfo info : store.views()) {
                try (WritableView view = store.openView(info.name())) {
                    ViewLines.of(view).forEach(line -> lines.add(info.name() + " " + line));
                }
            }
            Verification found = store.verify(ProgressListener.NONE);
            if (!found.findings().isEmpty()) {
                throw new AssertionError(found.findings());
            }
        }
        // other tools read it
        if (!Files.readString(root.resolve("oci-layout")).equals(MARK)) {
            throw new AssertionError("the mark of the layout is torn");
        }
        TreeSet<String> blobs = new TreeSet<>();
        try (Stream<Path> files = Files.list(root.resolve("blobs/sha256"))) {
            files.forEach(file -> blobs.add(file.getFileName().toString()));
        } catch (java.nio.file.NoSuchFileException e) {
            blobs.clear();
        }
        addLayout(directory.resolve("layout"), lines);
        Path archive = directory.resolve("archive");
        if (Files.exists(archive)) {
            lines.add("archive " + Digest.sha256(Files.readAllBytes(archive)));
        }
        return new StoreState(lines, blobs);
    }

    /** A layout whose mark is there is whole: other tools may look at it. */
    private static void addLayout(Path layout, List<String> lines) throws IOException {
        if (!Files.exists(layout.resolve("oci-layout"))) {
            return;
        }
        if (!Files.readString(layout.resolve("oci-layout")).equals(MARK)) {
            throw new AssertionError("the mark of the saved layout is torn");
        }
        Path index = layout.resolve("index.json");
        for (Descriptor image :
                Index.parse("the layout", Files.readAllBytes(index), null).manifests()) {
            Manifest manifest = Manifest.parse("its manifest", blob(layout, image), image.mediaType());
            ImageConfig config = ImageConfig.parse("its config", blob(layout, manifest.config()));
            for (Descriptor layer : manifest.layers()) {
                blob(layout, layer);
            }
            lines.add("layout " + image.digest() + " " + image.annotations() + " " + config.diffIds());
        }
        try (Stream<Path> files = Files.list(layout.resolve("blobs/sha256"))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (!Digest.sha256(Files.readAllBytes(file))
                        .encoded()
                        .equals(file.getFileName().toString())) {
                    throw new AssertionError("a blob of the layout is torn: " + file);
                }
            }
        }
    }

    private static byte[] blob(Path layout, Descriptor descriptor) throws IOException {
        byte[] bytes = Files.readAllBytes(
                layout.resolve("blobs/sha256").resolve(descriptor.digest().encoded()));
        descriptor.check("a blob of the layout", bytes);
        return bytes;
    }
}
