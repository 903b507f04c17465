/** The union: what is seen of a stack of changesets, as one pure rule. Not exported. */
@NullMarked
package io.layerfs.union;

import org.jspecify.annotations.NullMarked;
