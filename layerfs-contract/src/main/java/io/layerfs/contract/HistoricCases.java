package io.layerfs.contract;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What other union file systems got wrong once, each as the steps that showed it. The names say what is to hold; where a
 * project's issue is known, it is named.
 */
final class HistoricCases {

    private final Map<String, List<Step>> cases = new LinkedHashMap<>();

    private HistoricCases() {
        links();
        whiteouts();
        openFiles();
        renames();
        attributes();
        opening();
        copies();
        names();
    }

    /** Steps by what they show. */
    static Map<String, List<Step>> all() {
        return new HistoricCases().cases;
    }

    private void add(String name, Step... steps) {
        if (cases.put(name, List.of(steps)) != null) {
            throw new IllegalStateException("two cases of the name " + name);
        }
    }

    private static Step write(String path, int length) {
        return new Step.Write(path, 0, length, Set.of(WRITE));
    }

    private static Step append(String path, int length) {
        return new Step.Write(path, 0, length, Set.of(APPEND));
    }

    private static Step move(String from, String to) {
        return new Step.Move(from, to, List.of());
    }

    private static Step replace(String from, String to) {
        return new Step.Move(from, to, List.of(REPLACE_EXISTING));
    }

    private static Step stat(String path) {
        return new Step.Stat(path, false);
    }

    private void links() {
        add("copy-up keeps hard links (fuse-overlayfs 192)", write("f", 3), new Step.Read("h"), new Step.Read("dir/h"));
        add(
                "chmod of one name is seen by all (fuse-overlayfs 183)",
                new Step.SetPermissions("h", "rw-------"),
                stat("f"));
        add("link count after unlink (fuse-overlayfs 109)", new Step.Delete("h"), stat("f"), stat("dir/h"));
        add("link count after link (fuse-overlayfs 108)", new Step.Link("h2", "f"), stat("h"), stat("h2"));
        add(
                "a link to a file of a lower layer is the same file",
                new Step.Link("n", "dir/a"),
                new Step.SameFile("n", "dir/a"),
                append("n", 5),
                new Step.Read("dir/a"));
        add("a link to a link is a link to its file", new Step.Link("n", "lf"), stat("n"), new Step.ReadLink("n"));
        add("a link to a directory is refused", new Step.Link("n", "dir"));
        add("a link over what is there is refused", new Step.Link("f", "dir/a"));
        add("a link into an absent directory is refused", new Step.Link("absent/n", "f"));
        add("a link to what is absent is refused", new Step.Link("n", "absent"));
        add(
                "all names of a lower file can go, one by one",
                new Step.Delete("f"),
                new Step.Delete("h"),
                stat("dir/h"),
                new Step.Delete("dir/h"),
                new Step.ListDirectory(""));
        add("truncate of one name is seen by all", new Step.Truncate("dir/c", 10), new Step.Read("dir/b"));
        add("a replaced name leaves the others", replace("dir/a", "h"), stat("f"), stat("h"), new Step.Read("f"));
    }

