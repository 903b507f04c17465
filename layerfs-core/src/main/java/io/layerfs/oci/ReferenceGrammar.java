package io.layerfs.oci;

/**
 * What registries and Docker call images, as pieces of regular expressions: the grammar of {@code
 * github.com/distribution/reference}. None has a group that counts.
 */
public final class ReferenceGrammar {

    private static final String HOST_PART = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
    private static final String COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";

    /** A registry's host, perhaps with a port; an address of IPv6 stands in brackets. */
    public static final String HOST =
            "(?:" + HOST_PART + "(?:\\." + HOST_PART + ")*|\\[[0-9a-fA-F:]+\\])(?::[0-9]{1,5})?";

    /** A repository, without a host. */
    public static final String REPOSITORY = COMPONENT + "(?:/" + COMPONENT + ")*";

    /** A tag. */
    public static final String TAG = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";

    /** How long a repository may be, with its host. */
    public static final int MAX_REPOSITORY = 255;

    private ReferenceGrammar() {}
}
