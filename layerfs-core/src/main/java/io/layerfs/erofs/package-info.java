/**
 * The index: an EROFS image that holds metadata only and points into tars, written and read.
 *
 * <p>Source: Linux, Documentation/filesystems/erofs.rst, and the layout of its structures.
 */
@NullMarked
package io.layerfs.erofs;

import org.jspecify.annotations.NullMarked;
