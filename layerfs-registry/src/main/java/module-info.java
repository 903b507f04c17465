/** A registry client: images come and go by the OCI distribution specification. */
module io.layerfs.registry {
    requires transitive io.layerfs;
    requires static transitive org.jspecify;

    exports io.layerfs.registry;
}
