/**
 * The tests that every {@link io.layerfs.Backend} must pass: extend {@link io.layerfs.contract.MountContract}, say how to mount
 * an image, and run it.
 *
 * <p>A test is a list of steps, which are data. They are done to a mount and to a plain directory of
 * the default file system that holds the same tree, one by one; each must give the same answer or fail with the same exception,
 * and both trees must be alike afterwards. The plain directory is the judge: what it does is right. The same tests are run with
 * a plain directory in place of the mount, too, as a control.
 *
 * <p>{@link io.layerfs.contract.Capability} says what a backend need not have: the tests ask for it, and never for a backend's
 * name. {@link io.layerfs.contract.BackendAgreement} does the same steps to two backends, which must commit to the same layer.
 * Random sequences take their length and seed from the properties {@code layerfs.contract.steps} and {@code
 * layerfs.contract.seed}; one that fails is made as short as it can be.
 */
@NullMarked
package io.layerfs.contract;

import org.jspecify.annotations.NullMarked;
