/**
 * Layers as tar archives, read and written: the one place that knows what {@code .wh.} means. Not exported.
 *
 * <p>Sources: OCI image-spec, layer.md; POSIX.1-2017, pax, "ustar Interchange Format" and "pax Interchange Format".
 */
@NullMarked
package io.layerfs.tar;

import org.jspecify.annotations.NullMarked;
