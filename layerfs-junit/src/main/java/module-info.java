/** A root file system of its own for every JUnit test. */
module io.layerfs.junit {
    requires transitive io.layerfs;
    requires transitive org.junit.jupiter.api;
    requires static transitive org.jspecify;

    exports io.layerfs.junit;
}
