/**
 * A root file system of its own for every JUnit test: a parameter or a field with {@link io.layerfs.junit.Rootfs}, of the type
 * {@link java.nio.file.Path} or {@link io.layerfs.Mount}.
 *
 * <p>A tour of the inside: {@code RootfsExtension} is what JUnit calls; a {@code Source} is what an annotation names, {@code
 * Bases} has each image imported and mounted once, as a {@code Base}, and {@code Roots} has the forks of it, each a {@code Root},
 * that end with a test. {@code ChangeText} says what a failed test changed, {@code TreeExport} writes its tree.
 */
@NullMarked
package io.layerfs.junit;

import org.jspecify.annotations.NullMarked;
