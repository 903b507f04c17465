package io.layerfs.compose;

import io.layerfs.Image;
import io.layerfs.LayerOptions;
import io.layerfs.LayerStore;
import io.layerfs.Lease;
import io.layerfs.Platform;
import io.layerfs.vfs.LayerFileSystems;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A root file system in the making: steps that are said one after the other on top of a base, and become layers when it is
 * {@linkplain #commit committed}.
 *
 * <p><b>Steps</b> are done in their order; each sees what those before it made. A path is that of the image, and is resolved
 * in it: symbolic links on the way are followed, as far as the image's root. What is added replaces a file that is there,
 * and the last link of a path itself; a directory that is there stays as it is, with its owner, mode and time, and so do
 * the directories that a step only passes through. Directories that are missing are made. A file never replaces a directory,
 * nor a directory a file.
 *
 * <p><b>Attributes</b> do not depend on the host. What is added belongs to 0:0; directories and files that their owner may
 * execute on the host have the mode 0755, other files 0644; there are no extended attributes, and hard links become files
 * of their own. {@link #owner} and {@link #mode} give rules for other ones. All times are one: that of {@link #time}, else
 * that of the variable {@code SOURCE_DATE_EPOCH}, else 1970. What {@link #copyFrom(Image, String, String)} brings of another
 * root file system keeps all of that as it is there.
 *
 * <p><b>The same inputs give the same layer</b>, byte for byte, and no work: what a step gives is noted in the store by the
 * content of its inputs, which are the layers below, what the step says, the bytes of host files, and the rules that concern
 * them. The bytes of host files are hashed each time. What is noted lies in {@code layerfs/compose} of the store, and may be
 * deleted at any time. A layer that is made in two places at once, by threads or processes, is made by one of them.
 *
 * <p>Globs have the syntax of {@link java.nio.file.FileSystem#getPathMatcher}, and match whole absolute paths: {@code
 * /app/**} is all below {@code /app}, <code>/app{,/**}</code> that and the directory itself.
 *
 * <p>Not safe for use by many threads. It can be committed several times, and more steps be said between.
 */
public final class Rootfs {

    private final LayerStore store;
    private final @Nullable Image base;
    private final byte[] config;
    private final List<Step> steps = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();
    private final List<String> inputs = new ArrayList<>();
    private boolean inOneLayer;
    private boolean runAgain;
    private @Nullable Instant time;
    private @Nullable Consumer<String> output;

    private Rootfs(LayerStore store, @Nullable Image base, byte[] config) {
        this.store = store;
        this.base = base;
        this.config = config;
    }

    /** Begins with an image that is in the store, which stays open at least as long as this is used. */
    public static Rootfs from(LayerStore store, Image base) {
        return new Rootfs(store, base, base.config());
    }

    /**
     * Begins with the image of that name or digest.
     *
     * @throws java.nio.file.NoSuchFileException where the store has none
     */
    public static Rootfs from(LayerStore store, String reference) throws IOException {
        return from(store, store.image(reference));
    }

    /** Begins with nothing, for programs of {@code platform}. */
    public static Rootfs empty(LayerStore store, Platform platform) {
        return new Rootfs(store, null, ConfigDocument.empty(platform));
    }

    /**
     * Copies a file of the host, or all that is in a directory. Links in it are copied as such, and not followed. Of a path of a
     * mount, too, only bytes and names are copied: {@link #copyFrom(Path, String)} keeps owners and modes.
     *
     * @param target where the file will be, or the directory whose content is copied; where it ends with {@code /}, a file
     *     gets its own name in that directory
     */
    public Rootfs copy(Path source, String target) {
        return step(new Step.Files("copy " + target, out -> HostSource.copy(source, target, out)));
    }

    /**
     * Copies a file of another image, or all that is in a directory of it, as {@code cp -a} does: with owners, modes, times,
     * links and extended attributes. Links are not followed. {@link #owner} and {@link #mode} hold for what is copied, too.
     *
     * @param image an image of the same store
     * @param source an absolute path of that image
     * @param target as for {@link #copy}
     */
    public Rootfs copyFrom(Image image, String source, String target) {
        return step(new Step.Files("copy " + source + " " + target, out -> {
            Image held = store.image(image.digest().toString()); // by the commit's lease
            TreeSource.copy(out.open(store.view(held)).resolve(source), target, out);
        }));
    }

    /**
     * Copies a file of a pure-Java mount, or all that is in a directory of it, as it is when this is {@linkplain #commit
     * committed}: as {@link #copyFrom(Image, String, String)} does. What a mount by the kernel shows is copied from the image
     * that it is committed to: its links lead to the host for everybody outside of it.
     *
     * @param source a path below the {@linkplain io.layerfs.Mount#root root} of such a mount, which is open until then
     * @throws IllegalArgumentException where it is no path of a pure-Java mount
     */
    public Rootfs copyFrom(Path source, String target) {
        if (!source.getFileSystem().supportedFileAttributeViews().contains(TreeSource.XATTRS)) {
            throw new IllegalArgumentException(source + " is no path of a pure-Java mount");
        }
        return step(new Step.Files(
                "copy " + source + " " + target, out -> TreeSource.copy(source.toAbsolutePath(), target, out)));
    }

    /** Writes a text file, in UTF-8. */
    public Rootfs write(String path, String text) {
        return write(path, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a file of these bytes. */
    public Rootfs write(String path, byte[] bytes) {
        byte[] own = bytes.clone();
        return step(new Step.Files("write " + path, out -> out.file(path, false, Bytes.of(own))));
    }

    /** Makes a directory, and those above it, where there is none. */
    public Rootfs mkdir(String path) {
        return step(new Step.Files("mkdir " + path, out -> out.directory(path)));
    }

    /** Makes a symbolic link; the target is any text. */
    public Rootfs symlink(String path, String target) {
        return step(new Step.Files("symlink " + path, out -> out.symlink(path, target)));
    }

    /**
     * Removes what matches a glob, directories with all that is in them. It is an error where nothing does. Links are not
     * followed behind the first wildcard.
     */
    public Rootfs remove(String glob) {
        return step(new Step.Files("remove " + glob, out -> out.remove(glob)));
    }

    /**
     * A rule: what matches belongs to this user and group. Rules are for all that the files' steps add, the steps before it
     * and behind it, with the directories that they make; not for what the base has, nor for what programs make. The last
     * rule that matches counts. It is an error where a rule matches nothing.
     */
    public Rootfs owner(String glob, int uid, int gid) {
        rules.add(Rule.owner(glob, uid, gid));
        return this;
    }

    /**
     * A rule, as {@link #owner}: what matches, but for symbolic links, has this mode.
     *
     * @param mode 0 to 07777
     */
    public Rootfs mode(String glob, int mode) {
        rules.add(Rule.mode(glob, mode));
        return this;
    }

    /**
     * Runs a program, with what the steps before it made as its root, and the variables, directory and user that the config
     * says at this point. It must end with 0. Needs a backend that runs programs; see {@link io.layerfs.Mount#command}.
     *
     * <p>What it changes becomes the step's layer. Times from when it began on become {@link #time}, older ones, which come
     * with what it unpacks, stay. It is not run again while the layers below, the command, what the config says of running,
     * and the {@linkplain #input inputs} are the same; whether it would do the same is for who writes it to know.
     */
    public Rootfs run(String... command) {
        if (command.length == 0) {
            throw new IllegalArgumentException("no program to run");
        }
        List<String> words = List.copyOf(Arrays.asList(command));
        return step(new Step.Run(words, List.copyOf(inputs)));
    }

    /** Says what else the programs run by later steps depend on, such as the date of a package list: another text, another run. */
    public Rootfs input(String text) {
        inputs.add(text);
        return this;
    }

    /** Runs programs again, though what they made is noted. */
    public Rootfs noCache() {
        runAgain = true;
        return this;
    }

    /** Gives what programs print to {@code listener}, line by line, instead of to the streams of this process. */
    public Rootfs output(Consumer<String> listener) {
        output = listener;
        return this;
    }

    /** Sets a variable of the config. */
    public Rootfs env(String name, String value) {
        if (name.isEmpty() || name.indexOf('=') >= 0) {
            throw new IllegalArgumentException("not the name of a variable: '" + name + "'");
        }
        return step(new Step.Config(document -> document.env(name, value)));
    }

    /** Sets where programs start. */
    public Rootfs workdir(String path) {
        return step(new Step.Config(document -> document.set("WorkingDir", path)));
    }

    /** Sets who programs run as: {@code user}, {@code uid}, {@code user:group} and so on. */
    public Rootfs user(String user) {
        return step(new Step.Config(document -> document.set("User", user)));
    }

    /** Sets what is run before all arguments; the arguments that the base has are dropped, as they are for another program. */
    public Rootfs entrypoint(String... command) {
        List<String> words = List.copyOf(Arrays.asList(command));
        return step(new Step.Config(document -> document.entrypoint(words)));
    }

    /** Sets the arguments, or the command where there is no entry point. */
    public Rootfs cmd(String... arguments) {
        List<String> words = List.copyOf(Arrays.asList(arguments));
        return step(new Step.Config(document -> document.set("Cmd", words)));
    }

    /** Sets a label of the config. */
    public Rootfs label(String name, String value) {
        return step(new Step.Config(document -> document.label(name, value)));
    }

    /** Sets the time of all that is added, and of the image. */
    public Rootfs time(Instant instant) {
        time = instant;
        return this;
    }

    /** Makes one layer of all steps, instead of one of each. */
    public Rootfs inOneLayer() {
        inOneLayer = true;
        return this;
    }

    private Rootfs step(Step step) {
        steps.add(step);
        return this;
    }

    /**
     * Makes the image: what is not there yet of its layers, and its documents. The base's config is kept, but for what was set.
     *
     * @param tag its name in the store, which is taken from the image that had it; null for none
     * @throws java.nio.file.NoSuchFileException where what is to be copied or removed is not there
     * @throws io.layerfs.BackendUnavailableException where a program is to be run, and no backend can do that here
     * @throws IOException where a program fails, or a host file changes meanwhile
     * @throws IllegalArgumentException where a glob or a path is malformed, a rule matches nothing, or there would be no layer
     */
    public Image commit(@Nullable String tag) throws IOException {
        Instant latest = LayerOptions.fromEnvironment().latest();
        Instant all = time != null ? time : latest != null ? latest : Instant.EPOCH;
        Composition.Options options = new Composition.Options(all, inOneLayer, runAgain, output);
        try (Lease lease = store.lease();
                StepCache cache = new StepCache(store);
                FileSystem names = LayerFileSystems.open(store.view(Composition.unstored(config, List.of())))) {
            Rules compiled = new Rules(names, rules, all);
            return new Composition(store, base, config, compiled, cache, options).commit(steps, tag);
        }
    }
}
