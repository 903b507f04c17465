package io.layerfs.tar;

import io.layerfs.LayerPath;
import io.layerfs.Name;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The names by which a layer's tar says that something is removed. Source: image-spec, layer.md, "Whiteouts". */
public final class Whiteouts {

    /** The name of the entry that makes its directory opaque. */
    public static final Name OPAQUE = Name.of(".wh..wh..opq");

    static final String PREFIX = ".wh.";
    private static final String AUFS = ".wh..wh.";

    private Whiteouts() {}

    /** Whether an entry of this path, which is not the root, is AUFS' own: such names cannot exist in an image. */
    public static boolean isHidden(LayerPath path) {
        for (int i = 0; i < path.depth() - 1; i++) {
            if (path.name(i).startsWith(PREFIX)) {
                return true;
            }
        }
        return path.lastName().startsWith(AUFS) && !path.lastName().equals(OPAQUE);
    }

    /** Whether an entry of this name removes another one, or is meant to. */
    public static boolean isWhiteout(Name name) {
        return name.startsWith(PREFIX);
    }

    /** The name that a whiteout removes; null where that is none: the whiteout is wrong. */
    public static @Nullable Name removed(Name whiteout) {
        byte[] bytes = whiteout.toBytes();
        if (bytes.length == PREFIX.length()) {
            return null;
        }
        Name name = Name.of(Arrays.copyOfRange(bytes, PREFIX.length(), bytes.length));
        return name.isDot() ? null : name;
    }

    /** The name of the entry that removes another one. */
    public static byte[] marker(byte[] name) {
        byte[] marker = Arrays.copyOf(PREFIX.getBytes(StandardCharsets.US_ASCII), PREFIX.length() + name.length);
        System.arraycopy(name, 0, marker, PREFIX.length(), name.length);
        return marker;
    }
}
