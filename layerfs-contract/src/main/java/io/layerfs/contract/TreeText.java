package io.layerfs.contract;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** All that is compared of two trees, a line for each name. A time of today is just that: two trees are never changed at once. */
final class TreeText {

    /** Whatever a test sets lies before this, in seconds since 1970. */
    private static final long TODAY = 1_700_000_000L;

    private final boolean exactTimes;
    private final List<String> lines = new ArrayList<>();
    private Map<String, Object> top = Map.of();
    private final Map<Object, String> firstNames = new HashMap<>();

    private TreeText(boolean exactTimes) {
        this.exactTimes = exactTimes;
    }

    /** Of a tree that may have been changed. Whose its root is stands for root: a plain directory is of who runs the tests. */
    static List<String> of(Path root) throws IOException {
        return new TreeText(false).visit(root, "");
    }

    /** With all times as they are. */
    static List<String> exact(Path root) throws IOException {
        return new TreeText(true).visit(root, "");
    }

    private List<String> visit(Path file, String name) throws IOException {
        Map<String, Object> a = Files.readAttributes(file, "unix:*", LinkOption.NOFOLLOW_LINKS);
        top = name.isEmpty() ? a : top;
        StringBuilder line = new StringBuilder(name.isEmpty() ? "/" : name)
                .append(String.format(" %o %s:%s ", (Integer) a.get("mode"), id(a, "uid"), id(a, "gid")))
                .append(time(Objects.requireNonNull((FileTime) a.get("lastModifiedTime"))));
        if (Boolean.TRUE.equals(a.get("isDirectory"))) {
            lines.add(line.append(xattrs(file)).toString());
            Map<String, Path> children = new TreeMap<>();
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(file)) {
                entries.forEach(entry -> children.put(entry.getFileName().toString(), entry));
            }
            for (Map.Entry<String, Path> child : children.entrySet()) {
                visit(child.getValue(), name + "/" + child.getKey());
            }
            return lines;
        }
        String first = firstNames.putIfAbsent(a.get("ino"), name);
        line.append(" links=").append(a.get("nlink")).append(first == null ? "" : " = " + first);
        if (Boolean.TRUE.equals(a.get("isSymbolicLink"))) {
            line.append(" -> ").append(Files.readSymbolicLink(file));
        } else if (Boolean.TRUE.equals(a.get("isRegularFile"))) {
            line.append(' ').append(a.get("size")).append(' ').append(hash(Files.readAllBytes(file)));
            line.append(xattrs(file));
        }
        lines.add(line.toString());
        return lines;
    }

    private String time(FileTime time) {
        boolean today = time.toInstant().getEpochSecond() >= TODAY;
        return today && !exactTimes ? "today" : time.toString();
    }

    private Object id(Map<String, Object> attributes, String which) {
        Object id = Objects.requireNonNull(attributes.get(which));
        return !exactTimes && id.equals(top.get(which)) ? 0 : id;
    }

    private static String xattrs(Path file) throws IOException {
        UserDefinedFileAttributeView view = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
        if (view == null) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        for (String name : new java.util.TreeSet<>(view.list())) {
            java.nio.ByteBuffer value = java.nio.ByteBuffer.allocate(view.size(name));
            view.read(name, value);
            text.append(' ').append(name).append('=').append(hash(value.array()));
        }
        return text.toString();
    }

    static String hash(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return bytes.length + ":" + HexFormat.of().formatHex(digest, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has it", e);
        }
    }
}
