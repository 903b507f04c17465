package io.layerfs.vfs;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watching directories: the events that the default provider gives on Linux, and the life of keys and services. */
class WatchTest {

    private static final WatchEvent.Kind<?>[] ALL = {ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY};

    private WritableTwin twin;

    @BeforeEach
    void make(@TempDir Path directory) throws IOException {
        twin = new WritableTwin(directory, WatchTest::fill);
    }

    @AfterEach
    void close() throws IOException {
        twin.close();
    }

    private static void fill(Path root) throws IOException {
        Files.createDirectories(root.resolve("w/sub/deep"));
        Files.createDirectory(root.resolve("elsewhere"));
        Files.writeString(root.resolve("w/f"), "content");
        Files.writeString(root.resolve("w/g"), "other");
        Files.createLink(root.resolve("elsewhere/hard"), root.resolve("w/f"));
        Files.writeString(root.resolve("elsewhere/out"), "out");
        Files.createSymbolicLink(root.resolve("w/link"), Path.of("f"));
    }

    private interface Change {
        void make(Path root) throws IOException;
    }

    private static List<String> show(WatchKey key) {
        return key.pollEvents().stream().map(e -> e.kind() + " " + e.context()).toList();
    }

    /** What a key is told of a change, until the file that marks its end. */
    private static List<String> events(Path root, Change change) throws Exception {
        try (WatchService service = root.getFileSystem().newWatchService()) {
            WatchKey key = root.resolve("w").register(service, ALL);
            change.make(root);
            Path end = root.resolve("w/end");
            Files.createSymbolicLink(end, root.getFileSystem().getPath("end"));
            List<String> seen = new ArrayList<>();
            while (!seen.contains("ENTRY_CREATE end")) {
                WatchKey told = Objects.requireNonNull(service.poll(20, TimeUnit.SECONDS), "no event");
                assertThat(told).isSameAs(key);
                seen.addAll(show(told));
                told.reset();
            }
            Files.delete(end);
            return seen;
        }
    }

    /** How often a file that is written says so depends on how often it is looked at; so each event is seen once. */
    private void agrees(String what, Change change) throws Exception {
        List<String> right = events(twin.host(), change);
        List<String> found = events(twin.root(), change);
        assertThat(found.stream().distinct().toList())
                .as(what)
                .isEqualTo(right.stream().distinct().toList());
        twin.fresh();
    }

    @Test
    void eventsAgree() throws Exception {
        agrees("create", root -> Files.createFile(root.resolve("w/new")));
        agrees("write", root -> Files.writeString(root.resolve("w/f"), "longer than it was"));
        agrees("delete", root -> Files.delete(root.resolve("w/f")));
        agrees("create a directory", root -> Files.createDirectory(root.resolve("w/new")));
        agrees("below", root -> Files.writeString(root.resolve("w/sub/new"), "x"));
        agrees("rename", root -> Files.move(root.resolve("w/f"), root.resolve("w/renamed")));
        agrees("out", root -> Files.move(root.resolve("w/f"), root.resolve("elsewhere/f")));
        agrees("in", root -> Files.move(root.resolve("elsewhere/out"), root.resolve("w/in")));
        agrees("replace", root -> Files.move(root.resolve("w/f"), root.resolve("w/g"), StandardCopyOption.ATOMIC_MOVE));
        agrees("link", root -> Files.createLink(root.resolve("w/hard2"), root.resolve("w/f")));
        agrees(
                "symbolic link",
                root -> Files.createSymbolicLink(
                        root.resolve("w/link2"), root.getFileSystem().getPath("f")));
        agrees("mode", root -> Files.setAttribute(root.resolve("w/f"), "unix:mode", 0600));
        agrees("times", root -> Files.setLastModifiedTime(root.resolve("w/f"), FileTime.fromMillis(1)));
        agrees("a directory's mode", root -> Files.setAttribute(root.resolve("w/sub"), "unix:mode", 0700));
        agrees("remove a directory", root -> {
            Files.delete(root.resolve("w/sub/deep"));
            Files.delete(root.resolve("w/sub"));
        });
        agrees("by another name", root -> Files.writeString(root.resolve("elsewhere/hard"), "not seen"));
        agrees("through a link", root -> Files.writeString(root.resolve("w/link"), "seen at its file"));
        agrees("copy", root -> Files.copy(root.resolve("elsewhere/out"), root.resolve("w/copy")));
        agrees("a row", root -> {
            Files.writeString(root.resolve("w/a"), "1");
            Files.writeString(root.resolve("w/b"), "2");
            Files.writeString(root.resolve("w/a"), "3");
            Files.delete(root.resolve("w/a"));
        });
        agrees("the directory renamed", root -> {
            Files.move(root.resolve("w"), root.resolve("w2"));
            Files.writeString(root.resolve("w2/after"), "x");
            Files.move(root.resolve("w2"), root.resolve("w"));
        });
    }

