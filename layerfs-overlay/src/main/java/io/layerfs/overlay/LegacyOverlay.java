package io.layerfs.overlay;

import io.layerfs.overlay.linux.Fd;
import io.layerfs.overlay.linux.MountContext;
import io.layerfs.overlay.linux.Mounts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An overlay in one call, all options in one text: for kernels before 6.8, whose overlayfs does not take its lowers one by one.
 * Numbers of open files stand for paths, so that some two hundred layers fit in.
 */
final class LegacyOverlay {

    private LegacyOverlay() {}

    /** Mounts at {@code target}; the options mean what they do in {@link Direct}. */
    static void mount(Lower lower, Way.Wanted wanted, Fd target) throws IOException {
        List<Fd> open = new ArrayList<>();
        try {
            StringBuilder options = new StringBuilder("lowerdir=");
            Fd mount = lower.mount();
            if (mount != null) {
                options.append(mount.procPath());
            }
            for (Path directory : lower.directories()) {
                options.append(open.isEmpty() ? "" : ":").append(hold(directory, open));
            }
            UpperDirectory upper = wanted.upper();
            int readOnly = MountContext.READ_ONLY;
            if (upper != null) {
                options.append(",upperdir=").append(hold(upper.upper(), open));
                options.append(",workdir=").append(hold(upper.work(), open));
                options.append(",redirect_dir=on,metacopy=off,xino=on,index=")
                        .append(lower.hasHandles() ? "on" : "off");
                options.append(wanted.lasting() ? "" : ",volatile");
                readOnly = 0;
            }
            Mounts.mount("overlay", options.toString(), Direct.ATTRIBUTES | readOnly, target);
        } finally {
            for (Fd fd : open) {
                fd.close();
            }
        }
    }

    private static String hold(Path directory, List<Fd> open) throws IOException {
        Fd fd = Fd.path(directory);
        open.add(fd);
        return fd.procPath();
    }
}
