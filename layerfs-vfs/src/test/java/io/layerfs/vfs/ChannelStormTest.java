package io.layerfs.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Name;
import io.layerfs.Platform;
import io.layerfs.View;
import io.layerfs.WritableView;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Channels whose threads are interrupted, and whose files are deleted and closed by others (row 4 of what was broken). */
@Timeout(120)
class ChannelStormTest {

    private static final int ROUNDS = Integer.getInteger("layerfs.storm.rounds", 60);

    @TempDir
    Path directory;

    private LayerStore store;
    private WritableView view;

    @BeforeEach
    void makeView() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        Image image = store.createImage(
                List.of(store.add(new ChangesetBuilder().build())), new Platform("linux", "amd64", null));
        view = store.writable(image, Long.MAX_VALUE);
    }

    @AfterEach
    void close() throws IOException {
        view.close();
        store.close();
    }

    @Test
    void interruptsAndDeletionsEndTheirOwnChannelsAlone() throws Exception {
        try (FileSystem files = LayerFileSystems.open(view)) {
            Path file = files.getPath("/f");
            for (int round = 0; round < ROUNDS; round++) {
                byte[] bytes = new byte[round % 2 == 0 ? 100 : 200_000];
                Files.write(file, bytes);
                try (FileChannel other = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                    FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                    AtomicReference<Thread> writer = new AtomicReference<>();
                    CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                        writer.set(Thread.currentThread());
                        try {
                            while (true) {
                                channel.position(0);
                                channel.write(ByteBuffer.wrap(bytes));
                            }
                        } catch (ClosedChannelException e) {
                            Thread.interrupted();
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    });
                    while (writer.get() == null) {
                        Thread.onSpinWait();
                    }
                    Files.delete(file);
                    if (round % 3 == 0) {
                        writer.get().interrupt();
                    } else {
                        channel.close();
                    }
                    writing.join();
                    assertThat(channel.isOpen()).isFalse();
                    other.write(ByteBuffer.wrap(new byte[] {7}), 10);
                    ByteBuffer read = ByteBuffer.allocate(1);
                    other.read(read, 10);
                    assertThat(read.get(0)).isEqualTo((byte) 7);
                }
                assertThat(view.usage().used()).isZero();
            }
        }
    }

    /** Of "Low": a file system that is closed closes all, whatever fails. */
    @Test
    void allThatIsOpenIsClosedWhateverFails() throws IOException {
        AtomicInteger closed = new AtomicInteger();
        WritableView failing = (WritableView) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {WritableView.class}, (proxy, method, arguments) -> {
                    try {
                        Object answer = method.invoke(view, arguments);
                        return answer instanceof WritableView.OpenFile file ? failing(file, closed) : answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        FileSystem files = LayerFileSystems.open(failing);
        for (int i = 0; i < 3; i++) {
            FileChannel.open(files.getPath("/f" + i), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        }
        assertThatThrownBy(files::close).isInstanceOf(OutOfMemoryError.class);
        assertThat(closed).hasValue(3);
    }

    private static Object failing(WritableView.OpenFile file, AtomicInteger closed) {
        return Proxy.newProxyInstance(
                ChannelStormTest.class.getClassLoader(),
                new Class<?>[] {WritableView.OpenFile.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        closed.incrementAndGet();
                        throw new OutOfMemoryError("planted");
                    }
                    return method.invoke(file, arguments);
                });
    }

    /** Of "Low": what was deleted is not kept by what is known of paths. */
    @Test
    void whatIsKnownOfPathsKeepsNoOldView() throws Exception {
        try (FileSystem files = LayerFileSystems.open(view)) {
            Files.write(files.getPath("/f"), new byte[1000]);
            WeakReference<View> old = new WeakReference<>(view.present());
            assertThat(Files.exists(files.getPath("/f"))).isTrue();
            view.unlink(view.root(), Name.of("f"));
            for (int i = 0; i < 100 && old.get() != null; i++) {
                System.gc();
                Thread.sleep(10);
            }
            assertThat(old.get()).isNull();
        }
    }
}
