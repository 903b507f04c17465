/** The pure-Java backend: a {@code java.nio.file} provider over a view. */
@NullMarked
package io.layerfs.vfs;

import org.jspecify.annotations.NullMarked;
