/** Container image layers: the nouns, the store, the formats, the union. */
@SuppressWarnings("module") // who the qualified exports name is compiled later
module io.layerfs {
    requires com.fasterxml.jackson.core;
    requires org.apache.commons.compress;
    requires static com.github.luben.zstd_jni;
    requires static org.bouncycastle.provider;
    requires static org.tukaani.xz;
    requires static transitive org.jspecify;

    exports io.layerfs;

    uses io.layerfs.Backend;
    // the kernel backend mounts the store's own files, and reads the kernel's form of an upper, as far as a layer can
    // hold
    // it; a registry is one more place that images are imported from, and that they go to; the composer edits configs,
    // reads host directories, and notes in the store what it made; the extension of JUnit reads host directories
    exports io.layerfs.store to
            io.layerfs.compose,
            io.layerfs.overlay,
            io.layerfs.registry;
    exports io.layerfs.upper to
            io.layerfs.overlay;
    exports io.layerfs.tar to
            io.layerfs.overlay;
    exports io.layerfs.oci to
            io.layerfs.compose,
            io.layerfs.overlay,
            io.layerfs.registry,
            io.layerfs.trust;
    exports io.layerfs.lock to
            io.layerfs.vfs;
    exports io.layerfs.host to
            io.layerfs.compose,
            io.layerfs.junit,
            io.layerfs.overlay;
}
