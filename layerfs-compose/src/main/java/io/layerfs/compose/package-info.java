/**
 * Composes root file systems: {@link io.layerfs.compose.Rootfs} is a fluent builder, whose steps become layers that are made
 * once.
 *
 * <p>A tour of the inside: what is said to the builder is a {@code Plan} of {@code Step}s; a step is an {@code Action} on a
 * {@code Tree}, the file system by then, or a {@code Program} that is run in it. {@code KeyHash} digests what a step depends on,
 * {@code HostSource} what it takes from the host; {@code StepCache} notes which layer that gave. {@code Rules} say owners and
 * modes, {@code SettledTimes} the times. {@code Composition} does the plan, {@code ConfigDocument} edits the image's config.
 */
@NullMarked
package io.layerfs.compose;

import org.jspecify.annotations.NullMarked;
