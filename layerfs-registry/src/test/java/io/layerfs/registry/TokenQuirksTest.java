package io.layerfs.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Challenges and tokens as registries write them (field-faults, section 2). */
class TokenQuirksTest {

    private FakeRegistry server;
    private FaultyProxy proxy;

    @BeforeEach
    void open() throws IOException {
        server = new FakeRegistry();
        server.putManifest("1", TestImages.MANIFEST, TestImages.bytes("{}"));
        proxy = new FaultyProxy(server.port());
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        server.close();
    }

    private void read(CredentialSource source, int times) throws IOException {
        try (Registry registry = Registry.open(TestImages.QUICK.withCredentials(source))) {
            for (int i = 0; i < times; i++) {
                registry.manifest(Reference.parse(proxy.host() + "/r:1"));
            }
        }
    }

    private String bearer() {
        return "Bearer realm=\"http://" + proxy.host() + "/token\",service=\"s\"";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"token\":\"t\"}",
                "{\"access_token\":\"t\"}",
                "{\"token\":\"\",\"access_token\":\"t\"}",
                "{\"token\":null,\"access_token\":\"t\",\"scope\":null}",
                "{\"token\":\"t\",\"expires_in\":null,\"issued_at\":null}",
                "{\"token\":\"t\",\"expires_in\":-1}",
                "{\"token\":\"t\",\"expires_in\":0,\"issued_at\":\"\"}",
                "{\"token\":\"t\",\"expires_in\":\"300\",\"issued_at\":\"1970-01-01T00:00:00Z\"}",
                "{\"token\":\"t\",\"expires_in\":300.5,\"issued_at\":\"2999-01-01T00:00:00Z\"}",
                "{\"token\":\"t\",\"expires_in\":99999999999999999999}",
                "{\"token\":\"t\",\"expires_in\":\"soon\",\"issued_at\":12}"
            })
    void tokensMayHaveOddFields(String token) throws IOException {
        proxy.on("GET .*/manifests/1", 1, FaultyProxy.status(401, "WWW-Authenticate: " + bearer()));
        proxy.on("GET /token.*", 9, Quirk.answer(200, "application/json", token));
        read(CredentialSource.NONE, 3);
        assertThat(proxy.count("GET /token.*")).as("it is kept").isEqualTo(1);
        assertThat(proxy.heads().get(proxy.heads().size() - 1)).contains("Authorization: Bearer t");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "Basic realm=\"x, y\", %s",
                "%s, Basic realm=\"x\"",
                "Negotiate, %s,scope=\"repository:r:pull repository:other:pull\"",
                "Bearer, %s"
            })
    void challengesMayBeSeveral(String challenge) throws IOException {
        for (String text :
                new String[] {bearer(), bearer().replace("Bearer", "bearer").replace("realm", "Realm")}) {
            proxy.on(
                    "GET .*/manifests/1",
                    1,
                    FaultyProxy.status(401, "WWW-Authenticate: " + challenge.replace("%s", text)));
            proxy.on("GET /token.*", 1, Quirk.answer(200, "application/json", "{\"token\":\"t\"}"));
            read(CredentialSource.NONE, 1);
        }
        assertThat(proxy.count("GET /token.*")).isEqualTo(2);
    }

    @Test
    void aRealmMayBeAPath() throws IOException {
        proxy.on("GET .*/manifests/1", 1, FaultyProxy.status(401, "WWW-Authenticate: Bearer realm=\"/token\""));
        proxy.on("GET /token.*", 1, Quirk.answer(200, "application/json", "{\"token\":\"t\"}"));
        read(CredentialSource.NONE, 1);
    }

    @Test
    void aHelperThatFailsKeepsNobodyFromWhatIsPublic() throws IOException {
        CredentialSource failing = registry -> {
            throw new IOException("docker-credential-x: cannot be run");
        };
        proxy.on("GET .*/manifests/1", 1, FaultyProxy.status(401, "WWW-Authenticate: " + bearer()));
        proxy.on("GET /token.*", 1, Quirk.answer(200, "application/json", "{\"token\":\"t\"}"));
        read(failing, 1);
        proxy.on("GET .*/manifests/1", 1, FaultyProxy.status(401, "WWW-Authenticate: " + bearer()));
        proxy.on("GET /token.*", 1, Quirk.answer(401, "application/json", "{\"details\":\"who are you\"}"));
        assertThatThrownBy(() -> read(failing, 1))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("who are you")
                .hasMessageContaining("docker-credential-x: cannot be run");
    }

    @Test
    void anAnswerWithoutATokenIsSaidWithItsWords() {
        proxy.on("GET .*/manifests/1", 1, FaultyProxy.status(401, "WWW-Authenticate: " + bearer()));
        proxy.on("GET /token.*", 1, Quirk.answer(200, "application/json", "{\"details\":\"incorrect password\"}"));
        assertThatThrownBy(() -> read(CredentialSource.NONE, 1))
                .hasMessageContaining("neither 'token' nor 'access_token'")
                .hasMessageContaining("incorrect password");
    }
}
