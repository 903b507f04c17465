package io.layerfs.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Image;
import io.layerfs.LayerStore;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against Debian's docker-registry where it wants to know who asks: passwords, and tokens of a server beside it. */
class GuardedRegistryTest {

    @TempDir
    Path directory;

    private LayerStore store;
    private LayerStore other;

    @BeforeEach
    void open() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        other = LayerStore.open(directory.resolve("other"));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
        other.close();
    }

    private void assertAccess(DockerRegistry guarded, Credentials right, Credentials wrong) throws Exception {
        Image image = TestImages.make(store, directory, 2, 10_000, 8);
        Reference reference = Reference.parse(guarded.host() + "/private/a:1");
        CredentialSource known = CredentialSource.of(guarded.host(), right, CredentialSource.NONE);
        try (Registry registry = Registry.open(TestImages.QUICK.withCredentials(known))) {
            registry.push(store, image, reference, PushOptions.DEFAULT);
            TestImages.assertSound(other, registry.pull(other, reference, PullOptions.DEFAULT), image);
        }
        CredentialSource mistaken = CredentialSource.of(guarded.host(), wrong, CredentialSource.NONE);
        for (CredentialSource refused : List.of(mistaken, CredentialSource.NONE)) {
            try (Registry registry = Registry.open(TestImages.QUICK.withCredentials(refused))) {
                assertThatThrownBy(() -> registry.pull(other, reference, PullOptions.DEFAULT))
                        .isInstanceOf(AccessDeniedException.class)
                        .hasMessageContaining(guarded.host())
                        .message()
                        .doesNotContain("wrong!");
                assertThatThrownBy(() -> registry.push(store, image, reference, PushOptions.DEFAULT))
                        .isInstanceOf(AccessDeniedException.class);
            }
        }
    }

    @Test
    void passwordsAreRightOrWrong() throws Exception {
        try (DockerRegistry guarded = DockerRegistry.withPasswords(directory.resolve("guarded"))) {
            assertAccess(
                    guarded, new Credentials.Password("alice", "secret"), new Credentials.Password("alice", "wrong!"));
        }
    }

    @Test
    void tokensAreGivenForCredentials() throws Exception {
        try (TokenServer tokens = TokenServer.start(directory.resolve("tokens"));
                DockerRegistry guarded = DockerRegistry.withTokens(directory.resolve("guarded"), tokens)) {
            assertAccess(
                    guarded, new Credentials.Password("alice", "secret"), new Credentials.Password("alice", "wrong!"));
            assertThat(tokens.log())
                    .as("a token is asked for once")
                    .containsOnlyOnce("alice [repository:private/a:pull,push]");
            assertAccess(guarded, new Credentials.IdentityToken("refresh"), new Credentials.IdentityToken("wrong!"));
        }
    }

    @Test
    void tokensForNobodyLetPullWhatIsPublic() throws Exception {
        try (TokenServer tokens = TokenServer.start(directory.resolve("tokens"));
                DockerRegistry guarded = DockerRegistry.withTokens(directory.resolve("guarded"), tokens)) {
            Image image = TestImages.make(store, directory, 1, 10_000, 9);
            Reference reference = Reference.parse(guarded.host() + "/public/a:1");
            CredentialSource alice = CredentialSource.of(
                    guarded.host(), new Credentials.Password("alice", "secret"), CredentialSource.NONE);
            try (Registry registry = Registry.open(TestImages.QUICK.withCredentials(alice))) {
                registry.push(store, image, reference, PushOptions.DEFAULT);
            }
            try (Registry registry = Registry.open(TestImages.QUICK)) {
                TestImages.assertSound(other, registry.pull(other, reference, PullOptions.DEFAULT), image);
                assertThatThrownBy(() -> registry.push(store, image, reference.withTag("2"), PushOptions.DEFAULT))
                        .isInstanceOf(AccessDeniedException.class);
            }
        }
    }
}
