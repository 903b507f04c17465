/**
 * The kernel's calls, in Java: one interface to the C library, and around it file descriptors that are closed, names that are
 * bytes, and failures that are the exceptions of {@code java.nio.file}. Loaded when first used, which takes a third of a second.
 */
@NullMarked
package io.layerfs.overlay.linux;

import org.jspecify.annotations.NullMarked;
