/**
 * The writable view: what changed, over an immutable view below.
 *
 * <p>The whole tree of one moment is one immutable value, a {@code Tree}: two persistent maps, from inode number to {@code
 * Node} and from name to inode number, over the lower view. A mutation is a {@code Transaction}, which makes the next tree of
 * the present one and writes down what it did for the {@code Journal}; {@code UpperState} publishes it in one step. Hence what
 * reads takes no lock, no operation is ever seen by halves, and a fork is a second variable with the same value.
 *
 * <p>The data of changed files is the one thing that is changed in place: a {@code FileData} is written by the one view that
 * owns it, and by nobody once a fork or a snapshot shares it; then the next write derives a new one from it.
 */
@NullMarked
package io.layerfs.upper;

import org.jspecify.annotations.NullMarked;
