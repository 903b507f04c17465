package io.layerfs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Name;
import io.layerfs.Platform;
import io.layerfs.View;
import io.layerfs.Xattrs;
import io.layerfs.erofs.DamagedIndexException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A view whose index turns out to be damaged while it is asked. */
class HealingViewTest {

    private interface Question {
        Object ask(View view) throws IOException;
    }

    @TempDir
    Path directory;

    private LayerStore store;
    private View sound;
    private final Map<String, Question> questions = new LinkedHashMap<>();
    private final AtomicInteger rebuilt = new AtomicInteger();

    @BeforeEach
    void makeAView() throws IOException {
        Attributes attributes = new Attributes(0755, 1, 2, Instant.EPOCH, Xattrs.of(Map.of("user.a", new byte[] {1})));
        store = LayerStore.open(directory.resolve("store"));
        Image image = store.createImage(
                List.of(store.add(new ChangesetBuilder()
                        .directory("d", attributes)
                        .file("d/f", attributes, new byte[700])
                        .symlink("l", attributes, "d/f")
                        .build())),
                new Platform("linux", "amd64", null));
        sound = store.view(image);
        long d = sound.lookup(sound.root(), Name.of("d"));
        long f = sound.lookup(d, Name.of("f"));
        long l = sound.lookup(sound.root(), Name.of("l"));
        questions.put("lookup", view -> view.lookup(d, Name.of("f")));
        questions.put("parent", view -> view.parent(d));
        questions.put("type", view -> view.type(f));
        questions.put("stat", view -> view.stat(f));
        questions.put("xattrs", view -> view.xattrs(f).names());
        questions.put("readSymlink", view -> view.readSymlink(l));
        questions.put("content", view -> view.content(f).size());
        questions.put("list", view -> names(view.list(d)));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private static List<Name> names(Iterator<View.Dirent> entries) {
        List<Name> names = new ArrayList<>();
        entries.forEachRemaining(entry -> names.add(entry.name()));
        return names;
    }

    /** Knows its root, and nothing else. */
    private View damaged() {
        return (View) Proxy.newProxyInstance(
                View.class.getClassLoader(), new Class<?>[] {View.class}, (self, method, given) -> {
                    if (method.getName().equals("root")) {
                        return sound.root();
                    }
                    throw new DamagedIndexException("cut off");
                });
    }

    private HealingView healing() {
        return new HealingView(damaged(), () -> {
            rebuilt.incrementAndGet();
            return sound;
        });
    }

    @Test
    void everyQuestionIsAskedAgainAndOnlyOnceOfADamagedIndex() throws IOException {
        for (Map.Entry<String, Question> question : questions.entrySet()) {
            rebuilt.set(0);
            HealingView view = healing();
            assertThat(view.root()).isEqualTo(sound.root());
            Object answer = question.getValue().ask(sound);
            assertThat(question.getValue().ask(view)).as(question.getKey()).isEqualTo(answer);
            assertThat(question.getValue().ask(view)).as(question.getKey()).isEqualTo(answer);
            assertThat(rebuilt).as(question.getKey()).hasValue(1);
        }
    }

    @Test
    void anIndexThatCannotBeBuiltIsTheAnswerUntilItCan() throws IOException {
        HealingView view = new HealingView(damaged(), () -> {
            if (rebuilt.incrementAndGet() == 1) {
                throw new IOException("no tar here");
            }
            return sound;
        });
        assertThatThrownBy(() -> view.type(sound.root()))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("no tar here");
        assertThat(view.type(sound.root())).isEqualTo(sound.type(sound.root()));
        assertThat(rebuilt).hasValue(2);
    }

    @Test
    void manyThreadsThatMeetTheDamageBuildOneIndex() throws Exception {
        HealingView view = healing();
        ExecutorService threads = Executors.newFixedThreadPool(questions.size());
        try {
            List<Callable<Object>> all = new ArrayList<>();
            questions.values().forEach(question -> all.add(() -> question.ask(view)));
            List<Object> answers = new ArrayList<>();
            for (Future<Object> answer : threads.invokeAll(all)) {
                answers.add(answer.get());
            }
            assertThat(answers).doesNotContainNull();
            assertThat(rebuilt).hasValue(1);
        } finally {
            threads.shutdownNow();
        }
    }
}
