/** The documents of the OCI image specification, and the archives that images travel in. Not exported. */
@NullMarked
package io.layerfs.oci;

import org.jspecify.annotations.NullMarked;
