package io.layerfs.store;

import io.layerfs.Digest;
import java.nio.file.Path;
import java.util.List;

/**
 * Where things lie in a store: an OCI image layout, and one subdirectory of it that holds what is derived.
 *
 * @param root the store's directory
 */
record StorePaths(Path root) {

    /** The version of the indexes' form; a change of the writer's output raises it. */
    private static final String INDEX_VERSION = "v2";

    Path marker() {
        return root.resolve("oci-layout");
    }

    Path references() {
        return root.resolve("index.json");
    }

    Path blobs() {
        return root.resolve("blobs");
    }

    /** A digest is well-formed, so that its parts can be file names. */
    Path blob(Digest digest) {
        return blobs().resolve(digest.algorithm()).resolve(digest.encoded());
    }

    Path derived() {
        return root.resolve("layerfs");
    }

    Path temporary() {
        return derived().resolve("tmp");
    }

    /** What the kernel mounts of live processes need. */
    Path mounts() {
        return derived().resolve("mounts");
    }

    /** What living processes need to stay. */
    Path holds() {
        return derived().resolve("holds");
    }

    /** Layers as directories: one directory for each form. */
    Path unpacked() {
        return derived().resolve("unpacked");
    }

    /** A layer as a directory, in one of the forms in which overlayfs has layers. */
    Path unpacked(Digest name, String form) {
        return unpacked().resolve(form).resolve(name.algorithm() + "-" + name.encoded());
    }

    /** Room for the next {@code index.json}. */
    Path reserve() {
        return derived().resolve("reserve");
    }

    Path lock() {
        return derived().resolve("lock");
    }

    /** The numbering of inodes: a view that survives refers to them. */
    static String numbering() {
        return INDEX_VERSION;
    }

    /** Writable views by name: what is changed in them is nowhere else. */
    Path views() {
        return root.resolve("views");
    }

    /** The indexes of layers: one directory for each version of their form. */
    Path layerIndexes() {
        return derived().resolve("index");
    }

    /** The merged indexes, likewise. */
    Path chainIndexes() {
        return derived().resolve("chain");
    }

    /** What names a stack of layers, or of none. */
    static Digest chainId(List<Digest> diffIds) {
        return diffIds.isEmpty() ? Digest.sha256(new byte[0]) : Digest.chainId(diffIds);
    }

    /** The index of one layer. */
    Path layerIndex(Digest diffId) {
        return layerIndexes().resolve(INDEX_VERSION).resolve(fileName(diffId));
    }

    /** The merged index of a stack of layers. */
    Path chainIndex(List<Digest> diffIds) {
        return chainIndexes().resolve(INDEX_VERSION).resolve(fileName(chainId(diffIds)));
    }

    /** The notes of which layer a compressed blob was found to hold. */
    Path contents() {
        return derived().resolve("content");
    }

    /** Where that is noted of one. */
    Path content(Digest blob) {
        return contents().resolve(blob.algorithm() + "-" + blob.encoded());
    }

    private static String fileName(Digest digest) {
        return digest.algorithm() + "-" + digest.encoded() + ".erofs";
    }
}
