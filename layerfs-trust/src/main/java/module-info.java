/** Signatures of images, and the policies that import and mount obey. */
module io.layerfs.trust {
    requires transitive io.layerfs;
    requires org.bouncycastle.pkix;
    requires org.bouncycastle.provider;
    requires static transitive org.jspecify;

    exports io.layerfs.trust;
}
