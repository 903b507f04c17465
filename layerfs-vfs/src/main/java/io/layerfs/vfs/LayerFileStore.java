package io.layerfs.vfs;

import io.layerfs.WritableView;
import java.nio.file.FileStore;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The one store of a file system: of what cannot be written, full; else as large as the quota. */
final class LayerFileStore extends FileStore {

    private final LayerFileSystem fileSystem;

    LayerFileStore(LayerFileSystem fileSystem) {
        this.fileSystem = fileSystem;
    }

    @Override
    public String name() {
        return "layerfs";
    }

    @Override
    public String type() {
        return "layerfs";
    }

    @Override
    public boolean isReadOnly() {
        return fileSystem.isReadOnly();
    }

    @Override
    public long getTotalSpace() {
        WritableView view = fileSystem.writableOrNull();
        return view == null ? 0 : view.usage().quota();
    }

    @Override
    public long getUsableSpace() {
        return getUnallocatedSpace();
    }

    @Override
    public long getUnallocatedSpace() {
        WritableView view = fileSystem.writableOrNull();
        if (view == null) {
            return 0;
        }
        WritableView.Usage usage = view.usage();
        return Math.max(0, usage.quota() - usage.used());
    }

    /** What is best read at once. */
    @Override
    public long getBlockSize() {
        return 4096;
    }

    @Override
    public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
        return AttributeViews.isSupported(Objects.requireNonNull(type));
    }

    @Override
    public boolean supportsFileAttributeView(String name) {
        return LayerFileSystem.VIEWS.contains(Objects.requireNonNull(name));
    }

    @Override
    public <V extends FileStoreAttributeView> @Nullable V getFileStoreAttributeView(Class<V> type) {
        Objects.requireNonNull(type);
        return null;
    }

    @Override
    public Object getAttribute(String attribute) {
        return switch (attribute) {
            case "totalSpace" -> getTotalSpace();
            case "usableSpace" -> getUsableSpace();
            case "unallocatedSpace" -> getUnallocatedSpace();
            default -> throw new UnsupportedOperationException("'" + attribute + "' not recognized");
        };
    }
}
