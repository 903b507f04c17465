/** The pure-Java backend: a {@code java.nio.file} provider over a view. */
module io.layerfs.vfs {
    requires transitive io.layerfs;
    requires static transitive org.jspecify;

    exports io.layerfs.vfs;

    provides java.nio.file.spi.FileSystemProvider with
            io.layerfs.vfs.LayerFileSystemProvider;
    provides java.net.spi.URLStreamHandlerProvider with
            io.layerfs.vfs.LayerUrlProvider;
    provides io.layerfs.Backend with
            io.layerfs.vfs.VfsBackend;
}
