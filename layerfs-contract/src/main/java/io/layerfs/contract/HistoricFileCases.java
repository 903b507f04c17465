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

import java.util.List;
import java.util.Set;

/** What other union file systems got wrong once with files: open ones, ways to open, copies. */
final class HistoricFileCases extends CaseTable {

    HistoricFileCases() {
        openFiles();
        opening();
        copies();
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
}
