/** Looking inside an image: what each layer does and costs, as a document and as a page. */
@NullMarked
package io.layerfs.examples.inspect;

import org.jspecify.annotations.NullMarked;
