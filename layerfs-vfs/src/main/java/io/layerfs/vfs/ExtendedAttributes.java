package io.layerfs.vfs;

import io.layerfs.WritableView;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The extended attributes of one file whose full names start with {@code prefix}, each known by the rest of its name. What
 * is said of failures is what the default provider says.
 */
record ExtendedAttributes(LayerFileSystem fileSystem, NioPath path, AttributeViews.Target target, String prefix) {

    /** The prefix of those that users may set, too. */
    static final String USER = "user.";

    private static final int MAX_NAME = 255;

    private Xattrs all() throws IOException {
        Found found = target.find();
        return found.view().xattrs(found.inode());
    }

    /** The names that there are. */
    List<String> names() throws IOException {
        return all().names().stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()))
                .toList();
    }

    /**
     * The value of one.
     *
     * @param failed what could not be done where there is none
     */
    byte[] value(String failed, String name) throws IOException {
        Objects.requireNonNull(name);
        Xattrs all = all();
        checkName(name);
        byte[] value = all.get(prefix + name);
        if (value == null) {
            throw failure(failed, name, "No data available");
        }
        return value;
    }

    /** The values of those that {@code list} names, or of all of them for {@code *}. */
    Map<String, Object> read(String list) throws IOException {
        Set<String> wanted = new LinkedHashSet<>();
        for (String name : list.split(",", 0)) {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("an attribute without a name in '" + list + "'");
            }
            if (name.equals("*")) {
                wanted.addAll(names());
            } else {
                wanted.add(name);
            }
        }
        Map<String, Object> values = new LinkedHashMap<>();
        for (String name : wanted) {
            values.put(name, value("Unable to get size of", name));
        }
        return values;
    }

    /** Sets one to the rest of a buffer, which is used up; removes it where that is null. */
    void set(String name, @Nullable ByteBuffer value) throws IOException {
        Objects.requireNonNull(name);
        WritableView view = fileSystem.writable();
        Found.change(target::place, place -> {
            checkName(name);
            set(view, place, name, value);
            return 0;
        });
    }

    private void set(WritableView view, WritableView.Place place, String name, @Nullable ByteBuffer value)
            throws IOException {
        try {
            if (value == null) {
                view.removeXattr(place, prefix + name);
            } else {
                byte[] bytes = new byte[value.remaining()];
                value.duplicate().get(bytes);
                view.setXattr(place, prefix + name, bytes);
                value.position(value.limit());
            }
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(path.toString());
        } catch (FileSystemException e) {
            throw failure(value == null ? "Unable to delete" : "Error writing", name, e.getReason());
        }
    }

    private void checkName(String name) throws FileSystemException {
        String full = prefix + name;
        if (full.getBytes(StandardCharsets.UTF_8).length > MAX_NAME) {
            throw new FileSystemException(path.toString(), null, "'" + full + "' is too big");
        }
    }

    FileSystemException failure(String failed, String name, @Nullable String reason) {
        return new FileSystemException(path.toString(), null, failed + " extended attribute '" + name + "': " + reason);
    }
}
