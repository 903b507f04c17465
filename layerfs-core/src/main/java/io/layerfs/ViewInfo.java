package io.layerfs;

import java.time.Instant;

/**
 * A writable view that has a name.
 *
 * @param image the digest of the manifest of the image that it was made of
 * @param created when it was made
 * @param quota how many bytes the data of changed files may take
 * @param backend the name of the {@link Backend} that made it, and that alone opens it
 */
public record ViewInfo(String name, Digest image, Instant created, long quota, String backend) {}
