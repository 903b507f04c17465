/**
 * JMH benchmarks of every backend, with peers in the same run, and the report of what they found.
 *
 * <p>{@code layerfs-bench/report} runs all of it as {@link io.layerfs.bench.Run} plans it, in about an hour on two
 * cores, and writes {@code docs/benchmarks.md}; with {@code --quick} it tries everything for a moment. By root it
 * compares with the kernel's mounts, too. {@code layerfs-bench/compare} is its part that compares whole processes. One
 * benchmark alone is run by JMH: {@code java -jar layerfs-bench/target/benchmarks.jar Lookup -p place=vfs,jimfs -p layers=1}.
 *
 * <p>A benchmark's class is a phase of what is done with images. Its parameter {@code place} says where the tree is: a backend,
 * a peer, or a floor, which does no more than has to be done.
 */
@NullMarked
package io.layerfs.bench;

import org.jspecify.annotations.NullMarked;
