package io.layerfs.blob;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whose files are. What root makes in somebody's directory belongs to root, and with it what he cannot open or delete any more;
 * in a store, which sudo lets root use for its owner, it must be the owner's. Nothing is done where files have no such numbers.
 */
public final class FileOwner {

    private static final int ROOT = 0;

    private FileOwner() {}

    /** The effective user of this process, by its number, as Linux tells; null elsewhere. */
    public static @Nullable Integer self() throws IOException {
        Path status = Path.of("/proc/self/status");
        try {
            for (String line : Files.readAllLines(status, java.nio.charset.StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("Uid:")) {
                    return Integer.parseUnsignedInt(line.split("\\s+", -1)[2]);
                }
            }
            return null;
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw NamedFiles.named(status, e);
        }
    }

    /** Read once: a JVM does not become another user. */
    private static final class Self {
        static final boolean IS_ROOT = isRoot();

        private static boolean isRoot() {
            try {
                Integer self = self();
                return self == null ? "root".equals(System.getProperty("user.name")) : self == ROOT;
            } catch (IOException e) {
                return false;
            }
        }
    }

    /** Gives what this process has made to whom its directory belongs, where this process is root's and the directory is not. */
    public static void asDirectory(Path made) {
        Path directory = made.toAbsolutePath().getParent();
        if (!Self.IS_ROOT || directory == null || !made.getFileSystem().equals(FileSystems.getDefault())) {
            return;
        }
        try {
            Map<String, Object> wanted = Files.readAttributes(directory, "unix:uid,gid");
            Object uid = Objects.requireNonNull(wanted.get("uid"));
            if (uid.equals(ROOT) || uid.equals(Files.getAttribute(made, "unix:uid", LinkOption.NOFOLLOW_LINKS))) {
                return;
            }
            Object gid = Objects.requireNonNull(wanted.get("gid"));
            Files.setAttribute(made, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(made, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return; // it stays root's: in a user namespace, say, that has no number for that user
        }
    }
}
