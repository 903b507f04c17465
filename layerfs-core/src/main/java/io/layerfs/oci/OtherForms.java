package io.layerfs.oci;

import io.layerfs.MalformedLayerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Forms of images that are not read, which would be taken for a root file system: they are refused by name. */
final class OtherForms {

    private static final String DIRECTORY_TRANSPORT = "Directory Transport Version:";

    private OtherForms() {}

    static void refuse(String archive, DocumentReader files) throws IOException {
        if (isOldDocker(files)) {
            throw new MalformedLayerException(
                    archive + ": what docker save wrote before Docker 1.10: 'repositories', and no"
                            + " 'manifest.json'; load it into Docker before 25 and save it again");
        }
        ImageFiles.ImageFile version = files.find("version");
        if (version != null
                && files.find("manifest.json") != null
                && version.size() < Json.MAX_BYTES
                && new String(files.read(version), StandardCharsets.ISO_8859_1).startsWith(DIRECTORY_TRANSPORT)) {
            throw new MalformedLayerException(archive
                    + ": the form 'dir:' of skopeo, which has no names; copy it by 'skopeo copy dir:... oci:...'");
        }
    }

    /** Names with tags, each with the id of an image that has a directory. */
    private static boolean isOldDocker(DocumentReader files) throws IOException {
        ImageFiles.ImageFile file = files.find("repositories");
        if (file == null || file.size() > Json.MAX_BYTES) {
            return false;
        }
        try {
            for (Map.Entry<String, Object> name :
                    Json.parse(file.what(), files.read(file)).members().entrySet()) {
                Object tags = name.getValue();
                for (Object id : tags instanceof Map<?, ?> ids ? ids.values() : List.of()) {
                    if (files.find(id + "/json") != null || files.find(id + "/layer.tar") != null) {
                        return true;
                    }
                }
            }
        } catch (MalformedLayerException e) {
            return false;
        }
        return false;
    }
}
