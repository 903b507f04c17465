package io.layerfs.contract;

import io.layerfs.Changeset;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

/** The control: a plain directory against a plain directory must pass, or a test asks for what Linux does not promise. */
class PlainDirectoryTest extends MountContract {

    @TempDir
    Path mounts;

    private int count;

    @Override
    protected Mount mount(LayerStore store, Image image) throws IOException {
        Path root = mounts.resolve("mount" + count++);
        Unpacked.unpack(store.view(image), root);
        return new Mount() {
            @Override
            public Path root() {
                return root;
            }

            @Override
            public Changeset changes() {
                return new ChangesetBuilder().build();
            }

            @Override
            public String description() {
                return "a plain directory";
            }

            @Override
            public Mount fork() {
                throw new UnsupportedOperationException("a plain directory has no forks");
            }

            @Override
            public ProcessBuilder command(String... command) {
                throw new UnsupportedOperationException("a plain directory runs nothing");
            }

            @Override
            public void close() throws IOException {
                Unpacked.delete(root);
            }
        };
    }

    @Override
    protected Set<Capability> capabilities() {
        return Set.of(
                Capability.DIRECTORY_RENAME,
                Capability.STABLE_INODES,
                Capability.SUBDIRECTORY_COUNT,
                Capability.HARD_LINKS,
                Capability.FAILED_RENAME_CHANGES_NOTHING);
    }
}
