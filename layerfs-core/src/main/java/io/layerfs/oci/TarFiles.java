package io.layerfs.oci;

import io.layerfs.LayerPath;
import io.layerfs.MalformedLayerException;
import io.layerfs.Utf8;
import io.layerfs.memory.Allowance;
import io.layerfs.tar.TarEntry;
import io.layerfs.tar.TarReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files of an archive that is a tar, read as they lie in it. Links between them are resolved (old docker archives
 * have a repeated layer as a link), but only to files of the archive.
 */
public final class TarFiles implements ImageFiles {

    private static final int MAX_ENTRIES = 100_000;
    private static final int MAX_LINKS = 8;

    private final Map<String, ImageFile> files = new HashMap<>();
    private final Map<String, String> links = new HashMap<>();

    /** Bytes of memory that a file takes, or a link, beside its name, which is there twice. */
    private static final int COST = 256;

    private final String what;
    private final Path tar;
    private final Allowance memory;

    private TarFiles(String what, Path tar, Allowance memory) {
        this.what = what;
        this.tar = tar;
        this.memory = memory;
    }

    /** Reads the headers of {@code tar}, which is known to be an archive of ours. */
    public static TarFiles of(Path tar) throws IOException {
        return of(tar.toString(), tar, Allowance.UNLIMITED);
    }

    /**
     * Reads the headers of {@code tar}.
     *
     * @param what names it in messages
     * @param memory from which what is kept of them is taken
     */
    public static TarFiles of(String what, Path tar, Allowance memory) throws IOException {
        TarFiles files = new TarFiles(what, tar, memory);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(tar), 4096)) {
            TarReader reader = new TarReader(in);
            int count = 0;
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                if (++count > MAX_ENTRIES) {
                    throw new MalformedLayerException(
                            what + ": more than " + MAX_ENTRIES + " entries, which no image archive has");
                }
                files.add(entry);
            }
        }
        return files;
    }

    private void add(TarEntry entry) throws MalformedLayerException {
        String name = normal(entry.path());
        if (name == null) {
            return;
        }
        try {
            memory.take(COST + 4L * name.length() + 2L * entry.linkTarget().length);
        } catch (MalformedLayerException e) {
            throw new MalformedLayerException(what + ": " + Utf8.printable(entry.path()) + ": " + e.getMessage(), e);
        }
        switch (entry.kind()) {
            case FILE -> {
                if (entry.extents() == null) {
                    files.put(name, new ImageFile(what + ": " + name, tar, entry.dataOffset(), entry.size()));
                }
            }
            case SYMLINK -> put(name, name.substring(0, name.lastIndexOf('/') + 1), entry.linkTarget());
            case HARD_LINK -> put(name, "", entry.linkTarget());
            default -> {}
        }
    }

    private void put(String name, String base, byte[] target) {
        StringBuilder resolved = new StringBuilder(base);
        for (String part : Utf8.decode(target).split("/", -1)) {
            if (part.equals("..")) {
                int cut = resolved.length() < 2 ? -1 : resolved.lastIndexOf("/", resolved.length() - 2);
                resolved.setLength(cut + 1);
            } else if (!part.isEmpty() && !part.equals(".")) {
                resolved.append(part).append('/');
            }
        }
        if (resolved.length() > 0) {
            links.put(name, resolved.substring(0, resolved.length() - 1));
        }
    }

    private static @Nullable String normal(byte[] path) {
        try {
            return LayerPath.of(path).toString();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    @Override
    public @Nullable ImageFile find(String name) {
        String at = normal(Utf8.encode(name));
        for (int i = 0; at != null && i < MAX_LINKS; i++) {
            ImageFile file = files.get(at);
            if (file != null) {
                return file;
            }
            at = links.get(at);
        }
        return null;
    }
}
