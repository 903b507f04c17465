/** Root file systems composed in code: cached by content, reproducible. */
module io.layerfs.compose {
    requires transitive io.layerfs;
    requires io.layerfs.vfs;
    requires static transitive org.jspecify;

    exports io.layerfs.compose;
}
