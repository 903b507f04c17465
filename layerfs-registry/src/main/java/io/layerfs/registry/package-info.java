/**
 * A registry client on {@code java.net.http} (OCI distribution-spec).
 *
 * <p>{@link io.layerfs.registry.Registry} is what is used. Below it: {@code Repository} has the requests of the specification,
 * {@code Session} answers challenges, {@code Transport} sends one request with time-outs and follows redirects. {@code Retries}
 * says what is tried again, and when.
 */
@NullMarked
package io.layerfs.registry;

import org.jspecify.annotations.NullMarked;
