package io.layerfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.SaveOptions.Format;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is not saved, what is not replaced, and which files of others are passed over. */
class SaveRefusalsTest extends SavedImage {

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 1;
        Files.write(file, bytes);
    }

    private static byte[] flipped(byte[] sound) {
        byte[] bytes = sound.clone();
        bytes[bytes.length / 2] ^= 4;
        return bytes;
    }

    @Test
    void manifestsThatDoNotNameTheSameFilesArePassedOver() throws IOException {
        Path layout = save("layout", options(Format.OCI_DIRECTORY, LayerCompression.NONE));
        List<String> blobs = image.diffIds().stream()
                .map(id -> "\"blobs/sha256/" + id.encoded() + "\"")
                .toList();
        String head = "[{\"Config\":\"blobs/sha256/" + image.configDigest().encoded()
                + "\",\"RepoTags\":[\"a:1\"],\"Layers\":[";
        Files.writeString(layout.resolve("manifest.json"), head + String.join(",", blobs) + "]}]");
        Digest manifest = image.digest();
        try (LayerStore other = LayerStore.open(directory.resolve("agreeing"))) {
            assertThat(other.importImage(layout, ImportOptions.DEFAULT).digest())
                    .isEqualTo(manifest);
        }
        Path copy = layout.resolve("copy.tar");
        Files.copy(layout.resolve("blobs/sha256/" + image.diffIds().get(0).encoded()), copy);
        Files.writeString(
                layout.resolve("manifest.json"), head + "\"copy.tar\"," + blobs.get(1) + "," + blobs.get(2) + "]}]");
        String tar = Files.readString(copy, StandardCharsets.ISO_8859_1);
        Files.writeString(copy, tar.replace("hello", "hallo"), StandardCharsets.ISO_8859_1);
        try (LayerStore other = LayerStore.open(directory.resolve("differing"))) {
            assertThatThrownBy(() -> other.importImage(layout, ImportOptions.DEFAULT))
                    .isInstanceOf(DigestMismatchException.class)
                    .hasMessageContaining("copy.tar");
        }
        // the order of the layers in the manifest is wrong, as in archives of Docker 25.0.0
        Files.writeString(layout.resolve("manifest.json"), head + String.join(",", blobs) + "]}]");
        replaceManifest(layout, text -> {
            if (!text.contains("\"layers\"")) {
                return text;
            }
            int first = text.indexOf("{\"mediaType\"", text.indexOf("\"layers\""));
            int second = text.indexOf("{\"mediaType\"", first + 1);
            int third = text.indexOf("{\"mediaType\"", second + 1);
            return text.substring(0, first)
                    + text.substring(second, third)
                    + text.substring(first, second)
                    + text.substring(third);
        });
        try (LayerStore other = LayerStore.open(directory.resolve("swapped"))) {
            assertThat(other.importImage(layout, ImportOptions.DEFAULT).diffIds())
                    .isEqualTo(image.diffIds());
        }
    }

    @Test
    void whatIsDamagedInTheStoreIsNotSaved() throws IOException {
        Path saved = save("gzip.tar", options(Format.OCI, LayerCompression.GZIP));
        Path other = directory.resolve("damaged");
        try (LayerStore damaged = LayerStore.open(other)) {
            Image read = damaged.importImage(saved, ImportOptions.DEFAULT);
            Files.delete(saved);
            List<Path> blobs;
            try (Stream<Path> files = Files.list(other.resolve("blobs/sha256"))) {
                blobs = files.sorted().toList();
            }
            assertThat(blobs).hasSize(6);
            int refused = 0;
            for (Path blob : blobs) {
                byte[] sound = Files.readAllBytes(blob);
                for (byte[] bytes : List.of(flipped(sound), Arrays.copyOf(sound, sound.length - 1))) {
                    Files.write(blob, bytes);
                    for (SaveOptions options : List.of(
                            options(Format.BOTH, LayerCompression.KEEP),
                            options(Format.OCI_DIRECTORY, LayerCompression.NONE),
                            options(Format.DOCKER, LayerCompression.GZIP),
                            options(Format.OCI, LayerCompression.ZSTD))) {
                        try {
                            damaged.save(read, out.resolve("target"), options);
                            io.layerfs.host.Durable.deleteTree(out.resolve("target")); // did not need that blob
                        } catch (DigestMismatchException e) {
                            refused++;
                            assertThat(e.getMessage())
                                    .contains(blob.getFileName().toString());
                        }
                        assertThat(out).isEmptyDirectory();
                        assertThat(LayerStoreTest.unfinished(other)).isEmpty();
                    }
                }
                Files.write(blob, sound);
            }
            // manifest and config are needed by all; a layer as a tar or as it came
            assertThat(refused).isEqualTo(2 * (2 * 4 + 2 * 3 + 2));
        }
    }

    @Test
    void whatIsThereIsNotReplacedUnlessToldSo() throws IOException {
        Path tar = Files.writeString(out.resolve("a.tar"), "precious");
        assertThatThrownBy(() -> save("a.tar", SaveOptions.DEFAULT)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(tar).hasContent("precious");
        save("a.tar", SaveOptions.DEFAULT.replacing());
        assertThat(Files.size(tar)).isGreaterThan(100_000);
        Path files = Files.createDirectory(out.resolve("dir"));
        Files.writeString(files.resolve("x"), "precious");
        SaveOptions intoDirectory = options(Format.OCI_DIRECTORY, LayerCompression.KEEP);
        for (SaveOptions options : List.of(SaveOptions.DEFAULT.replacing(), intoDirectory.replacing(), intoDirectory)) {
            assertThatThrownBy(() -> save("dir", options)).isInstanceOf(FileAlreadyExistsException.class);
        }
        assertThatThrownBy(() -> store.save(image, root, intoDirectory))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining("is a store");
        assertThatThrownBy(() -> save("no/where.tar", SaveOptions.DEFAULT)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> save("a.tar/where.tar", SaveOptions.DEFAULT)).isInstanceOf(FileSystemException.class);
        try (Stream<Path> left = Files.list(out)) {
            assertThat(left).containsExactlyInAnyOrder(tar, files);
        }
    }

    @Test
    void toALayoutImagesAreAdded() throws IOException {
        SaveOptions options = options(Format.OCI_DIRECTORY, LayerCompression.KEEP);
        Path layout = Files.createDirectory(out.resolve("layout"));
        store.save(image, layout, options.withNames(List.of("one", "two")));
        Path index = layout.resolve("index.json");
        Files.writeString(
                index,
                Files.readString(index).replace("\"schemaVersion\":2,", "\"schemaVersion\":2,\"x\":{\"y\":[1]},"));
        List<String> before = LayerStoreTest.listing(layout.resolve("blobs"));
        Image next = store.plus(
                image, store.add(new ChangesetBuilder().whiteout("srv").build()), History.of("more"), "next");
        store.save(next, layout, options.withNames(List.of("two")));
        store.save(next, layout, options.withNames(List.of("two")));
        assertThat(LayerStoreTest.listing(layout.resolve("blobs")))
                .containsAll(before)
                .hasSize(before.size() + 3);
        assertThat(Files.readString(index)).contains("\"x\":{\"y\":[1]}");
        try (LayerStore other = LayerStore.open(directory.resolve("other"))) {
            assertThat(other.importImage(layout, ImportOptions.DEFAULT.withReference("one")))
                    .isEqualTo(image);
            assertThat(other.importImage(layout, ImportOptions.DEFAULT.withReference("two")))
                    .isEqualTo(next);
        }
        flip(root.resolve("blobs/sha256").resolve(image.diffIds().get(1).encoded()), 600);
        Files.delete(
                layout.resolve("blobs/sha256").resolve(image.diffIds().get(1).encoded()));
        List<String> sound = LayerStoreTest.listing(layout);
        assertThatThrownBy(() -> store.save(image, layout, options)).isInstanceOf(DigestMismatchException.class);
        assertThat(LayerStoreTest.listing(layout)).isEqualTo(sound);
    }

    @Test
    void namesThatDockerRefusesAreRefused() throws IOException {
        for (String name : List.of("App:1", "a+b", "a/b/C", "app@1", "a:1:2")) {
            SaveOptions options = SaveOptions.DEFAULT.withNames(List.of(name));
            for (Format format : List.of(Format.DOCKER, Format.BOTH)) {
                assertThatThrownBy(() -> save("x.tar", options.withFormat(format)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(name);
            }
            Files.delete(save("x.tar", options.withFormat(Format.OCI)));
        }
        assertThatThrownBy(() -> save("x.tar", SaveOptions.DEFAULT.withNames(List.of("a", "a:latest"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        save("x.tar", options(Format.OCI, LayerCompression.KEEP).withNames(List.of("../x"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(out).isEmptyDirectory();
        for (String name : List.of("app", "localhost:5000/a/b", "r.example/a", "team/app:v1.0")) {
            Files.delete(save("x.tar", SaveOptions.DEFAULT.withNames(List.of(name))));
        }
        store.untag("team/app:1");
        image = store.image(image.digest().toString());
        assertThat(new String(entries(save("x.tar", SaveOptions.DEFAULT)).get("manifest.json"), StandardCharsets.UTF_8))
                .contains("\"RepoTags\":[]");
    }

    @Test
    void anInterruptLeavesNothing() throws IOException {
        for (LayerCompression compression :
                List.of(LayerCompression.KEEP, LayerCompression.GZIP, LayerCompression.ZSTD)) {
            SaveOptions options = options(Format.BOTH, compression)
                    .withListener((what, done, total) -> Thread.currentThread().interrupt());
            assertThatThrownBy(() -> save("x.tar", options)).isInstanceOf(IOException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(out).isEmptyDirectory();
            assertThat(LayerStoreTest.unfinished(root)).isEmpty();
        }
        save("x.tar", SaveOptions.DEFAULT);
    }

    /** The mark of the layout was written after the index: where that failed, blobs were taken back that the index had. */
    @Test
    void whatFailsWhereverItDoesLeavesNoIndexOfBlobsThatAreGone() throws IOException {
        for (String file : List.of("blobs", "oci-layout", "index.json")) {
            SaveOptions options = options(Format.OCI_DIRECTORY, LayerCompression.KEEP)
                    .withListener((what, done, total) -> {
                        if (what.startsWith(file)) {
                            throw new IllegalStateException("planted");
                        }
                    });
            Path layout = Files.createDirectory(out.resolve("layout"));
            assertThatThrownBy(() -> save("layout", options)).hasMessage("planted");
            assertThat(layout.resolve("index.json")).as(file).doesNotExist();
            assertThat(layout.resolve("oci-layout")).as(file).doesNotExist();
            save("layout", options(Format.OCI_DIRECTORY, LayerCompression.KEEP));
            try (LayerStore other = LayerStore.open(directory.resolve("of " + file))) {
                assertThat(other.importImage(layout, ImportOptions.DEFAULT)).isNotNull();
            }
            io.layerfs.host.Durable.deleteTree(layout);
        }
    }
}
