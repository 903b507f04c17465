/** The commands of {@code layerfs}, one class each; {@link io.layerfs.examples.command.LayerfsCommand} holds them together. */
@NullMarked
package io.layerfs.examples.command;

import org.jspecify.annotations.NullMarked;
