/** The {@code layerfs} command line, and small programs that show the use. */
@NullMarked
package io.layerfs.examples;

import org.jspecify.annotations.NullMarked;
