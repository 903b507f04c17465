/** A directory of the host as a changeset, through {@code java.nio.file} alone. Not exported. */
@NullMarked
package io.layerfs.host;

import org.jspecify.annotations.NullMarked;
