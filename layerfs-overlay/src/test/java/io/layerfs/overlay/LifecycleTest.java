package io.layerfs.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Entry;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.Name;
import io.layerfs.UntrustedImageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How mounts begin and end: what they leave, what stands in their way, what is done for those that died. */
class LifecycleTest extends MountedStore {

    @Test
    void anImageThatIsRefusedIsNotMounted() throws IOException {
        for (MountOptions options : List.of(MountOptions.READ_ONLY, MountOptions.DISPOSABLE, MountOptions.named("n"))) {
            assertThatThrownBy(() -> backend.mount(store, image, options.withPolicy(candidate -> {
                        throw new UntrustedImageException("not " + candidate.digest());
                    })))
                    .isInstanceOf(UntrustedImageException.class)
                    .hasMessage("not " + image.digest());
        }
        assertThat(store.views()).isEmpty();
        assertThat(areas()).isEmpty();
    }

    @Test
    void aMountThatIsInUseIsNotTakenAway() throws IOException {
        OverlayMount mount = (OverlayMount) backend.mount(store, image, MountOptions.DISPOSABLE);
        try (InputStream open = Files.newInputStream(mount.root().resolve("g"))) {
            assertThatThrownBy(mount::close)
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("busy")
                    .hasMessageContaining(mount.root().toString());
            assertThat(mount.root().resolve("g")).hasContent("g");
            assertThat(open.read()).isEqualTo('g');
        }
        mount.close();
        mount.close();
        assertThatThrownBy(mount::changes).isInstanceOf(IOException.class).hasMessageContaining("closed");
    }

    @Test
    void lazilyItIsTakenAwayFromThoseWhoLookForIt() throws IOException {
        OverlayMount mount = (OverlayMount) backend.mount(store, image, MountOptions.DISPOSABLE);
        try (InputStream open = Files.newInputStream(mount.root().resolve("g"))) {
            mount.closeLazily();
            assertThat(mount.root()).doesNotExist();
            assertThat(open.readAllBytes()).isEqualTo(text("g"));
        }
    }

    @Test
    void aReadOnlyMountCannotBeWritten() throws IOException {
        try (Mount mount = backend.mount(store, image, MountOptions.READ_ONLY)) {
            assertThatThrownBy(() -> Files.writeString(mount.root().resolve("g"), "x"))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("Read-only file system");
            assertThat(mount.description()).contains("read-only");
        }
    }

    @Test
    void whatHasANameIsThereAgain() throws IOException {
        try (Mount mount = backend.mount(store, image, MountOptions.named("work"))) {
            Files.writeString(mount.root().resolve("dir/f"), "changed");
            Files.move(mount.root().resolve("dir"), mount.root().resolve("moved"));
            assertThatThrownBy(() -> backend.open(store, "work")).hasMessageContaining("in use");
        }
        try (Mount mount = backend.open(store, "work")) {
            assertThat(mount.root().resolve("moved/f")).hasContent("changed");
            assertThat(mount.root().resolve("dir")).doesNotExist();
            assertThat(mount.changes().root().child(Name.of("dir"))).isInstanceOf(Entry.Whiteout.class);
        }
        assertThatThrownBy(() -> backend.mount(store, image, MountOptions.named("work")))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> store.openView("work")).hasMessageContaining("'overlay'");
        assertThat(store.views().get(0).backend()).isEqualTo("overlay");
        assertThat(store.dropView("work")).isTrue();
        assertThatThrownBy(() -> backend.open(store, "work")).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void whatAProcessThatDiedHadMountedIsTakenAway() throws Exception {
        Path at = Files.createDirectory(directory.toRealPath().resolve("at"));
        Process process = MountAndWait.start(directory.resolve("store"), image, at);
        assertThat(process.inputReader().readLine()).isEqualTo("mounted");
        assertThat(areas()).hasSize(3);
        process.destroyForcibly().waitFor();
        assertThat(mounts()).hasSizeGreaterThan(mountsBefore.size());

        backend.mount(store, image, MountOptions.READ_ONLY).close();

        assertThat(at).isEmptyDirectory();
        try (Mount mount = backend.open(store, "died")) {
            assertThat(mount.root().resolve("new")).hasContent("new");
        }
    }

    @Test
    void theSameWhereThisProcessHasMountedBefore() throws Exception {
        backend.mount(store, image, MountOptions.READ_ONLY).close();
        Path at = Files.createDirectory(directory.toRealPath().resolve("at"));
        Process process = MountAndWait.start(directory.resolve("store"), image, at);
        assertThat(process.inputReader().readLine()).isEqualTo("mounted");
        process.destroyForcibly().waitFor();

        backend.mount(store, image, MountOptions.READ_ONLY).close();

        assertThat(at).isEmptyDirectory();
    }

    @Test
    void whatOthersMountedInTheMeantimeStays() throws Exception {
        Path at = Files.createDirectory(directory.toRealPath().resolve("at"));
        Process process = MountAndWait.start(directory.resolve("store"), image, at);
        assertThat(process.inputReader().readLine()).isEqualTo("mounted");
        process.destroyForcibly().waitFor();
        run("umount", at.toString());
        run("mount", "-t", "tmpfs", "somebody-elses", at.toString());
        try {
            backend.mount(store, image, MountOptions.READ_ONLY).close();
            assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).contains(" " + at + " ");
        } finally {
            run("umount", at.toString());
        }
    }

    @Test
    void quotasAndForksAreRefusedAsWhatTheyAre() throws IOException {
        assertThatThrownBy(() -> backend.mount(store, image, MountOptions.DISPOSABLE.withQuota(1 << 20)))
                .isInstanceOf(UnsupportedOperationException.class);
        try (Mount mount = backend.mount(store, image, MountOptions.DISPOSABLE)) {
            assertThatThrownBy(mount::fork).isInstanceOf(UnsupportedOperationException.class);
        }
    }
}
