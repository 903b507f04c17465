package io.layerfs.vfs;

import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Attributes by name: {@code "posix:permissions,size"}, {@code "unix:*"}, {@code "xattr:security.capability"}. */
final class NamedAttributes {

    private static final Map<String, Function<StatAttributes, Object>> BASIC = new LinkedHashMap<>();
    private static final Map<String, Function<StatAttributes, Object>> POSIX = new LinkedHashMap<>();
    private static final Map<String, Function<StatAttributes, Object>> UNIX = new LinkedHashMap<>();
    private static final Map<String, Function<StatAttributes, Object>> OWNER = new LinkedHashMap<>();

    static {
        BASIC.put("size", StatAttributes::size);
        BASIC.put("creationTime", StatAttributes::creationTime);
        BASIC.put("lastAccessTime", StatAttributes::lastAccessTime);
        BASIC.put("lastModifiedTime", StatAttributes::lastModifiedTime);
        BASIC.put("isDirectory", StatAttributes::isDirectory);
        BASIC.put("isRegularFile", StatAttributes::isRegularFile);
        BASIC.put("isSymbolicLink", StatAttributes::isSymbolicLink);
        BASIC.put("isOther", StatAttributes::isOther);
        BASIC.put("fileKey", StatAttributes::fileKey);
        OWNER.put("owner", StatAttributes::owner);
        POSIX.putAll(BASIC);
        POSIX.putAll(OWNER);
        POSIX.put("permissions", StatAttributes::permissions);
        POSIX.put("group", StatAttributes::group);
        UNIX.putAll(POSIX);
        UNIX.put("mode", a -> a.stat().type().bits() | a.stat().mode());
        UNIX.put("ino", a -> a.stat().inode());
        UNIX.put("dev", a -> 0L);
        UNIX.put("rdev", a -> device(a.stat().major(), a.stat().minor()));
        UNIX.put("nlink", a -> a.stat().links());
        UNIX.put("uid", a -> a.stat().uid());
        UNIX.put("gid", a -> a.stat().gid());
        UNIX.put("ctime", StatAttributes::changeTime);
    }

    private NamedAttributes() {}

    /** A device's number in the form of the C library's {@code makedev}, which the default provider shows. */
    private static long device(long major, long minor) {
        return (minor & 0xff) | (major & 0xfff) << 8 | (minor & 0xffffff00L) << 12 | (major & 0xfffff000L) << 32;
    }

    static Map<String, Object> read(
            LayerFileSystem fileSystem, String path, AttributeViews.Target target, String attributes)
            throws IOException {
        int colon = attributes.indexOf(':');
        String name = colon < 0 ? "basic" : attributes.substring(0, colon);
        String list = attributes.substring(colon + 1);
        if (list.isEmpty()) {
            throw new IllegalArgumentException("no attributes specified");
        }
        // what is asked is checked before the file is looked for, as the default provider does
        return switch (name) {
            case "basic" -> values(select(name, BASIC, list), stat(fileSystem, target.inode()));
            case "owner" -> values(select(name, OWNER, list), stat(fileSystem, target.inode()));
            case "posix" -> values(select(name, POSIX, list), stat(fileSystem, target.inode()));
            case "unix" -> values(select(name, UNIX, list), stat(fileSystem, target.inode()));
            case "user" -> xattrs(fileSystem.view().xattrs(target.inode()), path, "user.", list);
            case "xattr" -> xattrs(fileSystem.view().xattrs(target.inode()), path, "", list);
            default -> throw new UnsupportedOperationException("View '" + name + "' not available");
        };
    }

    static StatAttributes stat(LayerFileSystem fileSystem, long inode) throws IOException {
        return new StatAttributes(fileSystem.view().stat(inode), fileSystem);
    }

    private static Map<String, Function<StatAttributes, Object>> select(
            String view, Map<String, Function<StatAttributes, Object>> known, String list) {
        Map<String, Function<StatAttributes, Object>> selected = new LinkedHashMap<>();
        for (String name : list.split(",", 0)) {
            Function<StatAttributes, Object> getter = known.get(name);
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
            Map<String, Function<StatAttributes, Object>> selected, StatAttributes stat) {
        Map<String, Object> values = new LinkedHashMap<>();
        selected.forEach((name, getter) -> values.put(name, getter.apply(stat)));
        return values;
    }

    /** Extended attributes as bytes: all whose names start with {@code prefix}, or those that are listed. */
    private static Map<String, Object> xattrs(Xattrs xattrs, String path, String prefix, String list)
            throws IOException {
        Set<String> names = new LinkedHashSet<>();
        for (String wanted : list.split(",", 0)) {
            if (wanted.isEmpty()) {
                throw new IllegalArgumentException("an attribute without a name in '" + list + "'");
            }
            if (wanted.equals("*")) {
                xattrs.names().stream()
                        .filter(name -> name.startsWith(prefix))
                        .map(name -> name.substring(prefix.length()))
                        .forEach(names::add);
            } else {
                names.add(wanted);
            }
        }
        Map<String, Object> values = new LinkedHashMap<>();
        for (String name : names) {
            values.put(name, xattr(xattrs, path, prefix + name));
        }
        return values;
    }

    /** The value of an extended attribute, by its full name. */
    static byte[] xattr(Xattrs xattrs, String path, String name) throws IOException {
        byte[] value = xattrs.get(name);
        if (value == null) {
            throw new FileSystemException(
                    path, null, "Unable to get extended attribute '" + name + "': No data available");
        }
        return value;
    }
}
