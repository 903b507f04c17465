/** JMH benchmarks of every backend, with peers in the same run. */
@NullMarked
package io.layerfs.bench;

import org.jspecify.annotations.NullMarked;
