/** Container image layers: the nouns, the store, the formats, the union. */
module io.layerfs {
    requires com.fasterxml.jackson.core;
    requires com.google.common;
    requires org.apache.commons.compress;
    requires static org.bouncycastle.provider;
    requires static transitive org.jspecify;

    exports io.layerfs;
}
