package io.layerfs.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Tests that all do the same to their roots, at once. */
class ForksCases {

    private static final Set<Object> SEEN = ConcurrentHashMap.newKeySet();

    @Rootfs("tree")
    private Path field;

    @BeforeEach
    void prepare() throws Exception {
        Files.writeString(field.resolve("prepared"), "x");
    }

    @RepeatedTest(64)
    void eachHasItsOwn(@Rootfs("tree") Path parameter, RepetitionInfo repetition) throws Exception {
        assertThat(SEEN.add(field.getFileSystem())).isTrue();
        assertThat(SEEN.add(parameter.getFileSystem())).isTrue();
        assertThat(field.resolve("prepared")).exists();
        assertThat(parameter.resolve("prepared")).doesNotExist();
        for (Path root : new Path[] {field, parameter}) {
            assertThat(root.resolve("etc/motd")).hasContent("hello");
            Files.writeString(root.resolve("etc/motd"), "of " + repetition.getCurrentRepetition());
            Files.createDirectory(root.resolve("own"));
        }
        Thread.sleep(5);
        assertThat(field.resolve("etc/motd")).hasContent("of " + repetition.getCurrentRepetition());
    }
}
