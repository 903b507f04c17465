/** What a command line needs of the terminal: streams that know a closed pipe, text without loss, tables, JSON, progress. */
@NullMarked
package io.layerfs.examples.terminal;

import org.jspecify.annotations.NullMarked;
