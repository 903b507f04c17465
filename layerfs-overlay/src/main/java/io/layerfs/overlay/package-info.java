/** The kernel backend: EROFS and overlayfs, with all native code behind one small interface. */
@NullMarked
package io.layerfs.overlay;

import org.jspecify.annotations.NullMarked;