    private void whiteouts() {
        add(
                "a deleted directory that is made again is empty (fuse-overlayfs 306)",
                new Step.Delete("dir/sub/deep/y"),
                new Step.Delete("dir/sub/deep"),
                new Step.CreateDirectory("dir/sub/deep"),
                new Step.ListDirectory("dir/sub/deep"));
        add(
                "a directory whose lower names were all deleted can be deleted (fuse-overlayfs 69)",
                new Step.ListDirectory("hollow"),
                new Step.Delete("hollow"),
                new Step.ListDirectory(""));
        add(
                "an opaque directory shows its own names alone (fuse-overlayfs 55)",
                new Step.ListDirectory("opq"),
                new Step.CreateFile("opq/old"),
                new Step.Read("opq/old"));
        add(
                "a name can be deleted and made again many times (fuse-overlayfs 71)",
                new Step.Delete("f"),
                new Step.CreateFile("f"),
                new Step.Delete("f"),
                new Step.CreateDirectory("f"),
                new Step.Delete("f"),
                new Step.Symlink("f", "dir"),
                new Step.ListDirectory("f"));
        add(
                "a file takes the place of a deleted directory",
                new Step.Delete("gone/new"),
                new Step.Delete("gone"),
                new Step.CreateFile("gone"),
                stat("gone"));
        add(
                "a directory takes the place of a deleted file",
                new Step.Delete("second"),
                new Step.CreateDirectory("second"),
                new Step.CreateFile("second/x"),
                new Step.ListDirectory("second"));
        add(
                "what a layer brings back after a whiteout is what that layer says",
                new Step.ListDirectory("gone"),
                new Step.Read("gone/old"),
                stat("gone"));
        add("a full directory is not deleted", new Step.Delete("filled"), new Step.ListDirectory("filled"));
        add(
                "each name is listed once",
                write("filled/n3", 4),
                new Step.CreateFile("filled/n99"),
                new Step.Delete("filled/n5"),
                new Step.ListDirectory("filled"));
        List<Step> all = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            all.add(new Step.Delete("filled/n" + i));
        }
        all.add(new Step.ListDirectory("filled"));
        all.add(new Step.Delete("filled"));
        all.add(new Step.ListDirectory(""));
        add("all names of a directory can be deleted, and then itself", all.toArray(new Step[0]));
        add(
                "delete of what is absent says so",
                new Step.Delete("absent"),
                new Step.Delete("f/x"),
                new Step.Delete("absent/x"));
        add("delete of a link deletes the link", new Step.Delete("ld"), new Step.ListDirectory("dir"));
        add("a dangling link can be deleted", new Step.Delete("dangling"), new Step.Delete("loop"));
    }

    private void openFiles() {
        add(
                "an unlinked file is read on",
                new Step.Open(1, "dir/b", Set.of(READ)),
                new Step.Delete("dir/b"),
                new Step.Delete("dir/c"),
                new Step.HandleRead(1, 100, 1000),
                new Step.Close(1));
        add(
                "an unlinked file is written on",
                new Step.Open(1, "f", Set.of(READ, WRITE)),
                new Step.Delete("f"),
                new Step.HandleWrite(1, 10),
                new Step.HandleRead(1, 0, 20),
                new Step.Read("h"),
                new Step.Close(1));
        add(
                "who reads sees what another writes after copy-up",
                new Step.Open(1, "dir/a", Set.of(READ)),
                write("dir/a", 20),
                new Step.HandleRead(1, 0, 30),
                append("dir/a", 7),
                new Step.HandleRead(1, 0, 60),
                new Step.Close(1));
        add(
                "an open file follows its rename",
                new Step.Open(1, "second", Set.of(READ, WRITE)),
                move("second", "third"),
                new Step.HandleWrite(1, 9),
                new Step.Read("third"),
                new Step.Close(1));
        add(
                "two writers of one file",
                new Step.Open(1, "f", Set.of(WRITE)),
                new Step.Open(2, "h", Set.of(READ, WRITE)),
                new Step.HandleWrite(1, 5),
                new Step.HandleWrite(2, 2),
                new Step.HandleRead(2, 0, 10),
                new Step.Close(1),
                new Step.Close(2));
        add(
                "appending goes to the end, wherever that is",
                new Step.Open(1, "f", Set.of(APPEND)),
                new Step.Open(2, "f", Set.of(APPEND)),
                new Step.HandleWrite(1, 5),
                new Step.HandleWrite(2, 3),
                new Step.HandleWrite(1, 5),
                new Step.Close(1),
                new Step.Close(2),
                new Step.Read("f"));
        add(
                "a file that is replaced stays for who has it open",
                new Step.Open(1, "f", Set.of(READ)),
                replace("dir/a", "f"),
                new Step.HandleRead(1, 0, 20),
                new Step.Close(1),
                new Step.Read("h"));
        add(
                "cutting under a reader",
                new Step.Open(1, "dir/b", Set.of(READ)),
                new Step.Truncate("dir/b", 5),
                new Step.HandleRead(1, 0, 20),
                new Step.HandleRead(1, 5, 20),
                new Step.Close(1));
        add(
                "delete on close deletes",
                new Step.Open(1, "f", Set.of(READ, DELETE_ON_CLOSE)),
                stat("f"),
                stat("h"),
                new Step.HandleRead(1, 0, 10),
                new Step.Close(1));
    }

    private void renames() {
        add(
                "a directory of a lower layer is renamed",
                move("dir", "moved"),
                new Step.ListDirectory("moved"),
                new Step.Read("moved/sub/deep/y"),
                new Step.ListDirectory("dir"));
        add(
                "a renamed directory leaves room for another",
                move("dir", "moved"),
                new Step.CreateDirectory("dir"),
                new Step.ListDirectory("dir"),
                new Step.CreateFile("dir/a"),
                new Step.Read("moved/a"));
        add("rename there and back", move("dir", "moved"), move("moved", "dir"), new Step.ListDirectory("dir"));
        add(
                "rename over a whiteout",
                new Step.Delete("f"),
                move("dir/a", "f"),
                new Step.Read("f"),
                new Step.Read("dir/a"));
        add(
                "rename a directory onto an empty one",
                new Step.Move("dir/sub", "tmp", List.of(ATOMIC_MOVE)),
                new Step.ListDirectory("tmp"));
        add(
                "rename a directory onto a full one is refused",
                new Step.Move("dir/sub", "filled", List.of(ATOMIC_MOVE)),
                replace("dir/sub", "filled"));
        add("rename a file onto a directory is refused", new Step.Move("f", "tmp", List.of(ATOMIC_MOVE)));
        add("rename a directory onto a file is refused", new Step.Move("tmp", "f", List.of(ATOMIC_MOVE)));
        add("move a file onto an empty directory", replace("f", "tmp"), new Step.Read("tmp"));
        add("move a directory onto a file", replace("tmp", "f"), new Step.ListDirectory("f"));
        add(
                "rename a directory into itself is refused",
                move("dir", "dir/sub/new"),
                new Step.Move("dir", "dir/sub/deep", List.of(ATOMIC_MOVE)));
        add(
                "rename a directory onto one that holds it is refused",
                new Step.Move("dir/sub/deep", "dir", List.of(ATOMIC_MOVE)),
                replace("dir/sub/deep", "dir"));
        add(
                "rename of one name to another of the same file does nothing",
                new Step.Move("f", "h", List.of(ATOMIC_MOVE)),
                move("f", "h"),
                stat("f"),
                stat("h"));
        add("rename to itself does nothing", move("f", "f"), new Step.Move("dir", "dir", List.of(ATOMIC_MOVE)));
        add("rename of a link moves the link", move("l", "l2"), new Step.ReadLink("l2"), new Step.Read("dir/a"));
        add("move without replacing is refused", move("f", "empty"), new Step.Read("empty"));
        add("move of what is absent", move("absent", "n"), new Step.Move("absent", "n", List.of(ATOMIC_MOVE)));
        add("move into what is absent", move("f", "absent/n"), move("f", "empty/n"));
        add(
                "a moved directory has another parent",
                move("dir/sub", "tmp/sub"),
                new Step.ListDirectory("tmp/sub/.."),
                new Step.Read("tmp/sub/../../f"));
        add(
                "changes in a renamed directory",
                move("dir", "d2"),
                write("d2/sub/x", 3),
                new Step.Delete("d2/a"),
                move("d2/sub", "sub"),
                new Step.CreateFile("sub/deep/new"),
                new Step.ListDirectory("d2"));
        add(
                "swap of two directories",
                move("dir", "t"),
                move("filled", "dir"),
                move("t", "filled"),
                new Step.ListDirectory("dir"),
                new Step.ListDirectory("filled"));
        add(
                "a renamed directory over a deleted one shows nothing of that",
                new Step.Delete("gone/new"),
                new Step.Delete("gone"),
                move("dir/sub", "gone"),
                new Step.ListDirectory("gone"));
    }

    private void attributes() {
        add(
                "chmod keeps content and time (fuse-overlayfs copy-up)",
                new Step.SetPermissions("dir/b", "rwx------"),
                stat("dir/c"),
                new Step.Read("dir/b"));
        add(
                "chmod through a link changes the file",
                new Step.SetPermissions("l", "rw-rw-rw-"),
                stat("dir/a"),
                stat("l"));
        add("writing changes the time of the file alone", append("dir/sub/x", 3), stat("dir/sub"));
        add(
                "setting a time on a lower file",
                new Step.SetTime("dir/sub/deep/y", 1000),
                new Step.Read("dir/sub/deep/y"));
        add("setting a time on a directory", new Step.SetTime("dir/sub", 1000), new Step.SetTime("", 1001));
        add("extended attributes survive copy-up", write("xattrs", 3));
        add(
                "extended attributes are set and removed",
                new Step.SetXattr("f", "n", 10),
                new Step.SetXattr("dir", "n", 20),
                new Step.RemoveXattr("xattrs", "k"),
                new Step.RemoveXattr("xattrs", "none"),
                new Step.SetXattr("h", "n", 0));
        add("a sticky directory stays so (jib 3594)", new Step.CreateFile("tmp/n"), stat("tmp"));
        add(
                "mode with setuid",
                new Step.SetMode("f", 06755),
                new Step.SetMode("tmp", 0),
                new Step.SetMode("tmp", 01777));
        add(
                "setgid is inherited by directories",
                new Step.CreateDirectory("sg/d"),
                new Step.CreateFile("sg/f"),
                new Step.CreateDirectory("sg/d/e"));
        add("permissions of a link without a file", new Step.SetPermissions("dangling", "rwxrwxrwx"));
        add("writing clears nothing that root set", write("su", 3), stat("su"));
    }

    private void opening() {
        add(
                "CREATE through a dangling link makes its target",
                new Step.Write("dangling", 0, 5, Set.of(WRITE, CREATE)),
                new Step.Read("nowhere"),
                new Step.ReadLink("dangling"));
        add(
                "CREATE_NEW on a dangling link is refused",
                new Step.Write("dangling", 0, 5, Set.of(WRITE, CREATE_NEW)),
                new Step.CreateFile("dangling"));
        add(
                "a loop of links",
                new Step.Read("loop"),
                new Step.Write("loop", 0, 1, Set.of(WRITE, CREATE)),
                stat("loop"),
                new Step.RealPath("loop"));
        add(
                "opening a directory to write is refused",
                new Step.Write("dir", 0, 1, Set.of(WRITE)),
                new Step.Write("dir", 0, 1, Set.of(WRITE, CREATE)),
                new Step.Write("dir", 0, 1, Set.of(WRITE, CREATE_NEW)),
                new Step.Write("", 0, 1, Set.of(WRITE, CREATE)));
        add(
                "opening in what is no directory",
                new Step.Write("f/x", 0, 1, Set.of(WRITE, CREATE)),
                new Step.Read("f/x"));
        add("opening in what is absent", new Step.Write("absent/x", 0, 1, Set.of(WRITE, CREATE)));
        add(
                "TRUNCATE_EXISTING of a lower file",
                new Step.Write("dir/b", 0, 7, Set.of(WRITE, TRUNCATE_EXISTING)),
                new Step.Read("dir/c"));
        add(
                "options that contradict each other",
                new Step.Write("f", 0, 1, Set.of(READ, APPEND)),
                new Step.Write("f", 0, 1, Set.of(APPEND, TRUNCATE_EXISTING)),
                new Step.Write("f", 0, 1, Set.of(READ)));
        add(
                "a hole is zeros",
                new Step.Write("f", 100_000, 5, Set.of(WRITE)),
                new Step.Read("h"),
                new Step.Write("dir/b", 400_000, 5, Set.of(WRITE)),
                new Step.Read("dir/b"));
        add(
                "cut and extended, what was cut is zeros",
                new Step.Truncate("dir/b", 5000),
                new Step.Write("dir/b", 20_000, 1, Set.of(WRITE)),
                new Step.Read("dir/b"));
        add("a byte in a large lower file", new Step.Write("big", 500_000, 1, Set.of(WRITE)), new Step.Read("big"));
        add("cutting to more than there is does nothing", new Step.Truncate("f", 1000), stat("f"));
        add(
                "createDirectories over what is there",
                new Step.CreateDirectories("dir/sub"),
                new Step.CreateDirectories("ld/sub"),
                new Step.CreateDirectories("f"),
                new Step.CreateDirectories("f/x"),
                new Step.CreateDirectories("a/b/c"));
        add(
                "createDirectory over what is there",
                new Step.CreateDirectory("dir"),
                new Step.CreateDirectory("f"),
                new Step.CreateDirectory("dangling"),
                new Step.CreateDirectory("l"),
                new Step.CreateDirectory("absent/d"));
    }

    private void copies() {
        List<java.nio.file.CopyOption> attributes = List.of(COPY_ATTRIBUTES);
        add("copy of a file", new Step.Copy("dir/b", "n", List.of()), new Step.Copy("su", "n2", List.of()));
        add("copy with attributes", new Step.Copy("xattrs", "n", attributes), new Step.Copy("su", "n2", attributes));
        add(
                "copy of a directory is not its content",
                new Step.Copy("dir", "n", attributes),
                new Step.ListDirectory("n"));
        add(
                "copy of a link follows it",
                new Step.Copy("l", "n", List.of()),
                new Step.Copy("ld", "n2", List.of()),
                new Step.Copy("l", "n3", List.of(java.nio.file.LinkOption.NOFOLLOW_LINKS)),
                new Step.ReadLink("n3"));
        add(
                "copy onto what is there",
                new Step.Copy("f", "empty", List.of()),
                new Step.Copy("f", "empty", List.of(REPLACE_EXISTING)),
                new Step.Copy("f", "dir", List.of(REPLACE_EXISTING)),
                new Step.Copy("f", "tmp", List.of(REPLACE_EXISTING)),
                new Step.Copy("f", "h", List.of(REPLACE_EXISTING)));
        add(
                "copy of what is absent",
                new Step.Copy("absent", "n", List.of()),
                new Step.Copy("f", "absent/n", List.of()));
        add("copy atomically is refused", new Step.Copy("f", "n", List.of(ATOMIC_MOVE)));
    }

    private void names() {
        String longest = "n".repeat(255);
        add(
                "a name of 255 bytes",
                new Step.CreateFile(longest),
                new Step.Move(longest, "dir/" + longest, List.of()),
                new Step.Read("dir/" + longest));
        add(
                "a name of 256 bytes is refused",
                new Step.CreateFile(longest + "n"),
                new Step.CreateDirectory(longest + "n"),
                new Step.Symlink(longest + "n", "f"),
                new Step.Link(longest + "n", "f"),
                new Step.Delete(longest + "n"),
                move("f", longest + "n"),
                new Step.Read(longest + "n"));
        add(
                "dots at the end of a path",
                new Step.CreateDirectory("dir/."),
                new Step.CreateDirectory("dir/.."),
                new Step.Delete("tmp/."),
                new Step.Delete("dir/sub/.."),
                move("tmp/.", "n"),
                move("f", "tmp/."),
                new Step.CreateFile("dir/."),
                new Step.ListDirectory("dir/sub/.."));
        add(
                "links on the way",
                new Step.CreateFile("ld/n"),
                new Step.Read("dir/n"),
                new Step.Delete("ld/a"),
                new Step.ListDirectory("ld"),
                new Step.CreateDirectory("dangling/x"),
                new Step.CreateFile("lf/x"));
        add(
                "a link's target is kept as it is",
                new Step.Symlink("s", "a//b/../c/"),
                new Step.ReadLink("s"),
                new Step.Symlink("s2", "."),
                new Step.ListDirectory("s2/dir"),
                new Step.Symlink("f", "x"));
    }
}
