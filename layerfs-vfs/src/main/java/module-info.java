/** The pure-Java backend: a {@code java.nio.file} provider over a view. */
module io.layerfs.vfs {
    requires transitive io.layerfs;
    requires static transitive org.jspecify;

    exports io.layerfs.vfs;

    provides java.nio.file.spi.FileSystemProvider with
            io.layerfs.vfs.LayerFileSystemProvider;
    provides io.layerfs.Backend with
            io.layerfs.vfs.VfsBackend;
}
