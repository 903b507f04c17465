/** Files of bytes that never change, and content that lies in them. Not exported. */
@NullMarked
package io.layerfs.blob;

import org.jspecify.annotations.NullMarked;
