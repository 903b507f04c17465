package io.layerfs.upper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Name;
import io.layerfs.View;
import io.layerfs.lincheck.LincheckRuns;
import io.layerfs.vfs.MemoryViews;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Random;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * A writable view: whatever several threads do to it at once comes to the same as one after the other, in some order, by {@link
 * DirectoriesModel}; and what was accounted for and held is given back. Few names, so that the threads meet.
 */
public class ViewLincheckTest {

    private static final List<String> NAMES = List.of("a", "b", "d");
    private static final int SMALL = 3;
    private static final int LARGE = 60_000;

    /** Something that is done, or fails. */
    private interface Call {
        String run() throws IOException;
    }

    /** What it answers, or which failure. */
    private static String outcome(Call call) {
        try {
            return call.run();
        } catch (FileAlreadyExistsException e) {
            return "exists";
        } catch (NoSuchFileException e) {
            return "absent";
        } catch (DirectoryNotEmptyException e) {
            return "not empty";
        } catch (FileSystemException e) {
            return e.getReason();
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** What is done, to a view or to the model. A handle from 2 on is one of the thread's own. */
    @Param(name = "directory", gen = IntGen.class, conf = "0:1")
    @Param(name = "name", gen = IntGen.class, conf = "0:2")
    @Param(name = "handle", gen = IntGen.class, conf = "0:2")
    @Param(name = "thread", gen = ThreadIdGen.class)
    @Param(name = "at", gen = IntGen.class, conf = "0:4")
    public abstract static class Operations {
        private final Directories tree;
        private final int scale;

        Operations(Directories tree, int scale) {
            this.tree = tree;
            this.scale = scale;
        }

        private static int handle(int handle, int thread) {
            return handle < Directories.OPEN ? handle : own(thread);
        }

        private static int own(int thread) {
            return Directories.OPEN + thread % (Directories.HANDLES - Directories.OPEN);
        }

        @Operation
        public final String create(@Param(name = "directory") int directory, @Param(name = "name") int name) {
            return outcome(() -> tree.createFile(directory, NAMES.get(name)));
        }

        @Operation
        public final String createDirectory(@Param(name = "directory") int directory, @Param(name = "name") int name) {
            return outcome(() -> tree.createDirectory(directory, NAMES.get(name)));
        }

        @Operation
        public final String unlink(@Param(name = "directory") int directory, @Param(name = "name") int name) {
            return outcome(() -> tree.unlink(directory, NAMES.get(name)));
        }

        @Operation
        public final String removeDirectory(@Param(name = "directory") int directory, @Param(name = "name") int name) {
            return outcome(() -> tree.removeDirectory(directory, NAMES.get(name)));
        }

        @Operation
        public final String rename(
                @Param(name = "directory") int from,
                @Param(name = "name") int name,
                @Param(name = "directory") int to,
                @Param(name = "name") int newName) {
            return outcome(() -> tree.rename(from, NAMES.get(name), to, NAMES.get(newName)));
        }

        @Operation
        public final String link(
                @Param(name = "handle") int handle,
                @Param(name = "thread") int thread,
                @Param(name = "directory") int directory,
                @Param(name = "name") int name) {
            return outcome(() -> tree.link(handle(handle, thread), directory, NAMES.get(name)));
        }

        @Operation
        public final String open(
                @Param(name = "thread") int thread,
                @Param(name = "directory") int directory,
                @Param(name = "name") int name) {
            return outcome(() -> tree.open(own(thread), directory, NAMES.get(name)));
        }

        @Operation
        public final String write(
                @Param(name = "handle") int handle, @Param(name = "thread") int thread, @Param(name = "at") int at) {
            return outcome(() -> tree.write(handle(handle, thread), at * scale, 3 * scale));
        }

        @Operation
        public final String append(@Param(name = "handle") int handle, @Param(name = "thread") int thread) {
            return outcome(() -> tree.append(handle(handle, thread), 2 * scale));
        }

        @Operation
        public final String truncate(
                @Param(name = "handle") int handle, @Param(name = "thread") int thread, @Param(name = "at") int at) {
            return outcome(() -> tree.truncate(handle(handle, thread), at * scale));
        }

        @Operation
        public final String read(@Param(name = "handle") int handle, @Param(name = "thread") int thread) {
            return outcome(() -> tree.read(handle(handle, thread)));
        }

        @Operation
        public final String setMode(
                @Param(name = "handle") int handle, @Param(name = "thread") int thread, @Param(name = "at") int at) {
            return outcome(() -> tree.setMode(handle(handle, thread), 0600 + at));
        }

        @Operation
        public final String stat(@Param(name = "directory") int directory, @Param(name = "name") int name) {
            return outcome(() -> tree.stat(directory, NAMES.get(name)));
        }

        @Operation
        public final String list(@Param(name = "directory") int directory) {
            return outcome(() -> tree.list(directory));
        }

        @Operation
        public final String snapshot(@Param(name = "thread") int thread) {
            return outcome(() -> tree.snapshot(thread));
        }

        @Operation
        public final String past(@Param(name = "thread") int thread) {
            return outcome(() -> tree.past(thread));
        }

        @Operation
        public final String fork() {
            return outcome(tree::fork);
        }
    }

    /** Small files, which are in memory. */
    public static final class OfSmall extends Operations {
        private static final View LOWER = MemoryViews.ofTwoDirectories(new byte[SMALL]);
        private final DirectoriesView view;

        /** A new view. */
        public OfSmall() throws IOException {
            this(new DirectoriesView(LOWER));
        }

        private OfSmall(DirectoriesView view) {
            super(view, 1);
            this.view = view;
        }

        /** When all is still. */
        @Validate
        public void nothingIsLeft() throws IOException {
            view.end();
        }
    }

    /** The model of it. */
    public static final class SmallModel extends Operations {
        /** A new one. */
        public SmallModel() {
            super(new DirectoriesModel(new byte[SMALL]), 1);
        }
    }

    /** Large files, which have scratch files. */
    public static final class OfLarge extends Operations {
        private static final View LOWER = MemoryViews.ofTwoDirectories(new byte[LARGE]);
        private final DirectoriesView view;

        /** A new view. */
        public OfLarge() throws IOException {
            this(new DirectoriesView(LOWER));
        }

        private OfLarge(DirectoriesView view) {
            super(view, 9_000);
            this.view = view;
        }

        /** When all is still. */
        @Validate
        public void nothingIsLeft() throws IOException {
            view.end();
        }
    }

    /** The model of it. */
    public static final class LargeModel extends Operations {
        /** A new one. */
        public LargeModel() {
            super(new DirectoriesModel(new byte[LARGE]), 9_000);
        }
    }

    @Test
    void smallFiles() {
        LincheckRuns.stress(6).sequentialSpecification(SmallModel.class).check(OfSmall.class);
    }

    @Test
    void largeFiles() {
        LincheckRuns.stress(2).sequentialSpecification(LargeModel.class).check(OfLarge.class);
    }

    /** All that a view is made of has to be changed for that, which the build has no time for. */
    @Test
    void smallFilesInAllOrders() {
        assumeTrue(LincheckRuns.areLong(), "it takes -Dlayerfs.lincheck.iterations");
        LincheckRuns.modelChecking(0)
                .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(
                                Name.class.getName(),
                                LongMap.class.getName(),
                                NameMap.class.getName(),
                                Meta.class.getName())
                        .allMethods()
                        .ignore())
                .sequentialSpecification(SmallModel.class)
                .check(OfSmall.class);
    }

    /** One thread, and many operations: what the model says is what a view does. */
    @Test
    void inOneThreadTheyAreAlike() throws IOException {
        for (int seed = 0; seed < 100; seed++) {
            boolean small = seed % 2 == 0;
            byte[] bytes = new byte[small ? SMALL : LARGE];
            DirectoriesView view = new DirectoriesView(MemoryViews.ofTwoDirectories(bytes));
            DirectoriesModel model = new DirectoriesModel(bytes);
            Random ofView = new Random(seed);
            Random ofModel = new Random(seed);
            for (int i = 0; i < 60; i++) {
                assertThat(step(view, ofView, small ? 1 : 9_000))
                        .as("operation %d of seed %d", i, seed)
                        .isEqualTo(step(model, ofModel, small ? 1 : 9_000));
            }
            view.end();
        }
    }

    private static String step(Directories tree, Random random, int scale) {
        int directory = random.nextInt(2);
        int to = random.nextInt(2);
        String name = NAMES.get(random.nextInt(NAMES.size()));
        String newName = NAMES.get(random.nextInt(NAMES.size()));
        int handle = random.nextInt(Directories.HANDLES);
        int at = random.nextInt(5) * scale;
        int kind = random.nextInt(17);
        return kind + " "
                + outcome(() -> switch (kind) {
                    case 0 -> tree.createFile(directory, name);
                    case 1 -> tree.createDirectory(directory, name);
                    case 2 -> tree.unlink(directory, name);
                    case 3 -> tree.removeDirectory(directory, name);
                    case 4 -> tree.rename(directory, name, to, newName);
                    case 5 -> tree.link(handle, directory, name);
                    case 6 -> tree.open(handle, directory, name);
                    case 7 -> tree.write(handle, at, 3 * scale);
                    case 8 -> tree.append(handle, 2 * scale);
                    case 9 -> tree.truncate(handle, at);
                    case 10 -> tree.read(handle);
                    case 11 -> tree.setMode(handle, 0600 + random.nextInt(8));
                    case 12 -> tree.stat(directory, name);
                    case 13 -> tree.list(directory);
                    case 14 -> tree.snapshot(0);
                    case 15 -> tree.past(0);
                    default -> tree.fork();
                });
    }
}
