package io.layerfs.examples.inspect;

import io.layerfs.Digest;
import io.layerfs.examples.inspect.Change.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer of an image: where it comes from, what it does, what it costs.
 *
 * @param number counted from the base, which is 0
 * @param size of its tar
 * @param compressed the size of what the manifest names; null where that is the tar
 * @param command what made it, by the image's history; null where that does not say
 * @param created when, in the form that the config has
 * @param wasted bytes that it stores and no name is left for
 */
public record LayerFacts(
        int number,
        Digest diffId,
        long size,
        @Nullable Long compressed,
        @Nullable String command,
        @Nullable String created,
        List<Change> changes,
        long wasted) {

    /** How many paths it does this to; directories whose attributes alone it says are not counted. */
    public long count(Kind kind) {
        return changes.stream()
                .filter(change -> change.kind == kind && !(change.directory && kind == Kind.METADATA))
                .count();
    }

    /** The bytes that it stores for what it does this to; of removals, the bytes that were seen before. */
    public long bytes(Kind kind) {
        return changes.stream()
                .filter(change -> change.kind == kind)
                .mapToLong(change -> kind == Kind.REMOVED ? change.before : change.size)
                .sum();
    }
}
