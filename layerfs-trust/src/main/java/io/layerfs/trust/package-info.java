/**
 * Signatures of images, as cosign and registries have them, and the policies that import and mount obey.
 *
 * <p>A {@link io.layerfs.trust.Signer} signs an image with a {@link io.layerfs.trust.SigningKey}; a {@link
 * io.layerfs.trust.TrustPolicy} of {@link io.layerfs.trust.TrustRule}s says which images must be signed by which {@link
 * io.layerfs.trust.VerificationKey}s. What was signed when, and by whom, is known as far as the keys are: there is no transparency
 * log, no time stamp, and no certificate.
 */
@NullMarked
package io.layerfs.trust;

import org.jspecify.annotations.NullMarked;