    @Test
    void anOwnersEventAgrees() throws Exception {
        assumeTrue(Files.getAttribute(twin.host(), "unix:uid").equals(0), "only root may change owners");
        agrees("owner", root -> Files.setAttribute(root.resolve("w/link"), "unix:uid", 7, LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void registeringAgrees() throws Exception {
        for (String path : List.of("w", "w/f", "absent", "w/link", "w/f/x")) {
            twin.agree("register " + path, root -> {
                try (WatchService service = root.getFileSystem().newWatchService()) {
                    return root.resolve(path).register(service, ALL).watchable();
                }
            });
        }
        twin.agree("no kinds", root -> {
            try (WatchService service = root.getFileSystem().newWatchService()) {
                return root.register(service);
            }
        });
        twin.agree("overflow alone", root -> {
            try (WatchService service = root.getFileSystem().newWatchService()) {
                return root.register(service, OVERFLOW);
            }
        });
        twin.agree("a closed service", root -> {
            WatchService service = root.getFileSystem().newWatchService();
            service.close();
            service.close();
            return root.register(service, ALL);
        });
        twin.agree("twice", root -> {
            try (WatchService service = root.getFileSystem().newWatchService()) {
                WatchKey key = root.resolve("w").register(service, ENTRY_CREATE);
                return key == root.resolve("w/sub/..").register(service, ENTRY_DELETE);
            }
        });
    }

    @Test
    void aKeyIsQueuedOnceUntilItIsReset() throws Exception {
        try (WatchService service = twin.files().newWatchService()) {
            WatchKey key = twin.root().resolve("w").register(service, ENTRY_CREATE);
            assertThat(service.poll()).isNull();
            Files.createFile(twin.root().resolve("w/a"));
            Files.createFile(twin.root().resolve("w/b"));
            assertThat(service.take()).isSameAs(key);
            assertThat(service.poll()).isNull();
            Files.createFile(twin.root().resolve("w/c"));
            assertThat(service.poll()).isNull();
            assertThat(show(key)).containsExactly("ENTRY_CREATE a", "ENTRY_CREATE b", "ENTRY_CREATE c");
            assertThat(key.reset()).isTrue();
            assertThat(service.poll()).isNull();
            Files.createFile(twin.root().resolve("w/d"));
            assertThat(service.poll(1, TimeUnit.MINUTES)).isSameAs(key);
            assertThat(key.reset()).isTrue();
            assertThat(service.poll()).isSameAs(key); // since its event was left
        }
    }

    @Test
    void aKeyThatIsCancelledIsToldNothing() throws Exception {
        try (WatchService service = twin.files().newWatchService()) {
            WatchKey key = twin.root().resolve("w").register(service, ALL);
            Files.createFile(twin.root().resolve("w/a"));
            key.cancel();
            assertThat(key.isValid()).isFalse();
            Files.createFile(twin.root().resolve("w/b"));
            assertThat(service.poll()).isSameAs(key);
            assertThat(show(key)).containsExactly("ENTRY_CREATE a");
            assertThat(key.reset()).isFalse();
            assertThat(service.poll()).isNull();
            assertThat(twin.root().resolve("w").register(service, ALL)).isNotSameAs(key);
        }
    }

    @Test
    void moreThanAKeyHoldsIsAnOverflow() throws Exception {
        try (WatchService service = twin.files().newWatchService()) {
            WatchKey key = twin.root().resolve("w").register(service, ENTRY_CREATE);
            for (int i = 0; i < 600; i++) {
                Files.createFile(twin.root().resolve("w/n" + i));
            }
            List<WatchEvent<?>> events = service.take().pollEvents();
            assertThat(events).hasSize(1);
            assertThat(events.get(0).kind()).isEqualTo(OVERFLOW);
            assertThat(events.get(0).context()).isNull();
            assertThat(events.get(0).count()).isEqualTo(600 - 512);
            assertThat(key.reset()).isTrue();
            Files.createFile(twin.root().resolve("w/after"));
            assertThat(show(service.take())).containsExactly("ENTRY_CREATE after");
        }
    }

    @Test
    void eventsOfOneKindAreCounted() throws Exception {
        try (WatchService service = twin.files().newWatchService()) {
            WatchKey key = twin.root().resolve("w").register(service, ENTRY_MODIFY);
            for (int i = 0; i < 3; i++) {
                Files.setAttribute(twin.root().resolve("w/f"), "unix:mode", 0600 + i);
                Files.setAttribute(twin.root().resolve("w/g"), "unix:mode", 0600 + i);
            }
            assertThat(key.pollEvents())
                    .extracting(e -> e.context() + " " + e.count())
                    .containsExactly("f 3", "g 3");
        }
    }

    @Test
    void theKeyOfADirectoryThatIsRemovedIsInvalid() throws Exception {
        for (boolean replaced : new boolean[] {false, true}) {
            try (WatchService service = twin.files().newWatchService()) {
                Path deep = twin.root().resolve("w/sub/deep");
                WatchKey key = deep.register(service, ALL);
                Files.move(deep, twin.root().resolve("elsewhere/deep"));
                assertThat(key.isValid()).isTrue();
                Path now = twin.root().resolve("elsewhere/deep");
                if (replaced) {
                    Files.move(twin.root().resolve("w/sub"), now, StandardCopyOption.ATOMIC_MOVE);
                } else {
                    Files.delete(now);
                }
                assertThat(service.take()).isSameAs(key);
                assertThat(key.isValid()).isFalse();
                assertThat(key.reset()).isFalse();
            }
            twin.fresh();
        }
    }

    @Test
    void whoWaitsIsWokenByTheEnd() throws Exception {
        WatchService service = twin.files().newWatchService();
        WatchKey key = twin.root().resolve("w").register(service, ALL);
        List<CompletableFuture<WatchKey>> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiting.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return service.take();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        service.close();
        for (CompletableFuture<WatchKey> one : waiting) {
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> one.get(1, TimeUnit.MINUTES))
                    .withCauseInstanceOf(ClosedWatchServiceException.class);
        }
        assertThat(key.isValid()).isFalse();
        assertThatExceptionOfType(ClosedWatchServiceException.class).isThrownBy(service::poll);
    }

    @Test
    void theEndOfTheFileSystemIsTheEndOfItsServices() throws Exception {
        var files = LayerFileSystems.open(twin.view());
        WatchService service = files.newWatchService();
        WatchKey key = files.getPath("/w").register(service, ALL);
        files.close();
        assertThat(key.isValid()).isFalse();
        assertThatExceptionOfType(ClosedWatchServiceException.class).isThrownBy(service::take);
        Files.createFile(twin.root().resolve("w/unseen"));
        assertThat(key.pollEvents()).isEmpty();
    }

    /** Two file systems of one view see each other's changes. */
    @Test
    void changesByOthersAreSeen() throws Exception {
        try (var other = LayerFileSystems.open(twin.view());
                WatchService service = other.newWatchService()) {
            WatchKey key = other.getPath("/w").register(service, ALL);
            Files.delete(twin.root().resolve("w/g"));
            assertThat(service.take()).isSameAs(key);
            assertThat(show(key)).containsExactly("ENTRY_DELETE g");
        }
    }

    @Test
    void manyDirectoriesAreWatched() throws Exception {
        try (WatchService service = twin.files().newWatchService()) {
            List<WatchKey> keys = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Path directory = Files.createDirectory(twin.root().resolve("w/d" + i));
                keys.add(directory.register(service, ALL));
            }
            for (int i = 0; i < 200; i++) {
                Files.delete(twin.root().resolve("w/d" + i));
            }
            assertThat(keys).noneMatch(WatchKey::isValid);
        }
    }
}
