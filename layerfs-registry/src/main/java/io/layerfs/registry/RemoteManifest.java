package io.layerfs.registry;

import io.layerfs.Digest;

/**
 * A manifest or index as a registry has it, byte for byte.
 *
 * @param mediaType what the registry says that it is
 * @param digest as computed of the bytes; where a digest was asked for, that one
 * @param bytes the document; not read any further than to its limits
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record RemoteManifest(String mediaType, Digest digest, byte[] bytes) {}
