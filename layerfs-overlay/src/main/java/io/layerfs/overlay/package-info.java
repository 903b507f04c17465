/**
 * The kernel backend: EROFS shows the store's own files, and overlayfs puts a writable directory on top.
 *
 * <p>{@link io.layerfs.overlay.OverlayBackend} puts a mount together: {@code Lowers} finds a way in which the kernel can show
 * the image, {@code UpperDirectory} is where changes go, {@code MountPoint} where it is seen. {@code UpperReader} reads what
 * was changed. All native code is in {@code io.layerfs.overlay.linux}.
 *
 * <p>A {@code Way} is how the kernel is had to mount: {@code Direct}, or {@code InUserNamespace} where this process may not. They
 * differ in the {@code OverlayForm} of layers and in {@code Ownership}. {@code RootCommand} runs programs, by
 * {@code InitProgram}, for which {@code Placeholders} makes what the image has not; {@link io.layerfs.overlay.Examination} tells
 * what works on a machine.
 */
@NullMarked
package io.layerfs.overlay;

import org.jspecify.annotations.NullMarked;
