package io.layerfs.vfs;

import io.layerfs.Name;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A path: whether it starts at the root, and names. What Linux' default provider does with paths, this does, too.
 *
 * <p>The empty path has no names here, though its name count is 1, as {@link Path} wants it.
 */
final class NioPath implements Path {

    private final LayerFileSystem fileSystem;
    private final boolean absolute;
    private final Name[] names;
    private @Nullable String text;
    private int hash;

    NioPath(LayerFileSystem fileSystem, boolean absolute, Name... names) {
        this.fileSystem = fileSystem;
        this.absolute = absolute;
        this.names = names;
    }

    static NioPath parse(LayerFileSystem fileSystem, String text) {
        List<Name> names = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == '/') {
                if (i > start) {
                    names.add(name(text, start, i));
                }
                start = i + 1;
            }
        }
        return new NioPath(fileSystem, text.startsWith("/"), names.toArray(new Name[0]));
    }

    private static Name name(String text, int start, int end) {
        try {
            return Name.of(text.substring(start, end));
        } catch (IllegalArgumentException e) {
            throw new InvalidPathException(text, String.valueOf(e.getMessage()), start);
        }
    }

    /** The path as one of this provider. */
    static NioPath of(Path path) {
        if (Objects.requireNonNull(path) instanceof NioPath own) {
            return own;
        }
        throw new ProviderMismatchException(
                "a path of another file system: " + path.getClass().getName());
    }

    /** Another path as one of this file system: of those, one mount's are not another's. */
    NioPath sibling(Path other) {
        NioPath that = of(other);
        if (that.fileSystem != fileSystem) {
            throw new ProviderMismatchException("a path of another mount: " + that);
        }
        return that;
    }

    /** The same path, whose text is as it was found: with doubled slashes, and slashes at its end. */
    NioPath spelt(String found) {
        NioPath same = with(absolute, names);
        same.text = found;
        return same;
    }

    Name[] names() {
        return names;
    }

    boolean isEmpty() {
        return !absolute && names.length == 0;
    }

    /** Whether its last name is {@code .}. */
    boolean endsInDot() {
        return names.length > 0 && names[names.length - 1].isDot() && names[names.length - 1].length() == 1;
    }

    private NioPath with(boolean isAbsolute, Name... others) {
        return new NioPath(fileSystem, isAbsolute, others);
    }

    @Override
    public LayerFileSystem getFileSystem() {
        return fileSystem;
    }

    @Override
    public boolean isAbsolute() {
        return absolute;
    }

    @Override
    public @Nullable NioPath getRoot() {
        return absolute ? with(true) : null;
    }

    @Override
    public @Nullable NioPath getFileName() {
        if (names.length == 0) {
            return absolute ? null : this;
        }
        return names.length == 1 && !absolute ? this : with(false, names[names.length - 1]);
    }

    @Override
    public @Nullable NioPath getParent() {
        if (names.length == 0 || (names.length == 1 && !absolute)) {
            return null;
        }
        return with(absolute, Arrays.copyOf(names, names.length - 1));
    }

    @Override
    public int getNameCount() {
        return isEmpty() ? 1 : names.length;
    }

    @Override
    public NioPath getName(int index) {
        return subpath(index, index + 1);
    }

    @Override
    public NioPath subpath(int begin, int end) {
        if (begin < 0 || end > getNameCount() || begin >= end) {
            throw new IllegalArgumentException("names " + begin + " to " + end + " of " + getNameCount());
        }
        return isEmpty() ? this : with(false, Arrays.copyOfRange(names, begin, end));
    }

    @Override
    public boolean startsWith(Path other) {
        if (!(Objects.requireNonNull(other) instanceof NioPath that)
                || that.fileSystem != fileSystem
                || that.absolute != absolute) {
            return false;
        }
        if (that.isEmpty() || isEmpty()) {
            return that.isEmpty() && isEmpty();
        }
        int n = that.names.length;
        return n <= names.length && Arrays.equals(names, 0, n, that.names, 0, n);
    }

    @Override
    public boolean endsWith(Path other) {
        if (!(Objects.requireNonNull(other) instanceof NioPath that) || that.fileSystem != fileSystem) {
            return false;
        }
        if (that.isEmpty() || isEmpty()) {
            return that.isEmpty() && isEmpty();
        }
        if (that.absolute) {
            return absolute && Arrays.equals(names, that.names);
        }
        int n = that.names.length;
        return n <= names.length && Arrays.equals(names, names.length - n, names.length, that.names, 0, n);
    }

    @Override
    public NioPath normalize() {
        List<Name> kept = new ArrayList<>();
        for (Name name : names) {
            if (!name.isDot()) {
                kept.add(name);
            } else if (name.length() == 2) {
                if (!kept.isEmpty() && !kept.get(kept.size() - 1).isDot()) {
                    kept.remove(kept.size() - 1);
                } else if (!absolute) {
                    kept.add(name);
                }
            }
        }
        return kept.size() == names.length ? this : with(absolute, kept.toArray(new Name[0]));
    }

    @Override
    public NioPath resolve(Path other) {
        NioPath that = sibling(other);
        if (that.absolute || isEmpty()) {
            return that;
        }
        if (that.isEmpty()) {
            return this;
        }
        Name[] all = Arrays.copyOf(names, names.length + that.names.length);
        System.arraycopy(that.names, 0, all, names.length, that.names.length);
        return with(absolute, all);
    }

    NioPath resolve(Name name) {
        Name[] all = Arrays.copyOf(names, names.length + 1);
        all[names.length] = name;
        return with(absolute, all);
    }

    @Override
    public NioPath relativize(Path other) {
        NioPath that = sibling(other);
        if (equals(that)) {
            return with(false);
        }
        if (absolute != that.absolute) {
            throw new IllegalArgumentException("one path is absolute, the other is not");
        }
        if (isEmpty()) {
            return that;
        }
        boolean dots = hasDots() || that.hasDots();
        Name[] base = (dots ? normalize() : this).names;
        Name[] target = (dots ? that.normalize() : that).names;
        int common = 0;
        while (common < Math.min(base.length, target.length) && base[common].equals(target[common])) {
            common++;
        }
        List<Name> relative = new ArrayList<>();
        for (int i = common; i < base.length; i++) {
            if (base[i].isDot()) {
                throw new IllegalArgumentException("no relative path leads from " + this + " to " + that);
            }
            relative.add(Dots.PARENT);
        }
        relative.addAll(Arrays.asList(target).subList(common, target.length));
        return with(false, relative.toArray(new Name[0]));
    }

    private boolean hasDots() {
        return Arrays.stream(names).anyMatch(Name::isDot);
    }

    @Override
    public URI toUri() {
        NioPath path = toAbsolutePath();
        return Uris.of(path, fileSystem.isOpen() && Files.isDirectory(path));
    }

    @Override
    public NioPath toAbsolutePath() {
        return absolute ? this : with(true, names);
    }

    @Override
    public NioPath toRealPath(LinkOption... options) throws IOException {
        NioPath path = toAbsolutePath();
        return LinkOptions.follow(options)
                ? RealPath.of(fileSystem.walk(), path)
                : RealPath.withLinks(fileSystem.walk(), path);
    }

    @Override
    public File toFile() {
        throw new UnsupportedOperationException(
                "a path of an image is no file of the host; copy it there, or use Files, which reads it where it is");
    }

    @Override
    public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers)
            throws IOException {
        if (!(Objects.requireNonNull(watcher) instanceof LayerWatchService own) || own.fileSystem() != fileSystem) {
            throw new ProviderMismatchException();
        }
        return own.register(this, events, modifiers);
    }

    @Override
    public int compareTo(Path other) {
        NioPath that = (NioPath) other;
        int byBytes = Arrays.compareUnsigned(Uris.bytes(this), Uris.bytes(that));
        return byBytes != 0 ? byBytes : Long.compare(fileSystem.id(), that.fileSystem.id());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NioPath that
                && fileSystem == that.fileSystem
                && absolute == that.absolute
                && Arrays.equals(names, that.names);
    }

    @Override
    public int hashCode() {
        int known = hash;
        if (known == 0) {
            // the names of a tree are much alike: a weak mixture would give thousands of paths one hash
            long mixed = absolute ? 1 : 0;
            for (Name name : names) {
                mixed = (mixed + name.hashCode()) * 0x9e3779b97f4a7c15L;
                mixed ^= mixed >>> 32;
            }
            known = (int) mixed;
            hash = known;
        }
        return known;
    }

    @Override
    public String toString() {
        String known = text;
        if (known == null) {
            StringBuilder out = new StringBuilder(absolute ? "/" : "");
            for (int i = 0; i < names.length; i++) {
                out.append(i > 0 ? "/" : "").append(names[i]);
            }
            known = out.toString();
            text = known;
        }
        return known;
    }
}
