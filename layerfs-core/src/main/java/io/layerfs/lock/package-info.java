/** The locks that may be held together, in the one order in which they are taken. */
@NullMarked
package io.layerfs.lock;

import org.jspecify.annotations.NullMarked;
