package io.layerfs.examples.command;

import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.View;
import io.layerfs.WritableView;
import io.layerfs.examples.terminal.Text;
import io.layerfs.vfs.LayerFileSystems;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;

/** The files of an image or of a writable view, through {@code java.nio.file}. */
final class ImageFiles implements AutoCloseable {

    private final FileSystem files;
    private final Closeable view;

    private ImageFiles(View view, Closeable close) {
        this.files = LayerFileSystems.open(view);
        this.view = close;
    }

    static ImageFiles open(LayerStore store, Image image) throws IOException {
        return new ImageFiles(store.view(image), () -> {});
    }

    private static ImageFiles ofView(StoredView view) {
        return new ImageFiles(view.view(), view);
    }

    /** Of a view that is to be changed: the kernel's are, in a mount of theirs alone. */
    static ImageFiles openToChange(LayerStore store, String view) throws IOException {
        WritableView opened = store.openView(view);
        return new ImageFiles(opened, opened);
    }

    /** Of the view that has this name, else of the image. */
    static ImageFiles open(LayerStore store, String reference) throws IOException, Failure {
        return References.isView(store, reference)
                ? ofView(StoredView.open(store, reference))
                : open(store, References.find(store, reference));
    }

    /** The path that an argument spells, from the root even where it does not start with a slash. */
    Path path(String argument) {
        return files.getPath("/").resolve(Text.parse(argument));
    }

    @Override
    public void close() throws IOException {
        try (Closeable closed = view) {
            files.close();
        }
    }
}
