package io.layerfs.vfs;

import io.layerfs.Content;
import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.Stat;
import io.layerfs.View;
import io.layerfs.WritableView;
import io.layerfs.Xattrs;
import io.layerfs.lincheck.LincheckRuns;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/**
 * {@link LookupCache}: what a path is found to mean is what it means at that moment, whatever others look for and change. The views
 * that it is asked of are not judged here, so that their operations are steps of their own; their names are a set.
 */
public class LookupCacheLincheckTest {

    private static final Name FIRST = Name.of("first");

    private static ModelCheckingOptions modelChecking() {
        return LincheckRuns.modelChecking(1)
                .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(
                                Seen.class.getName(),
                                LayerFileSystem.class.getName(),
                                PathWalk.class.getName(),
                                NioPath.class.getName())
                        .allMethods()
                        .ignore());
    }

    /** One that no provider knows: it need not be closed. */
    private static LayerFileSystem fileSystem(View view) {
        return new LayerFileSystem(LayerFileSystemProvider.instance(), 0, view);
    }

    /** Two names, each of which is there or not: what is seen at one moment. */
    private record Seen(boolean first, boolean second) implements View {

        @Override
        public long root() {
            return 0;
        }

        @Override
        public long lookup(long directory, Name name) {
            boolean there = name.equals(FIRST) ? first : second;
            return there ? 1 : ABSENT;
        }

        @Override
        public long parent(long directory) {
            return 0;
        }

        @Override
        public FileType type(long inode) {
            return inode == 0 ? FileType.DIRECTORY : FileType.REGULAR;
        }

        @Override
        public Stat stat(long inode) {
            return new Stat(inode, type(inode), 0644, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0);
        }

        @Override
        public Xattrs xattrs(long inode) {
            return Xattrs.NONE;
        }

        @Override
        public String readSymlink(long inode) throws IOException {
            throw new IOException("no link");
        }

        @Override
        public Content content(long inode) throws IOException {
            throw new IOException("no content");
        }

        @Override
        public Iterator<Dirent> list(long directory) {
            return Collections.emptyIterator();
        }
    }

    /** Two names that come and go. */
    @Param(name = "name", gen = IntGen.class, conf = "0:1")
    public static final class Changing {
        private final LookupCache lookups = new LookupCache();
        private final LayerFileSystem files;
        private final NioPath[] paths = new NioPath[2];
        private volatile Seen present = new Seen(false, false);

        public Changing() {
            // of a view that is written nothing else is asked
            files = fileSystem((View) Proxy.newProxyInstance(
                    WritableView.class.getClassLoader(), new Class<?>[] {WritableView.class}, this::answer));
            paths[0] = NioPath.parse(files, "/" + FIRST);
            paths[1] = NioPath.parse(files, "/second");
        }

        private Object answer(Object view, Method method, Object[] arguments) {
            return switch (method.getName()) {
                case "present" -> present;
                case "hashCode" -> 1;
                case "equals" -> view == arguments[0];
                default -> throw new IllegalStateException(method.getName());
            };
        }

        @Operation
        public boolean exists(@Param(name = "name") int name) throws IOException {
            return lookups.exists(files, paths[name], true);
        }

        @Operation
        public boolean attributes(@Param(name = "name") int name) throws IOException {
            return lookups.attributes(files, paths[name], true) != null;
        }

        /** Creates it, or deletes it. */
        @Operation
        public synchronized void change(@Param(name = "name") int name) {
            Seen last = present;
            present = name == 0 ? new Seen(!last.first, last.second) : new Seen(last.first, !last.second);
        }
    }

    /** The model of it. */
    public static final class ChangingModel {
        private final Set<Integer> there = new TreeSet<>();

        public boolean exists(int name) {
            return there.contains(name);
        }

        public boolean attributes(int name) {
            return there.contains(name);
        }

        public void change(int name) {
            if (!there.add(name)) {
                there.remove(name);
            }
        }
    }

    /**
     * More paths than have room in the one set of places where they all go, so that they drive each other out. The threads just
     * run: they compare paths, which Lincheck takes for asking the system.
     */
    @Param(name = "path", gen = IntGen.class, conf = "0:7")
    public static final class Crowded {
        private static final int PATHS = 8;
        private static final int EARLIER = 60;
        private static final List<String> NAMES = ofOneSet(PATHS + EARLIER);
        private static final MemoryView VIEW = new MemoryView();

        static {
            for (String name : NAMES) {
                try {
                    VIEW.file(name.substring(1), new byte[0]);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        private final LookupCache lookups = new LookupCache();
        private final LayerFileSystem files = fileSystem(VIEW);
        private final NioPath[] paths = new NioPath[PATHS];

        /** So many were driven out that the table is about to grow. */
        public Crowded() throws IOException {
            for (int i = 0; i < EARLIER; i++) {
                lookups.exists(files, NioPath.parse(files, NAMES.get(PATHS + i)), true);
            }
            for (int i = 0; i < PATHS; i++) {
                paths[i] = NioPath.parse(files, NAMES.get(i));
            }
        }

        /** Names whose paths have hashes with the same first 8 bits, when they are mixed as the table does. */
        private static List<String> ofOneSet(int count) {
            List<String> names = new ArrayList<>();
            LayerFileSystem files = fileSystem(new MemoryView());
            for (int i = 0; names.size() < count; i++) {
                if ((NioPath.parse(files, "/" + i).hashCode() * 0x9e3779b9) >>> 24 == 0) {
                    names.add("/" + i);
                }
            }
            return names;
        }

        @Operation
        public long inode(@Param(name = "path") int path) throws IOException {
            return lookups.attributes(files, paths[path], true).stat().inode();
        }

        @Operation
        public boolean exists(@Param(name = "path") int path) throws IOException {
            return lookups.exists(files, paths[path], false);
        }
    }

    /** The model of it. */
    public static final class CrowdedModel {

        public long inode(int path) {
            return path + 1L;
        }

        public boolean exists(int path) {
            return path < Crowded.PATHS;
        }
    }

    private static Actor actor(String name, int argument) {
        try {
            Method method = Changing.class.getMethod(name, int.class);
            return new Actor(method, List.of(argument), false, false, false, false, false);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A path is found while another is found in the next view: which chance seldom comes to. */
    private static ExecutionScenario twoViewsAtOnce() {
        return new ExecutionScenario(
                List.of(),
                List.of(List.of(actor("exists", 0)), List.of(actor("change", 0), actor("exists", 1))),
                List.of(actor("exists", 0)),
                null);
    }

    @Test
    void namesThatComeAndGo() {
        modelChecking()
                .addCustomScenario(twoViewsAtOnce())
                .sequentialSpecification(ChangingModel.class)
                .check(Changing.class);
    }

    @Test
    void pathsThatDriveEachOtherOut() {
        LincheckRuns.stress(1).sequentialSpecification(CrowdedModel.class).check(Crowded.class);
    }
}
