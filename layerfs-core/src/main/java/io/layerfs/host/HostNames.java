package io.layerfs.host;

import io.layerfs.FileType;
import io.layerfs.LayerPath;
import io.layerfs.Name;
import io.layerfs.View;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;

/**
 * Which names a directory of the host takes for one: those that differ in case, or in how an accent is composed. Found by
 * trying, since it is the file system that decides, not the operating system.
 *
 * @param foldsCase whether {@code A} is {@code a}
 * @param foldsAccents whether U+00E4 is {@code a} with U+0308
 */
record HostNames(boolean foldsCase, boolean foldsAccents) {

    /** Tries it in an empty directory, which is empty afterwards. */
    static HostNames of(Path directory) throws IOException {
        return new HostNames(
                areOne(directory, "layerfs-probe", "LAYERFS-PROBE"),
                areOne(directory, "layerfs-\u00e4", "layerfs-a\u0308"));
    }

    private static boolean areOne(Path directory, String name, String other) throws IOException {
        Path made;
        Path asked;
        try {
            made = HostPaths.child(directory, Name.of(name));
            asked = HostPaths.child(directory, Name.of(other));
        } catch (IllegalArgumentException e) {
            return false; // a host that cannot hold the one cannot take it for the other
        }
        Files.createFile(made);
        try {
            return Files.exists(asked, LinkOption.NOFOLLOW_LINKS);
        } finally {
            Files.delete(made);
        }
    }

    /** Refuses a view that has two names where the host would have one; before anything of it is written. */
    void requireDistinct(View view) throws IOException {
        if (foldsCase || foldsAccents) {
            requireDistinct(view, LayerPath.ROOT, view.root());
        }
    }

    private void requireDistinct(View view, LayerPath path, long directory) throws IOException {
        Map<String, Name> seen = new HashMap<>();
        for (Iterator<View.Dirent> i = view.list(directory); i.hasNext(); ) {
            View.Dirent entry = i.next();
            Name other = seen.put(folded(entry.name().toString()), entry.name());
            LayerPath child = path.resolve(entry.name());
            if (other != null) {
                throw new FileSystemException(
                        child.toString(), null, "the host takes its name for that of '" + path.resolve(other) + "'");
            }
            if (entry.type() == FileType.DIRECTORY) {
                requireDistinct(view, child, entry.inode());
            }
        }
    }

    /** Upper case first: it takes more letters for one than lower case alone, as sharp s and ss. */
    private String folded(String name) {
        String composed = foldsAccents ? Normalizer.normalize(name, Normalizer.Form.NFC) : name;
        String folded = foldsCase ? composed.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT) : composed;
        return foldsAccents ? Normalizer.normalize(folded, Normalizer.Form.NFC) : folded;
    }
}
