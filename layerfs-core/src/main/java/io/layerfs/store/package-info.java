/** How a store keeps what it has: import, publication, locks, indexes, verification. Not exported. */
@NullMarked
package io.layerfs.store;

import org.jspecify.annotations.NullMarked;
