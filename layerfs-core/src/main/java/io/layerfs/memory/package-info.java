/** Changesets that are built in memory, and stay there. */
@NullMarked
package io.layerfs.memory;

import org.jspecify.annotations.NullMarked;
