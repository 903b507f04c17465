package io.layerfs.contract;

import io.layerfs.FileType;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerPath;
import io.layerfs.LayerStore;
import io.layerfs.MalformedLayerException;
import io.layerfs.Platform;
import io.layerfs.View;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/**
 * Random stacks of the layers that nobody would make by hand and every reader meets: removals below files and below what is
 * not there, opaque directories that are only implied, opaque roots, files in the place of directories and directories in the
 * place of links, hard links to what the same layer removes, and links to links.
 */
final class OddStacks {

    private static final Platform PLATFORM = new Platform("linux", "amd64", null);
    private static final int MAX_LAYERS = 5;
    private static final int MAX_ENTRIES = 8;

    private final boolean links;
    private final Random random;
    private final StringBuilder said = new StringBuilder();

    private OddStacks(long seed, boolean links) {
        this.links = links;
        this.random = new Random(seed);
    }

    /**
     * The images of one stack: of its base alone, of two layers, and so on to all.
     *
     * @param links whether there are hard links
     * @param said gets the layers, for people
     */
    static List<Image> make(LayerStore store, long seed, boolean links, StringBuilder said) throws IOException {
        OddStacks stacks = new OddStacks(seed, links);
        List<Layer> layers = new ArrayList<>();
        List<Image> images = new ArrayList<>();
        for (int depth = 1 + stacks.random.nextInt(MAX_LAYERS); depth > 0; depth--) {
            List<String> below = images.isEmpty() ? List.of() : files(store.view(images.get(images.size() - 1)));
            layers.add(stacks.add(store, below));
            images.add(store.createImage(List.copyOf(layers), PLATFORM));
        }
        said.append(stacks.said);
        return images;
    }

    /** A layer that the store takes: what is ambiguous, such as a link to what comes behind it, is refused. */
    private Layer add(LayerStore store, List<String> below) throws IOException {
        while (true) {
            PlainTar tar = layer(below);
            try {
                Layer layer = store.add(new ByteArrayInputStream(tar.bytes()));
                said.append("  layer:").append(tar).append('\n');
                return layer;
            } catch (MalformedLayerException e) {
                // another one, then
            }
        }
    }

    /** A layer as other tools write one: whatever they say in whatever order, and links before what hides their targets. */
    private PlainTar layer(List<String> below) {
        PlainTar tar = new PlainTar(random);
        for (int i = 1 + random.nextInt(MAX_ENTRIES); i > 0; i--) {
            String path = path();
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> tar.file(whiteout(path), "");
                case 3 -> tar.file(path + "/.wh..wh..opq", "");
                case 4 -> {
                    if (random.nextInt(3) == 0) {
                        tar.file(".wh..wh..opq", "");
                    }
                }
                case 5 -> tar.directory(path, 0700 + random.nextInt(64));
                case 6 -> tar.symlink(path, path());
                case 7 -> {
                    if (links && !below.isEmpty()) {
                        link(tar, path + "-" + i, below.get(random.nextInt(below.size())));
                    }
                }
                default -> tar.file(path, path + i);
            }
        }
        return tar;
    }

    /** A link to a file below, at times a link to that link, and at times the file is removed. */
    private void link(PlainTar tar, String path, String target) {
        tar.link(path, target);
        if (random.nextBoolean()) {
            tar.link(path() + "=", path);
        }
        if (random.nextBoolean()) {
            tar.file(whiteout(target), "");
        }
    }

    private static String whiteout(String path) {
        int name = path.lastIndexOf('/') + 1;
        return path.substring(0, name) + ".wh." + path.substring(name);
    }

    private String path() {
        StringBuilder path = new StringBuilder();
        for (int depth = 1 + random.nextInt(3); depth > 0; depth--) {
            path.append(path.length() == 0 ? "" : "/").append((char) ('a' + random.nextInt(3)));
        }
        return path.toString();
    }

    private static List<String> files(View view) throws IOException {
        List<String> files = new ArrayList<>();
        gather(view, view.root(), LayerPath.ROOT, files);
        return files;
    }

    private static void gather(View view, long directory, LayerPath path, List<String> files) throws IOException {
        for (Iterator<View.Dirent> i = view.list(directory); i.hasNext(); ) {
            View.Dirent entry = i.next();
            LayerPath child = path.resolve(entry.name());
            if (entry.type() == FileType.DIRECTORY) {
                gather(view, entry.inode(), child, files);
            } else {
                files.add(child.toString());
            }
        }
    }
}
