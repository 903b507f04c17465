/**
 * Layered file systems: read-only layers, their union, and the store that keeps them.
 *
 * <p>Three nouns carry everything. A {@link io.layerfs.Changeset} is what a layer <em>says</em>: entries by path,
 * whiteouts included. A {@link io.layerfs.View} is what is <em>seen</em> when changesets are stacked. A
 * {@link io.layerfs.LayerStore} keeps {@link io.layerfs.Layer layers}, each named by the digest of its tar, and the {@link
 * io.layerfs.Image images} made of them.
 *
 * <pre>{@code
 * try (LayerStore store = LayerStore.open(Path.of("store"))) {
 *     Image image = store.importImage(Path.of("app.oci.tar"), ImportOptions.DEFAULT);
 *     try (Mount mount = Backends.best().backend().mount(store, image, MountOptions.DISPOSABLE)) {
 *         Files.writeString(mount.root().resolve("etc/motd"), "changed");
 *         store.commit(image, mount.changes(), History.of("a new motd"), "app:2");
 *     }
 * }
 * }</pre>
 *
 * <p>A tour:
 *
 * <ul>
 *   <li>Images come by {@link io.layerfs.LayerStore#importImage}, with {@link io.layerfs.ImportOptions}, and go by {@link
 *       io.layerfs.LayerStore#save}, with {@link io.layerfs.SaveOptions}.
 *   <li>They are shown by a {@link io.layerfs.Backend}, of which {@link io.layerfs.Backends} knows those that are there, as a
 *       {@link io.layerfs.Mount}, with {@link io.layerfs.MountOptions}. All use goes through its root, a path.
 *   <li>Below a mount is a {@link io.layerfs.View}, or a {@link io.layerfs.WritableView}, which forks, takes snapshots, and goes
 *       back to them.
 *   <li>What was changed is a {@link io.layerfs.Changeset} of {@link io.layerfs.Entry entries}, each with {@link
 *       io.layerfs.Attributes} and {@link io.layerfs.Content}; a {@link io.layerfs.ChangesetBuilder} makes one by hand. {@link
 *       io.layerfs.LayerStore#add} makes a layer of it.
 *   <li>{@link io.layerfs.LayerStore#plus}, {@link io.layerfs.LayerStore#squash}, {@link io.layerfs.LayerStore#rebase} and {@link
 *       io.layerfs.LayerStore#derive} make images of images.
 *   <li>{@link io.layerfs.LayerStore#gc} removes what nothing needs, {@link io.layerfs.Lease} keeps, {@link
 *       io.layerfs.StoreUsage} says what it costs.
 *   <li>{@link io.layerfs.Provenance} says which layer a file is from, {@link io.layerfs.LayerLint} what is odd about a layer, {@link
 *       io.layerfs.LayerComparison} why two differ.
 *   <li>{@link io.layerfs.Digest}, {@link io.layerfs.Name} and {@link io.layerfs.LayerPath} are checked where they are made, and
 *       nowhere else. Names are bytes.
 * </ul>
 *
 * <p>Failures are {@link java.io.IOException}s: those of {@code java.nio.file} where they say it, {@link
 * io.layerfs.MalformedLayerException}, {@link io.layerfs.DigestMismatchException}, {@link io.layerfs.UntrustedImageException} and
 * {@link io.layerfs.BackendUnavailableException}.
 */
@NullMarked
package io.layerfs;

import org.jspecify.annotations.NullMarked;
