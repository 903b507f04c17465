/** A root file system of its own for every JUnit test: {@link io.layerfs.junit.Rootfs}. */
@NullMarked
package io.layerfs.junit;

import org.jspecify.annotations.NullMarked;
