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
 * system with the umask 022; who opens a file on it sees each write at once, and goes on when it has lost its names. A device,
 * pipe or socket is made by {@link java.nio.file.Files#createFile} with {@link io.layerfs.vfs.LayerFileAttributes}. A value of
 * null for {@code xattr:NAME} removes an extended attribute. Locks are between the channels of one view, in this JVM. Files are
 * mapped READ_ONLY and PRIVATE: a file of an image, and a large one that was written whole, as it lies on the disk, others by a copy. URLs
 * of paths open; paths are no {@link java.io.File}s.
 *
 * <p>{@link java.nio.file.Files#copy} within this provider copies all that there is of a file. From and to other providers the
 * JDK does it: of the attributes it takes the times, later ones than 17 the permissions, too, but no owner and no extended attribute.
 *
 * <p>A tour of the inside, from the outermost: {@code LayerFileSystemProvider} answers what {@code Files} asks; a {@code
 * LayerFileSystem} is one view that is open, and knows what of it must be closed; a {@code NioPath} is names and nothing more,
 * {@code PathWalk} finds what it means and {@code RealPath} the path that it means. {@code StatAttributes}, {@code
 * AttributeViews} and {@code NamedAttributes} are three ways to the same answers of {@code stat}, {@code
 * ExtendedAttributes} the way to the other ones. {@code Opening} opens files for
 * {@code LayerFileChannel} and {@code LayerInputStream}, {@code DirectoryListing} reads directories; {@code Changes} and {@code
 * CopyMove} change the tree, and {@code LayerWatchService} tells of it. What is seen, and what may be done to it, is the view's
 * business: there is no layer, no whiteout and no copy-up here.
 */
@NullMarked
package io.layerfs.vfs;

import org.jspecify.annotations.NullMarked;
