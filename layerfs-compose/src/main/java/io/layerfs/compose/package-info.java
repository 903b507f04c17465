/** Composes root file systems: a fluent builder, whose steps become layers that are made once. */
@NullMarked
package io.layerfs.compose;

import org.jspecify.annotations.NullMarked;
