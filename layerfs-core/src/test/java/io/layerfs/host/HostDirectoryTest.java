package io.layerfs.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Changeset;
import io.layerfs.Entry;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import io.layerfs.Name;
import io.layerfs.tar.LayerTarWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A directory of the host that changes while it is read, and what is left out of one (red team, row 15). */
@Timeout(60)
class HostDirectoryTest {

    @TempDir
    private Path directory;

    private Path tree() throws IOException {
        Files.createDirectories(directory.resolve("tree/dir"));
        Files.writeString(directory.resolve("tree/dir/file"), "fine");
        Files.createDirectories(directory.resolve("secret"));
        Files.writeString(directory.resolve("secret/file"), "secret");
        Files.writeString(directory.resolve("secret/other"), "secret");
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            assumeTrue(stream instanceof SecureDirectoryStream, "paths are believed here");
        }
        return directory.resolve("tree");
    }

    private static Entry child(Entry directory, String name) throws IOException {
        return java.util.Objects.requireNonNull(((Entry.Directory) directory).child(Name.of(name)));
    }

    private void exchange() throws IOException {
        Files.move(directory.resolve("tree/dir"), directory.resolve("away"));
        Files.createSymbolicLink(directory.resolve("tree/dir"), directory.resolve("secret"));
    }

    @Test
    void aDirectoryThatIsExchangedForALinkIsNotEntered() throws IOException {
        Entry dir = child(HostDirectory.read(tree()).root(), "dir");
        exchange();
        assertThatThrownBy(() -> ((Entry.Directory) dir).children())
                .isInstanceOf(IOException.class)
                .hasMessage(
                        directory.toRealPath().resolve("tree/dir") + ": was exchanged for another while it was read");
    }

    @Test
    void theContentOfAFileIsNotReadElsewhere() throws IOException {
        Entry file = child(child(HostDirectory.read(tree()).root(), "dir"), "file");
        exchange();
        assertThatThrownBy(() -> ((Entry.RegularFile) file).content().read(0, ByteBuffer.allocate(10)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("was exchanged");
    }

    @Test
    void aFileThatIsExchangedForALinkIsNotFollowed() throws IOException {
        Entry file = child(child(HostDirectory.read(tree()).root(), "dir"), "file");
        Files.delete(directory.resolve("tree/dir/file"));
        Files.createSymbolicLink(directory.resolve("tree/dir/file"), directory.resolve("secret/file"));
        assertThatThrownBy(() -> ((Entry.RegularFile) file).content().read(0, ByteBuffer.allocate(10)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void whateverIsExchangedMeanwhileNoSecretIsImported() throws Exception {
        Path tree = tree();
        AtomicBoolean ended = new AtomicBoolean();
        Thread exchanging = new Thread(() -> {
            while (!ended.get()) {
                try {
                    exchange();
                    Files.delete(tree.resolve("dir"));
                    Files.move(directory.resolve("away"), tree.resolve("dir"));
                } catch (IOException e) {
                    return;
                }
            }
        });
        exchanging.start();
        int whole = 0;
        for (int i = 0; i < 300; i++) {
            ByteArrayOutputStream tar = new ByteArrayOutputStream();
            try {
                Changeset changes = HostDirectory.read(tree);
                LayerTarWriter.write(changes, tar, time -> time);
                whole++;
            } catch (IOException e) {
                assertThat(e).hasMessageMatching("(?s).*(exchanged|tree/dir).*");
            }
            assertThat(tar.toString(StandardCharsets.ISO_8859_1))
                    .doesNotContain("secretsecret")
                    .doesNotContain("other");
        }
        ended.set(true);
        exchanging.join();
        assertThat(whole).isBetween(0, 300);
    }

    @Test
    void theStoreThatLiesInTheDirectoryAndSocketsAreLeftOutAndTold() throws IOException {
        Path tree = Files.createDirectories(directory.resolve("t"));
        Files.writeString(tree.resolve("file"), "x");
        List<String> skipped = new ArrayList<>();
        try (LayerStore store = LayerStore.open(tree.resolve("sub/store"));
                ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(tree.resolve("s")));
            for (int i = 0; i < 2; i++) {
                Image image = store.importImage(
                        tree, ImportOptions.DEFAULT.withSkipped((path, why) -> skipped.add(path + ": " + why)));
                assertThat(image.layers().get(0).size()).isLessThan(10_000);
            }
        }
        assertThat(skipped.subList(0, 2))
                .containsExactlyInAnyOrder(
                        "sub/store: the store that it is imported into", "s: a socket, for which a tar has no form");
        assertThat(skipped).hasSize(4);
    }

    /** What a path costs must not grow with where it is: on the way up from a file, Java finds its mount. */
    @Test
    void aThousandNestedDirectoriesAreImported() throws IOException {
        Path nested = directory.resolve("nested");
        Path deep = nested;
        for (int i = 0; i < 1000; i++) {
            deep = deep.resolve("d");
        }
        Files.createDirectories(deep);
        try (LayerStore store = LayerStore.open(directory.resolve("store"))) {
            Image image = store.importImage(nested, ImportOptions.DEFAULT);
            assertThat(image.layers().get(0).size()).isGreaterThan(1000 * 512);
        }
        Durable.deleteTree(nested); // what JUnit takes minutes for
    }
}
