/**
 * The pure-Java backend: a view as a {@link java.nio.file.FileSystem}, scheme {@code layerfs}, with no privilege and on any
 * operating system.
 *
 * <p>{@link io.layerfs.vfs.LayerFileSystems#open} gives the file system; everything else is {@link java.nio.file.Files}. Paths
 * behave as the default provider's on Linux do, exceptions are those that it throws, and names keep their bytes whatever
 * the locale (see {@link io.layerfs.Name}). Attribute views: {@code basic}, {@code posix}, {@code owner}, {@code unix},
 * {@code user}, and {@code xattr}, which is an attribute for each extended attribute of every namespace.
 *
 * <p>Over a {@link io.layerfs.View} it is read-only: what would change something gets a {@link
 * java.nio.file.ReadOnlyFileSystemException}, but for the making of what is there already, which is a {@link
 * java.nio.file.FileAlreadyExistsException}, so that {@link java.nio.file.Files#createDirectories} of a directory that is there
 * does what it should: nothing. Over a {@link io.layerfs.WritableView} everything can be written, as root writes a Linux file
 * system with the umask 022. A device, pipe or socket is made by {@link java.nio.file.Files#createFile} with the attribute {@code
 * unix:mode}, an Integer with the bits of the type, and for a device {@code unix:rdev}, a Long in the form of the C library's
 * {@code makedev}. A value of null for {@code xattr:NAME} removes an extended attribute. Locks are between the channels of one
 * file system, in this JVM. Files cannot be mapped, and paths are no {@link java.io.File}s.
 *
 * <p>A tour of the inside, from the outermost: {@code LayerFileSystemProvider} answers what {@code Files} asks; a {@code
 * LayerFileSystem} is one view that is open, and knows what of it must be closed; a {@code NioPath} is names and nothing more,
 * {@code PathWalk} finds what it means and {@code RealPath} the path that it means. {@code StatAttributes}, {@code
 * AttributeViews} and {@code NamedAttributes} are three ways to the same answers of {@code stat}. {@code Opening} opens files for
 * {@code LayerFileChannel} and {@code LayerInputStream}, {@code DirectoryListing} reads directories; {@code Changes} and {@code
 * CopyMove} change the tree, and {@code LayerWatchService} tells of it. What is seen, and what may be done to it, is the view's
 * business: there is no layer, no whiteout and no copy-up here.
 */
@NullMarked
package io.layerfs.vfs;

import org.jspecify.annotations.NullMarked;
