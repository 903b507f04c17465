/** Compressing on many threads, to bytes that do not depend on their number. */
@NullMarked
package io.layerfs.compress;

import org.jspecify.annotations.NullMarked;
