package io.layerfs.vfs;

import java.nio.file.FileStore;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;
import org.jspecify.annotations.Nullable;

/** The one store of a file system: read-only, and full. */
final class LayerFileStore extends FileStore {

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
        return true;
    }

    @Override
    public long getTotalSpace() {
        return 0;
    }

    @Override
    public long getUsableSpace() {
        return 0;
    }

    @Override
    public long getUnallocatedSpace() {
        return 0;
    }

    /** What is best read at once. */
    @Override
    public long getBlockSize() {
        return 4096;
    }

    @Override
    public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
        return AttributeViews.isSupported(type);
    }

    @Override
    public boolean supportsFileAttributeView(String name) {
        return LayerFileSystem.VIEWS.contains(name);
    }

    @Override
    public <V extends FileStoreAttributeView> @Nullable V getFileStoreAttributeView(Class<V> type) {
        return null;
    }

    @Override
    public Object getAttribute(String attribute) {
        return switch (attribute) {
            case "totalSpace", "usableSpace", "unallocatedSpace" -> 0L;
            default -> throw new UnsupportedOperationException("'" + attribute + "' not recognized");
        };
    }
}
