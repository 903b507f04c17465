package io.layerfs.oci;

import io.layerfs.MalformedLayerException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list of manifests, one for each platform, or of the images of a layout (image-spec, image-index.md). No manifests are an empty
 * list, null, as Go writes that, or absent.
 *
 * @param manifests in the order of the document
 */
public record Index(List<Descriptor> manifests) {

    /** Reads one, and refuses a document that could also be read as a manifest (CVE-2021-41190). */
    public static Index parse(String document, byte[] bytes, @Nullable String mediaType) throws IOException {
        Json json = Json.parse(document, bytes);
        Manifest.check(json, mediaType);
        check(json);
        return new Index(Descriptor.parseAll(json.objects("manifests")));
    }

    /** Checks what a document has beside its entries. */
    static void check(Json json) throws MalformedLayerException {
        if (json.has("layers") || json.has("config")) {
            throw new MalformedLayerException(
                    json.where() + ": an index that has 'layers' or 'config', as a manifest would");
        }
    }
}
