/** The tests that every backend must pass. */
module io.layerfs.contract {
    requires transitive io.layerfs;
    requires transitive org.junit.jupiter.api;
    requires org.assertj.core;
    requires static transitive org.jspecify;

    exports io.layerfs.contract;
}
