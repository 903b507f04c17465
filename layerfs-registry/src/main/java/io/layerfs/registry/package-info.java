/**
 * A registry client (OCI distribution-spec).
 *
 * <p>{@link io.layerfs.registry.Registry} is what is used. Below it: {@code Repository} has the requests of the specification,
 * {@code Session} answers challenges, {@code Transport} sends one request with time-outs and follows redirects. {@code Retries}
 * says what is tried again, and when. {@code BlobDownload}, {@code BlobUpload} and {@code Push} are what takes long, and goes on
 * where it was cut.
 *
 * <p>What a user names besides: a {@link io.layerfs.registry.Reference} says where an image is; {@link
 * io.layerfs.registry.RegistryOptions} how to connect, with a {@link io.layerfs.registry.CredentialSource} among them; {@link
 * io.layerfs.registry.PullOptions} and {@link io.layerfs.registry.PushOptions} how to pull and push; a {@link
 * io.layerfs.registry.Referrer} is what refers to an image; a {@link io.layerfs.registry.RegistryException} what a registry
 * answered.
 */
@NullMarked
package io.layerfs.registry;

import org.jspecify.annotations.NullMarked;
