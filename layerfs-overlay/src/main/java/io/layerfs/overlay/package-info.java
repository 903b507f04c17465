/**
 * The kernel backend: EROFS shows the store's own files, and overlayfs puts a writable directory on top.
 *
 * <p>{@link io.layerfs.overlay.OverlayBackend} puts a mount together: {@code Lowers} finds a way in which the kernel can show
 * the image, {@code UpperDirectory} is where changes go, {@code MountPoint} where it is seen. {@code UpperReader} reads what
 * was changed. All native code is in {@code io.layerfs.overlay.linux}.
 */
@NullMarked
package io.layerfs.overlay;

import org.jspecify.annotations.NullMarked;
