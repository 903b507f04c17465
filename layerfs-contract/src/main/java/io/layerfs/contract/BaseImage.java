package io.layerfs.contract;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The image that the tests start from: three layers, with everything in them in which union file systems went wrong. */
final class BaseImage {

    private static final Instant TIME = Instant.ofEpochSecond(1_500_000_000);

    private BaseImage() {}

    private static Attributes mode(int mode) {
        return new Attributes(mode, 0, 0, TIME.plusSeconds(mode), Xattrs.NONE);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Makes it; without hard links, each name has a file of its own. Where it is not for root, it has no file that only root can
     * write, and none that changes its mode unless root writes it.
     */
    static Image make(LayerStore store, boolean hardLinks, boolean forRoot) throws IOException {
        ChangesetBuilder base = new ChangesetBuilder()
                .directory("", mode(0755))
                .directory("dir", mode(0755))
                .file("dir/a", mode(0644), text("hello"))
                .file("dir/b", mode(0600), Tree.bytes(150_000).array())
                .directory("dir/sub", mode(0750))
                .file("dir/sub/x", mode(0644), text("x of the base"))
                .directory("dir/sub/deep", mode(0755))
                .file("dir/sub/deep/y", mode(forRoot ? 0444 : 0644), text("y"))
                .file("f", mode(0644), text("a file"))
                .file("empty", mode(0644), new byte[0])
                .file("su", mode(forRoot ? 04755 : 0755), text("setuid"))
                .file(
                        "xattrs",
                        new Attributes(
                                0644, 0, 0, TIME, Xattrs.of(Map.of("user.k", text("v"), "user.other", text("w")))),
                        text("with xattrs"))
                .symlink("l", mode(0777), "dir/a")
                .symlink("ld", mode(0777), "dir")
                .symlink("dangling", mode(0777), "nowhere")
                .symlink("loop", mode(0777), "loop")
                .symlink("lf", mode(0777), "f")
                .directory("tmp", mode(01777))
                .directory("sg", mode(02775))
                .directory("gone", mode(0755))
                .file("gone/old", mode(0644), text("gone"))
                .directory("opq", mode(0755))
                .file("opq/old", mode(0644), text("old"))
                .file("opq/both", mode(0644), text("both, below"))
                .directory("filled", mode(0755))
                .directory("hollow", mode(0755))
                .file("hollow/only", mode(0644), text("only"));
        if (hardLinks) {
            base.hardLink("dir/c", "dir/b").hardLink("h", "f").hardLink("dir/h", "f");
        } else {
            base.file("dir/c", mode(0600), Tree.bytes(150_000).array());
            base.file("h", mode(0644), text("a file")).file("dir/h", mode(0644), text("a file"));
        }
        for (int i = 0; i < 30; i++) {
            base.file("filled/n" + i, mode(0644), text("" + i));
        }
        ChangesetBuilder second = new ChangesetBuilder()
                .whiteout("gone")
                .directory("opq", mode(0755))
                .opaque("opq")
                .file("opq/both", mode(0640), text("both, above"))
                .file("dir/sub/x", mode(0644), text("x of the second"))
                .whiteout("hollow/only")
                .file("second", mode(0644), text("second"));
        ChangesetBuilder third = new ChangesetBuilder()
                .directory("gone", mode(0700))
                .file("gone/new", mode(0644), text("anew"))
                .file("big", mode(0644), Tree.bytes(1 << 20).array());
        return store.createImage(
                List.of(store.add(base.build()), store.add(second.build()), store.add(third.build())),
                new Platform("linux", "amd64", null));
    }
}
