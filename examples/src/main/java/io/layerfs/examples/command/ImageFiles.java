package io.layerfs.examples.command;

import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.examples.terminal.Text;
import io.layerfs.vfs.LayerFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;

/** The files of an image, through {@code java.nio.file}. */
final class ImageFiles implements AutoCloseable {

    private final FileSystem files;

    private ImageFiles(FileSystem files) {
        this.files = files;
    }

    static ImageFiles open(LayerStore store, Image image) throws IOException {
        return new ImageFiles(LayerFileSystems.open(store.view(image)));
    }

    /** The path that an argument spells, from the root even where it does not start with a slash. */
    Path path(String argument) {
        return files.getPath("/").resolve(Text.parse(argument));
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}
