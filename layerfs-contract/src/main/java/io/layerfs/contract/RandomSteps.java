package io.layerfs.contract;

import java.nio.file.CopyOption;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Steps at random, on few paths, so that they meet. */
final class RandomSteps {

    private static final List<String> PATHS = List.of(
            "dir",
            "dir/a",
            "dir/b",
            "dir/c",
            "dir/sub",
            "dir/sub/x",
            "dir/sub/deep",
            "dir/sub/deep/y",
            "f",
            "h",
            "dir/h",
            "empty",
            "l",
            "ld",
            "ld/a",
            "ld/sub",
            "dangling",
            "nowhere",
            "loop",
            "lf",
            "tmp",
            "tmp/n",
            "sg",
            "sg/d",
            "gone",
            "gone/new",
            "gone/old",
            "opq",
            "opq/both",
            "opq/old",
            "hollow",
            "hollow/only",
            "new",
            "new/f",
            "new/d",
            "new/d/e",
            "f/below",
            "dir/../f",
            "dir/./a",
            "absent/x",
            "filled",
            "filled/n3",
            "xattrs",
            "su",
            "big",
            "second",
            "new2",
            "new2/x");
    /** None leads to the root, since what is above it differs: nothing in a file system, something in a directory of another. */
    private static final List<String> TARGETS = List.of("f", "dir", "dir/a", "a", "dir/../f", "new", "x/y", "sub");

    private static final List<String> MODES = List.of("rwxr-xr-x", "rw-r--r--", "rwx------", "rwxrwxrwx");
    /** With them, the owner of a directory can do what root can. */
    private static final List<String> OWNERS_MODES = List.of("rwxr-xr-x", "rwxr--r--", "rwx------", "rwxrwxrwx");

    private final Random random;
    private final boolean xattrs;
    private final List<String> modes;

    RandomSteps(Random random, boolean xattrs, boolean asRoot) {
        this.random = random;
        this.xattrs = xattrs;
        this.modes = asRoot ? MODES : OWNERS_MODES;
    }

    List<Step> next(int count) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            steps.add(next());
        }
        return steps;
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private Step next() {
        String path = one(PATHS);
        String other = one(PATHS);
        return switch (random.nextInt(26)) {
            case 0 -> new Step.CreateFile(path);
            case 1, 2, 3 ->
                new Step.Write(
                        path,
                        random.nextInt(4) == 0 ? random.nextInt(200_000) : random.nextInt(20),
                        length(),
                        options(StandardOpenOption.WRITE));
            case 4 -> new Step.Read(path);
            case 5 -> new Step.Truncate(path, random.nextInt(3) == 0 ? 0 : random.nextInt(160_000));
            case 6 -> new Step.CreateDirectory(path);
            case 7 -> new Step.CreateDirectories(path);
            case 8 -> new Step.Symlink(path, one(TARGETS));
            case 9 -> new Step.Link(path, other);
            case 10, 11, 12 -> new Step.Delete(path);
            case 13, 14 -> new Step.Move(path, outside(path, other), moveOptions());
            case 15 -> new Step.Copy(path, outside(path, other), copyOptions());
            case 16 -> new Step.SetPermissions(path, one(modes));
            case 17 -> new Step.SetTime(path, 1_000_000_000L + random.nextInt(1000));
            case 18 ->
                xattrs ? new Step.SetXattr(path, "k" + random.nextInt(2), random.nextInt(50)) : new Step.Read(path);
            case 19 -> xattrs ? new Step.RemoveXattr(path, "k" + random.nextInt(2)) : new Step.Read(path);
            case 20 -> new Step.ListDirectory(path);
            case 21 -> random.nextBoolean() ? new Step.ReadLink(path) : new Step.RealPath(path);
            case 22 -> new Step.Stat(path, random.nextBoolean());
            case 23 -> new Step.SameFile(path, other);
            case 24 ->
                new Step.Open(
                        random.nextInt(3),
                        path,
                        options(one(List.of(StandardOpenOption.WRITE, StandardOpenOption.READ))));
            default -> handleStep(random.nextInt(3));
        };
    }

    /**
     * A target through which the source is not reached: the default provider removes what is to be replaced first, and then
     * does not find the source any more. That is no example to follow.
     */
    private static String outside(String source, String target) {
        return (source + "/").startsWith(target + "/") ? "new" : target;
    }

    private int length() {
        return random.nextInt(5) == 0 ? random.nextInt(100_000) : random.nextInt(30);
    }

    private Step handleStep(int handle) {
        return switch (random.nextInt(6)) {
            case 0, 1 -> new Step.HandleWrite(handle, length());
            case 2, 3 -> new Step.HandleRead(handle, random.nextInt(1000), random.nextInt(5000));
            case 4 -> new Step.HandleTruncate(handle, random.nextInt(1000));
            default -> new Step.Close(handle);
        };
    }

    private Set<StandardOpenOption> options(StandardOpenOption first) {
        EnumSet<StandardOpenOption> options = EnumSet.of(first);
        for (StandardOpenOption option : StandardOpenOption.values()) {
            boolean rare = option == StandardOpenOption.DELETE_ON_CLOSE
                    || option == StandardOpenOption.SYNC
                    || option == StandardOpenOption.DSYNC;
            if (random.nextInt(rare ? 30 : 5) == 0) {
                options.add(option);
            }
        }
        return options;
    }

    private List<CopyOption> moveOptions() {
        List<CopyOption> options = new ArrayList<>();
        if (random.nextBoolean()) {
            options.add(StandardCopyOption.REPLACE_EXISTING);
        }
        if (random.nextInt(3) == 0) {
            options.add(StandardCopyOption.ATOMIC_MOVE);
        }
        return options;
    }

    private List<CopyOption> copyOptions() {
        List<CopyOption> options = new ArrayList<>();
        if (random.nextBoolean()) {
            options.add(StandardCopyOption.REPLACE_EXISTING);
        }
        if (random.nextBoolean()) {
            options.add(StandardCopyOption.COPY_ATTRIBUTES);
        }
        if (random.nextInt(3) == 0) {
            options.add(java.nio.file.LinkOption.NOFOLLOW_LINKS);
        }
        return options;
    }
}
