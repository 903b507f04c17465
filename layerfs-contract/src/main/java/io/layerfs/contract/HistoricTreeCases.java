package io.layerfs.contract;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import java.util.ArrayList;
import java.util.List;

/** What other union file systems got wrong once with names: links, whiteouts, renames, attributes. */
final class HistoricTreeCases extends CaseTable {

    HistoricTreeCases() {
        links();
        whiteouts();
        renames();
        attributes();
        names();
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
