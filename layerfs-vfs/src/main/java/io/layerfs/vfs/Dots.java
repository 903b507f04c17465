package io.layerfs.vfs;

import io.layerfs.Name;

/** The two names that every directory has, and that no layer lists. */
final class Dots {

    static final Name PARENT = Name.of("..");

    private Dots() {}
}
