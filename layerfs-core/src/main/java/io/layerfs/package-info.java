/**
 * Layered file systems: read-only layers, their union, and the store that keeps them.
 *
 * <p>Three nouns carry everything. A {@link io.layerfs.Changeset} is what a layer <em>says</em>: entries by path,
 * whiteouts included. A {@link io.layerfs.View} is what is <em>seen</em> when changesets are stacked. A
 * {@link io.layerfs.LayerStore} keeps {@link io.layerfs.Layer layers}, each named by the digest of its tar, and the {@link
 * io.layerfs.Image images} made of them.
 */
@NullMarked
package io.layerfs;

import org.jspecify.annotations.NullMarked;
