/**
 * The pure-Java backend: a view as a {@link java.nio.file.FileSystem}, scheme {@code layerfs}, with no privilege and on any
 * operating system.
 *
 * <p>{@link io.layerfs.vfs.LayerFileSystems#open} gives the file system; everything else is {@link java.nio.file.Files}. Paths
 * behave as the default provider's on Linux do, exceptions are those that it throws, and names keep their bytes whatever
 * the locale (see {@link io.layerfs.Name}). Attribute views: {@code basic}, {@code posix}, {@code owner}, {@code unix},
 * {@code user}, and {@code xattr}, which is an attribute for each extended attribute of every namespace.
 *
 * <p>Inside: {@code LayerPath}s of this package are names and nothing more; {@code PathWalk} finds the inode that a path
 * means; {@code LayerFileSystemProvider} answers what {@code Files} asks. What is seen is the view's business.
 */
@NullMarked
package io.layerfs.vfs;

import org.jspecify.annotations.NullMarked;
