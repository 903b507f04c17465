package io.layerfs.upper;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Name;
import io.layerfs.View;
import io.layerfs.WritableView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In one thread, a view, a model of it, and a directory of the host are alike. */
class PlainModelTest {

    private static final List<String> NAMES = List.of("f", "g", "h");
    private static final int SEEDS = 60;
    private static final int OPERATIONS = 40;

    @TempDir
    Path directory;

    @Test
    void theThreeAreAlike() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            byte[] bytes = new byte[new Random(seed).nextInt(3) * 30_000 + 3];
            Path scratch = Files.createDirectory(directory.resolve("scratch" + seed));
            PlainView view = new PlainView(bytes, scratch);
            PlainModel model = new PlainModel(bytes);
            try (PlainHost host = new PlainHost(Files.createDirectory(directory.resolve("host" + seed)), bytes)) {
                Random ofHost = new Random(seed);
                Random ofModel = new Random(seed);
                Random ofView = new Random(seed);
                for (int i = 0; i < OPERATIONS; i++) {
                    String expected = Plain.outcome(() -> step(host, ofHost)) + "\n" + host.all();
                    assertThat(Plain.outcome(() -> step(model, ofModel)) + "\n" + model.all())
                            .as("the model, operation %d of seed %d", i, seed)
                            .isEqualTo(expected);
                    assertThat(Plain.outcome(() -> step(view, ofView)) + "\n" + view.all())
                            .as("the view, operation %d of seed %d", i, seed)
                            .isEqualTo(expected);
                }
            }
            view.end();
        }
    }

    /** It has room for more than it has, which the fork is not to take for bytes. */
    @Test
    void aSmallFileThatGrewIsAsLongAfterAFork() throws IOException {
        PlainView view = new PlainView(new byte[3], directory);
        for (int i = 0; i < 5; i++) {
            view.append(0, 3);
        }
        view.all();
        assertThat(view.append(0, 3)).isEqualTo("at 18");
        view.end();
    }

    /** Found by the storm: it was open when the snapshot was made, and nobody gave it back after the return to that. */
    @Test
    void aSnapshotHasNoFileWithoutAName() throws IOException {
        PlainView plain = new PlainView(new byte[3], directory);
        UpperView view = plain.view();
        WritableView.Place made =
                new WritableView.Place(view.root(), Name.of("new"), view.createFile(view.root(), Name.of("new"), 0644));
        View past;
        try (WritableView.OpenFile file = view.open(made)) {
            file.write(0, ByteBuffer.wrap(new byte[5000]));
            plain.append(0, 5000);
            plain.unlink("new");
            plain.unlink("f");
            past = view.snapshot();
            assertThat(((Tree) past).used()).isZero();
            assertThat(file.read(0, ByteBuffer.allocate(10)))
                    .as("it is open as before")
                    .isEqualTo(10);
        }
        view.rollback(past);
        assertThat(view.usage().used()).isZero();
        ((Tree) view.present())
                .nodes()
                .forEach((inode, node) -> assertThat(
                                node.links() > 0 || (node instanceof Node.Regular file && file.data() == null))
                        .isTrue());
        plain.end();
    }

    private static String step(Plain plain, Random random) throws IOException {
        String name = NAMES.get(random.nextInt(NAMES.size()));
        String other = NAMES.get(random.nextInt(NAMES.size()));
        int handle = random.nextInt(Plain.HANDLES);
        int number = random.nextInt(random.nextInt(4) == 0 ? 50_000 : 50);
        return switch (random.nextInt(8)) {
            case 0 -> plain.create(name);
            case 1 -> plain.unlink(name);
            case 2 -> plain.rename(name, other);
            case 3 -> plain.link(name);
            case 4 -> plain.write(handle, number, 5);
            case 5 -> plain.append(handle, number % 5000);
            case 6 -> plain.truncate(handle, number);
            default -> plain.read(handle);
        };
    }
}
