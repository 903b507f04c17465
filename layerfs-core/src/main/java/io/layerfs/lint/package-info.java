/** Looking at layers' tars: what is odd about one, and why two differ. */
@NullMarked
package io.layerfs.lint;

import org.jspecify.annotations.NullMarked;
