package io.layerfs.vfs;

import io.layerfs.WritableView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** Attributes by name: {@code "posix:permissions,size"}, {@code "unix:*"}, {@code "xattr:security.capability"}. */
final class NamedAttributes {

    private static final Map<String, Function<PosixStatAttributes, Object>> BASIC = new LinkedHashMap<>();
    private static final Map<String, Function<PosixStatAttributes, Object>> POSIX = new LinkedHashMap<>();
    private static final Map<String, Function<PosixStatAttributes, Object>> UNIX = new LinkedHashMap<>();
    private static final Map<String, Function<PosixStatAttributes, Object>> OWNER = new LinkedHashMap<>();

    static {
        BASIC.put("size", PosixStatAttributes::size);
        BASIC.put("creationTime", PosixStatAttributes::creationTime);
        BASIC.put("lastAccessTime", PosixStatAttributes::lastAccessTime);
        BASIC.put("lastModifiedTime", PosixStatAttributes::lastModifiedTime);
        BASIC.put("isDirectory", PosixStatAttributes::isDirectory);
        BASIC.put("isRegularFile", PosixStatAttributes::isRegularFile);
        BASIC.put("isSymbolicLink", PosixStatAttributes::isSymbolicLink);
        BASIC.put("isOther", PosixStatAttributes::isOther);
        BASIC.put("fileKey", PosixStatAttributes::fileKey);
        OWNER.put("owner", PosixStatAttributes::owner);
        POSIX.putAll(BASIC);
        POSIX.putAll(OWNER);
        POSIX.put("permissions", PosixStatAttributes::permissions);
        POSIX.put("group", PosixStatAttributes::group);
        UNIX.putAll(POSIX);
        UNIX.put("mode", a -> a.stat().type().bits() | a.stat().mode());
        UNIX.put("ino", a -> a.stat().inode());
        UNIX.put("dev", a -> 0L);
        UNIX.put("rdev", a -> DeviceNumber.of(a.stat().major(), a.stat().minor()));
        UNIX.put("nlink", a -> a.stat().links());
        UNIX.put("uid", a -> a.stat().uid());
        UNIX.put("gid", a -> a.stat().gid());
        UNIX.put("ctime", PosixStatAttributes::changeTime);
    }

    private NamedAttributes() {}

    static Map<String, Object> read(
            LayerFileSystem fileSystem, NioPath path, AttributeViews.Target target, String attributes)
            throws IOException {
        int colon = attributes.indexOf(':');
        String name = view(attributes, colon);
        String list = attributes.substring(colon + 1);
        if (list.isEmpty()) {
            throw new IllegalArgumentException("no attributes specified");
        }
        // what is asked is checked before the file is looked for, as the default provider does
        return switch (name) {
            case "basic" -> values(select(name, BASIC, list), stat(fileSystem, target.find()));
            case "owner" -> values(select(name, OWNER, list), stat(fileSystem, target.find()));
            case "posix" -> values(select(name, POSIX, list), stat(fileSystem, target.find()));
            case "unix" -> values(select(name, UNIX, list), stat(fileSystem, target.find()));
            case "user" -> new ExtendedAttributes(fileSystem, path, target, ExtendedAttributes.USER).read(list);
            case "xattr" -> new ExtendedAttributes(fileSystem, path, target, "").read(list);
            default -> throw new UnsupportedOperationException("View '" + name + "' not available");
        };
    }

    private static String view(String attribute, int colon) {
        if (colon == 0) {
            throw new IllegalArgumentException(attribute);
        }
        return colon < 0 ? "basic" : attribute.substring(0, colon);
    }

    static PosixStatAttributes stat(LayerFileSystem fileSystem, Found found) throws IOException {
        return new PosixStatAttributes(found.stat(), fileSystem);
    }

    private static Map<String, Function<PosixStatAttributes, Object>> select(
            String view, Map<String, Function<PosixStatAttributes, Object>> known, String list) {
        Map<String, Function<PosixStatAttributes, Object>> selected = new LinkedHashMap<>();
        for (String name : list.split(",", 0)) {
            Function<PosixStatAttributes, Object> getter = known.get(name);
            if (name.equals("*")) {
                selected.putAll(known);
            } else if (getter != null) {
                selected.put(name, getter);
            } else {
                throw new IllegalArgumentException("'" + name + "' not recognized in view '" + view + "'");
            }
        }
        return selected;
    }

    private static Map<String, Object> values(
            Map<String, Function<PosixStatAttributes, Object>> selected, PosixStatAttributes stat) {
        Map<String, Object> values = new LinkedHashMap<>();
        selected.forEach((name, getter) -> values.put(name, getter.apply(stat)));
        return values;
    }

    /** Sets one attribute by its name, {@code "unix:mode"} or the like. */
    static void write(
            LayerFileSystem fileSystem, NioPath path, AttributeViews.Target target, String attribute, Object value)
            throws IOException {
        int colon = attribute.indexOf(':');
        String view = view(attribute, colon);
        String name = attribute.substring(colon + 1);
        switch (view) {
            case "user" ->
                new ExtendedAttributes(fileSystem, path, target, ExtendedAttributes.USER)
                        .set(name, bytes(Objects.requireNonNull(value)));
            case "xattr" ->
                new ExtendedAttributes(fileSystem, path, target, "").set(name, value == null ? null : bytes(value));
            case "basic", "owner", "posix", "unix" -> {
                if (!isSettable(view, name)) {
                    throw new IllegalArgumentException("'" + view + ":" + name + "' not recognized");
                }
                set(new AttributeViews.Posix(new AttributeViews.Basic(fileSystem, path, target)), name, value);
            }
            default -> throw new UnsupportedOperationException("View '" + view + "' not available");
        }
    }

    private static boolean isSettable(String view, String name) {
        return switch (name) {
            case "lastModifiedTime", "lastAccessTime", "creationTime" -> !view.equals("owner");
            case "owner" -> !view.equals("basic");
            case "permissions", "group" -> view.equals("posix") || view.equals("unix");
            case "mode", "uid", "gid" -> view.equals("unix");
            default -> false;
        };
    }

    @SuppressWarnings("unchecked") // what is no set of permissions fails as with the default provider
    private static void set(AttributeViews.Posix view, String name, Object value) throws IOException {
        switch (name) {
            case "lastModifiedTime" -> view.setTimes((FileTime) value, null, null);
            case "lastAccessTime" -> view.setTimes(null, (FileTime) value, null);
            case "creationTime" -> view.setTimes(null, null, (FileTime) value);
            case "owner" -> view.setOwner((UserPrincipal) value);
            case "group" -> view.setGroup((GroupPrincipal) value);
            case "permissions" -> view.setPermissions((Set<PosixFilePermission>) value);
            case "mode" -> change(view, WritableView.AttributeChange.ofMode((Integer) value & 07777));
            case "uid" -> change(view, WritableView.AttributeChange.ofOwner((Integer) value, null));
            default -> change(view, WritableView.AttributeChange.ofOwner(null, (Integer) value));
        }
    }

    private static void change(AttributeViews.Posix view, WritableView.AttributeChange change) throws IOException {
        view.basic().change(change);
    }

    private static ByteBuffer bytes(Object value) {
        return value instanceof byte[] array ? ByteBuffer.wrap(array) : (ByteBuffer) value;
    }
}
