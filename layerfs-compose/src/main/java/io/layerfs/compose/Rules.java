package io.layerfs.compose;

import io.layerfs.Attributes;
import io.layerfs.Xattrs;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The attributes of what is added: the defaults, and what the rules say. Remembers which rules were of use. */
final class Rules {

    private static final class Compiled {
        final Rule rule;
        final PathMatcher matcher;
        boolean used;

        Compiled(Rule rule, PathMatcher matcher) {
            this.rule = rule;
            this.matcher = matcher;
        }
    }

    private final FileSystem names;
    private final Instant time;
    private final List<Compiled> rules = new ArrayList<>();

    /**
     * @param names the file system whose globs and paths are those of images
     */
    Rules(FileSystem names, List<Rule> rules, Instant time) {
        this.names = names;
        this.time = time;
        for (Rule rule : rules) {
            this.rules.add(new Compiled(rule, names.getPathMatcher("glob:" + rule.glob())));
        }
    }

    /** What has nothing but a mode, before the rules. */
    Attributes ofNew(int mode) {
        return new Attributes(mode, 0, 0, time, Xattrs.NONE);
    }

    /** What is added at {@code path}, which is absolute, has these. */
    Attributes attributes(String path, Attributes own) {
        return attributes(path, own, true);
    }

    /** A symbolic link has no mode that could be set. */
    Attributes ofSymlink(String path, Attributes own) {
        return attributes(path, own, false);
    }

    private Attributes attributes(String path, Attributes own, boolean hasMode) {
        Path name = names.getPath(path);
        int mode = own.mode();
        int uid = own.uid();
        int gid = own.gid();
        for (Compiled compiled : rules) {
            Rule.Owner owner = compiled.rule.owner();
            Integer bits = compiled.rule.mode();
            boolean concerned = owner != null || hasMode;
            if (concerned && compiled.matcher.matches(name)) {
                compiled.used = true;
                uid = owner == null ? uid : owner.uid();
                gid = owner == null ? gid : owner.gid();
                mode = bits == null ? mode : bits;
            }
        }
        return new Attributes(mode, uid, gid, own.mtime(), own.xattrs());
    }

    /** A rule that is of no use is most likely misspelt. */
    void requireUsed() {
        for (Compiled compiled : rules) {
            if (!compiled.used) {
                throw new IllegalArgumentException(
                        "the rule '" + compiled.rule + "' matches nothing that the composition adds");
            }
        }
    }
}
