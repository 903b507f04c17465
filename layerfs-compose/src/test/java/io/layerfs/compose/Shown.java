package io.layerfs.compose;

import io.layerfs.Entry;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.vfs.LayerFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What images show and what layers say, as text. */
final class Shown {

    private Shown() {}

    /** Each file below the root: path, type, mode, owner, time in seconds. */
    static List<String> tree(LayerStore store, Image image) throws IOException {
        try (FileSystem files = LayerFileSystems.open(store.view(image));
                Stream<Path> paths = Files.walk(files.getPath("/"))) {
            List<String> lines = new ArrayList<>();
            for (Path path : paths.skip(1).toList()) {
                lines.add(line(path));
            }
            return lines;
        }
    }

    static String file(LayerStore store, Image image, String path) throws IOException {
        try (FileSystem files = LayerFileSystems.open(store.view(image))) {
            return line(files.getPath(path));
        }
    }

    private static String line(Path path) throws IOException {
        Map<String, Object> unix =
                Files.readAttributes(path, "unix:mode,uid,gid,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
        int mode = (Integer) unix.get("mode");
        Instant time =
                Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toInstant();
        return String.format(
                "%s %o %d:%d %d",
                path, mode, (Integer) unix.get("uid"), (Integer) unix.get("gid"), time.getEpochSecond());
    }

    static String text(LayerStore store, Image image, String path) throws IOException {
        try (FileSystem files = LayerFileSystems.open(store.view(image))) {
            return Files.readString(files.getPath(path));
        }
    }

    static boolean has(LayerStore store, Image image, String path) throws IOException {
        try (FileSystem files = LayerFileSystems.open(store.view(image))) {
            return Files.exists(files.getPath(path), LinkOption.NOFOLLOW_LINKS);
        }
    }

    /** What a layer lists, without the directories that it implies. */
    static List<String> said(Layer layer) throws IOException {
        List<String> said = new ArrayList<>();
        layer.changeset().walk((path, entry) -> {
            if (entry instanceof Entry.Whiteout) {
                said.add("- " + path);
            } else if (!(entry instanceof Entry.Directory directory && directory.implicit())) {
                said.add("+ " + path);
            } else if (((Entry.Directory) entry).opaque()) {
                said.add("opaque " + path);
            }
        });
        return said;
    }

    static Layer top(Image image) {
        return image.layers().get(image.layers().size() - 1);
    }
}
