package io.layerfs.tar;

import io.layerfs.Attributes;
import io.layerfs.Utf8;
import io.layerfs.Xattrs;
import io.layerfs.blob.Blob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Tars as lines of text, one an entry, as different readers see them. */
final class TarLine {

    private TarLine() {}

    /** As our reader sees it. */
    static List<String> ours(Path tar, boolean withXattrs) throws IOException {
        Blob blob = Blob.open(tar);
        List<String> lines = new ArrayList<>();
        for (TarEntry entry : TarListing.entries(tar)) {
            Attributes attributes = entry.attributes();
            lines.add(line(
                    entry.kind(),
                    entry.path(),
                    entry.linkTarget(),
                    attributes.mode(),
                    Integer.toUnsignedLong(attributes.uid()),
                    Integer.toUnsignedLong(attributes.gid()),
                    attributes.mtime(),
                    entry.size(),
                    entry.major(),
                    entry.minor(),
                    TarListing.sha256(entry, blob),
                    withXattrs ? xattrs(attributes.xattrs()) : ""));
        }
        return lines;
    }

    private static String xattrs(Xattrs xattrs) {
        return xattrs.names().stream()
                .map(name -> name + "=" + HexFormat.of().formatHex(xattrs.get(name)))
                .collect(Collectors.joining(","));
    }

    /** As commons-compress sees it, which has no binary extended attributes to show. */
    static List<String> commonsCompress(Path tar) throws IOException {
        List<String> lines = new ArrayList<>();
        try (InputStream file = Files.newInputStream(tar);
                TarArchiveInputStream in = new TarArchiveInputStream(file, "UTF-8")) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                TarEntry.Kind kind = kind(entry);
                boolean link = kind == TarEntry.Kind.HARD_LINK || kind == TarEntry.Kind.SYMLINK;
                boolean device = kind == TarEntry.Kind.CHARACTER_DEVICE || kind == TarEntry.Kind.BLOCK_DEVICE;
                byte[] content = kind == TarEntry.Kind.FILE ? in.readAllBytes() : new byte[0];
                lines.add(line(
                        kind,
                        entry.getName().getBytes(StandardCharsets.UTF_8),
                        (link ? entry.getLinkName() : "").getBytes(StandardCharsets.UTF_8),
                        entry.getMode() & 07777,
                        entry.getLongUserId() & 0xffffffffL, // It casts them to int on the way.
                        entry.getLongGroupId() & 0xffffffffL,
                        entry.getLastModifiedTime().toInstant(),
                        content.length,
                        device ? entry.getDevMajor() : 0,
                        device ? entry.getDevMinor() : 0,
                        sha256(content),
                        ""));
            }
        }
        return lines;
    }

    static TarEntry.Kind kind(TarArchiveEntry entry) {
        return entry.isLink()
                ? TarEntry.Kind.HARD_LINK
                : entry.isSymbolicLink()
                        ? TarEntry.Kind.SYMLINK
                        : entry.isDirectory()
                                ? TarEntry.Kind.DIRECTORY
                                : entry.isCharacterDevice()
                                        ? TarEntry.Kind.CHARACTER_DEVICE
                                        : entry.isBlockDevice()
                                                ? TarEntry.Kind.BLOCK_DEVICE
                                                : entry.isFIFO() ? TarEntry.Kind.FIFO : TarEntry.Kind.FILE;
    }

    /** What every reader shows of an entry. */
    static String summary(
            TarEntry.Kind kind, byte[] path, byte[] target, int mode, long uid, long gid, long mtime, long size) {
        int end = path.length;
        while (end > 0 && path[end - 1] == '/') {
            end--;
        }
        return kind + "|" + Utf8.printable(Arrays.copyOf(path, end)) + "|" + Utf8.printable(target) + "|"
                + Integer.toOctalString(mode) + "|" + uid + ":" + gid + "|" + mtime + "|" + size;
    }

    private static String line(
            TarEntry.Kind kind,
            byte[] path,
            byte[] target,
            int mode,
            long uid,
            long gid,
            Instant mtime,
            long size,
            int major,
            int minor,
            String sha256,
            String xattrs) {
        int end = path.length;
        while (end > 0 && path[end - 1] == '/') {
            end--;
        }
        return kind + "|" + Utf8.printable(Arrays.copyOf(path, end)) + "|" + Utf8.printable(target) + "|"
                + Integer.toOctalString(mode) + "|" + uid + ":" + gid + "|"
                + String.format("%d.%09d", mtime.getEpochSecond(), mtime.getNano()) + "|" + size + "|" + major + ":"
                + minor + "|" + sha256 + "|" + xattrs;
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
