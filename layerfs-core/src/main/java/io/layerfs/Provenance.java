package io.layerfs;

import io.layerfs.union.Union;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the file at a path of an image comes from: what each layer says of the path, and which of it is seen.
 *
 * <p>Only layers that say something of the path itself are told of. One that merely removes a directory above it shows up
 * as the {@linkplain Statement#hiddenBy() reason} why lower layers do not count. Symbolic links are not followed.
 *
 * <p>Agrees with the union rule: there is a {@linkplain #provider() provider} exactly where the union of the layers shows
 * a file, and that file is the one that the provider's layer holds (for a directory: its attributes are).
 *
 * @param path the path asked for
 * @param statements what the layers say of it, top first
 */
public record Provenance(LayerPath path, List<Statement> statements) {

    /** What a layer's entry has to do with what is seen. */
    public enum Role {
        /** It is what is seen; of a directory, its attributes are. */
        PROVIDES,
        /** A directory whose names are seen merged with those of the provider. */
        MERGES,
        /** It removes what lower layers have there, and no layer above puts anything in its place. */
        REMOVES,
        /** A higher layer hides it. */
        HIDDEN
    }

    /**
     * What one layer says of the path.
     *
     * @param layer its number, the base being 0
     * @param hiddenBy why it is not seen; null unless it is {@link Role#HIDDEN}
     */
    public record Statement(
            int layer, Entry entry, Role role, @Nullable Cause hiddenBy) {}

    /**
     * An entry that hides what lower layers have: a whiteout, an opaque directory, a file in place of a directory, or a
     * directory in place of a file.
     *
     * @param layer its layer's number, the base being 0
     * @param path where it is: the path asked for, or a directory above it
     */
    public record Cause(int layer, LayerPath path, Entry entry) {}

    /** Copies the list. */
    public Provenance {
        statements = List.copyOf(statements);
    }

    /**
     * Asks each layer of a stack for {@code path}.
     *
     * @param baseFirst the lowest layer first
     */
    public static Provenance of(List<Changeset> baseFirst, LayerPath path) throws IOException {
        List<Layer> topFirst = new ArrayList<>();
        for (int i = baseFirst.size() - 1; i >= 0; i--) {
            topFirst.add(new Layer(i, baseFirst.get(i).root()));
        }
        Level level = new Level(LayerPath.ROOT, topFirst);
        level.decide();
        for (Name name : path.names()) {
            for (Layer layer : topFirst) {
                layer.descend(name);
            }
            level = new Level(level.path.resolve(name), topFirst);
            level.decide();
        }
        return new Provenance(path, level.statements());
    }

    /** The layer whose file is seen at the path; null where none is. */
    public @Nullable Statement provider() {
        for (Statement statement : statements) {
            if (statement.role() == Role.PROVIDES) {
                return statement;
            }
        }
        return null;
    }

    /** A layer during the descent: what it says of the current path, and why that does not count. */
    private static final class Layer {
        final int number;

        @Nullable
        Entry entry;

        @Nullable
        Cause hiddenBy;

        Layer(int number, Entry root) {
            this.number = number;
            this.entry = root;
        }

        void descend(Name name) throws IOException {
            entry = entry instanceof Entry.Directory directory ? directory.child(name) : null;
        }
    }

    /** The decision about one path on the way down; the rule is that of {@link Union}, told with its reasons. */
    private static final class Level {
        final LayerPath path;
        private final List<Layer> topFirst;
        private @Nullable Layer shown;
        private @Nullable Layer attributes;
        private @Nullable Cause cause;
        private boolean ended;

        Level(LayerPath path, List<Layer> topFirst) {
            this.path = path;
            this.topFirst = topFirst;
        }

        void decide() throws IOException {
            for (Layer layer : topFirst) {
                if (layer.hiddenBy == null) {
                    decide(layer);
                }
            }
        }

        private void decide(Layer layer) throws IOException {
            Entry entry = layer.entry;
            if (ended) {
                layer.hiddenBy = cause;
            } else if (entry instanceof Entry.Directory directory) {
                merge(layer, directory);
            } else if (entry != null) {
                end(layer, entry);
            }
        }

        private void merge(Layer layer, Entry.Directory directory) throws IOException {
            if (shown == null && (path.depth() == 0 || !Union.isHollow(directory))) {
                shown = layer;
            }
            if (attributes == null && !directory.implicit()) {
                attributes = layer;
            }
            if (cause != null) {
                layer.hiddenBy = cause;
            } else if (directory.opaque()) {
                cause = new Cause(layer.number, path, directory);
            }
        }

        private void end(Layer layer, Entry entry) {
            ended = true;
            if (shown == null && !(entry instanceof Entry.Whiteout)) {
                shown = layer;
                attributes = layer;
                cause = new Cause(layer.number, path, entry);
            } else if (cause != null) {
                layer.hiddenBy = cause;
            } else if (shown != null && shown.entry != null && !(entry instanceof Entry.Whiteout)) {
                cause = new Cause(shown.number, path, shown.entry);
                layer.hiddenBy = cause;
            } else {
                cause = new Cause(layer.number, path, entry);
            }
        }

        List<Statement> statements() {
            List<Statement> statements = new ArrayList<>();
            for (Layer layer : topFirst) {
                if (layer.entry != null) {
                    Role role = role(layer);
                    statements.add(new Statement(
                            layer.number, layer.entry, role, role == Role.HIDDEN ? layer.hiddenBy : null));
                }
            }
            return statements;
        }

        private Role role(Layer layer) {
            if (shown != null && layer == (attributes == null ? shown : attributes)) {
                return Role.PROVIDES;
            }
            if (layer.hiddenBy != null) {
                return Role.HIDDEN;
            }
            boolean merged = shown != null && shown.entry instanceof Entry.Directory;
            return merged && layer.entry instanceof Entry.Directory ? Role.MERGES : Role.REMOVES;
        }
    }
}
