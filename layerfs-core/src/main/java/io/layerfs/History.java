package io.layerfs;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an image's config says of how a layer came about (image-spec, config.md, history); null where it says nothing.
 *
 * @param createdBy the command that made it
 */
public record History(
        @Nullable Instant created,
        @Nullable String createdBy,
        @Nullable String author,
        @Nullable String comment) {

    /** Says what made the layer, and nothing of when: the same layers give the same image. */
    public static History of(String createdBy) {
        return new History(null, createdBy, null, null);
    }
}
