package io.layerfs.examples.command;

import io.layerfs.Changeset;
import io.layerfs.Entry;
import io.layerfs.Image;
import io.layerfs.LayerPath;
import io.layerfs.LayerStore;
import io.layerfs.Name;
import io.layerfs.View;
import io.layerfs.examples.terminal.Json;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code layerfs diff}. */
@Command(
        name = "diff",
        header = "Tell what was changed in a writable view, or how one image differs from another.",
        description = {
            "A line for each path: A was added, C was changed (its content or what else a layer keeps), D was deleted. What is"
                    + " in a deleted directory is not told."
        },
        footer = "%nExamples:%n  layerfs diff work%n  layerfs diff app:1 app:2")
final class DiffCommand extends StoreCommand {

    @Parameters(index = "0", paramLabel = "NAME|A", description = "A view; or the image to start from.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String from;

    @Parameters(index = "1", arity = "0..1", paramLabel = "B", description = "The image to end with.")
    private @Nullable String to;

    @Mixin
    private final JsonOption output = new JsonOption();

    private final Map<LayerPath, Character> changes = new TreeMap<>();

    @Override
    int run(LayerStore store) throws IOException, Failure {
        if (to != null) {
            Image old = References.find(store, from);
            compare(store.diff(old, References.find(store, to)), store.view(old));
        } else {
            Image base = References.find(
                    store, References.findView(store, from).image().toString());
            try (StoredView view = StoredView.open(store, from)) {
                compare(view.changes(), store.view(base));
            }
        }
        print();
        return ExitCode.OK;
    }

    private void compare(Changeset changeset, View base) throws IOException {
        changeset.walk((path, entry) -> {
            long below = find(base, path);
            if (entry instanceof Entry.Whiteout) {
                changes.put(path, 'D');
            } else if (!(entry instanceof Entry.Directory directory) || !directory.implicit()) {
                changes.put(path, below == View.ABSENT ? 'A' : 'C');
            }
            if (entry instanceof Entry.Directory directory && directory.opaque() && below != View.ABSENT) {
                hidden(directory, base, below, path);
            }
        });
    }

    private void hidden(Entry.Directory directory, View base, long below, LayerPath path) throws IOException {
        for (Iterator<View.Dirent> i = base.list(below); i.hasNext(); ) {
            Name name = i.next().name();
            if (directory.child(name) == null) {
                changes.put(path.resolve(name), 'D');
            }
        }
    }

    private static long find(View view, LayerPath path) throws IOException {
        long inode = view.root();
        for (Name name : path.names()) {
            if (inode == View.ABSENT || view.type(inode) != io.layerfs.FileType.DIRECTORY) {
                return View.ABSENT;
            }
            inode = view.lookup(inode, name);
        }
        return inode;
    }

    private static String absolute(LayerPath path) {
        return path.depth() == 0 ? "/" : "/" + path;
    }

    private void print() throws IOException {
        if (output.json()) {
            Json.print(terminal(), json -> {
                json.writeStartArray();
                for (Map.Entry<LayerPath, Character> change : changes.entrySet()) {
                    json.writeStartObject();
                    json.writeStringField("change", change.getValue().toString());
                    json.writeStringField("path", absolute(change.getKey()));
                    json.writeEndObject();
                }
                json.writeEndArray();
            });
        } else {
            for (Map.Entry<LayerPath, Character> change : changes.entrySet()) {
                terminal().println(change.getValue() + " " + terminal().show(absolute(change.getKey())));
            }
        }
    }
}
