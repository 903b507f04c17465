package io.layerfs.junit;

import io.layerfs.Changeset;
import io.layerfs.Mount;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The root file system that one declaration has for one test. */
final class Root {

    private final String declaration;
    private final Mount mount;
    private final Base base;

    Root(String declaration, Mount mount, Base base) {
        this.declaration = declaration;
        this.mount = mount;
        this.base = base;
    }

    /** As the value of a variable of this type. */
    Object as(Class<?> type) {
        return type == Mount.class ? mount : mount.root();
    }

    /** What was changed, in a failed test's report. A failure of this is told beside the test's, and takes nothing from it. */
    void report(ExtensionContext context, Throwable failure) {
        try {
            Changeset changes = mount.changes();
            String text = declaration + " changed:\n" + ChangeText.of(changes);
            context.publishReportEntry("layerfs", text);
            failure.addSuppressed(new RootfsContents(text));
            String directory = Parameters.find(context, "layerfs.export");
            if (directory != null) {
                Path written = TreeExport.write(base, changes, Path.of(directory), context);
                failure.addSuppressed(new RootfsContents("the whole tree: " + written));
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    void close() throws IOException {
        mount.close();
    }
}
