package io.layerfs.overlay;

import io.layerfs.Attributes;
import io.layerfs.FileType;
import io.layerfs.Stat;
import io.layerfs.View;
import io.layerfs.Xattrs;
import io.layerfs.overlay.linux.Fd;
import io.layerfs.overlay.linux.FileXattrs;
import io.layerfs.overlay.linux.Making;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The two directories in which overlayfs keeps what is changed.
 *
 * @param upper what was changed
 * @param work what overlayfs needs beside it: copies in the making, and the index of files with several names
 */
record UpperDirectory(Path upper, Path work) {

    /** The handle of the upper directory, kept by its index (the kernel's fs/overlayfs/namei.c, ovl_verify_upper). */
    private static final String PLACE = "trusted.overlay.upper";

    private static final String VOLATILE = "work/work/incompat/volatile";

    /** The directories that are left of a mount by a volatile overlayfs in which nothing was changed, each before its parent. */
    private static final List<String> UNCHANGED =
            List.of("upper", "work/index", VOLATILE, "work/work/incompat", "work/work", "work", MountPoint.ROOT);

    /** That of {@code directory}, which has one. */
    static UpperDirectory in(Path directory) {
        return new UpperDirectory(directory.resolve("upper"), directory.resolve("work"));
    }

    /** Deletes what is left in a mount's area without looking what it is, where nothing was changed; else leaves some of it. */
    static void deleteUnchanged(Path directory) {
        try (Fd in = Fd.path(directory)) {
            Making.remove(in, VOLATILE + "/dirty", false);
            for (String name : UNCHANGED) {
                Making.remove(in, name, true);
            }
        } catch (IOException e) {
            return; // something was changed, or is not ours to delete: who looks will say so
        }
    }

    /**
     * Has overlayfs forget which directory the index of copied files is of, which it notes by its inode: that of a store that was
     * copied is another, though all is there. What the index says of the image below is still verified, file by file. Answers
     * whether there was a note.
     */
    boolean forgetPlace() throws IOException {
        try (Fd index = Fd.directory(work.resolve(UpperReader.INDEX))) {
            return FileXattrs.remove(index, "", PLACE);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Makes one in {@code directory}: nothing is changed, so that its root looks as that of the image. */
    static UpperDirectory create(Path directory, View image, OverlayForm form, Ownership ownership) throws IOException {
        UpperDirectory made = in(directory);
        Files.createDirectory(made.upper);
        Files.createDirectory(made.work);
        Stat stat = image.stat(image.root());
        Xattrs xattrs = image.xattrs(image.root());
        try (Fd root = Fd.directory(made.upper)) {
            Attributes attributes = new Attributes(stat.mode(), stat.uid(), stat.gid(), stat.mtime(), xattrs);
            ownership.set(root, ".", FileType.DIRECTORY, attributes);
            for (String name : xattrs.names()) {
                if (ownership.keeps(name)) {
                    FileXattrs.set(root, "", form.inLayer(name), Objects.requireNonNull(xattrs.get(name)));
                }
            }
            Making.time(root, ".", stat.mtime());
        }
        return made;
    }
}
