package io.layerfs.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Credentials from Docker's config file, and from programs. */
class DockerConfigTest {

    @TempDir
    Path directory;

    private CredentialSource config(String json) throws IOException {
        return CredentialSource.docker(Files.writeString(directory.resolve("config.json"), json));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void theFileHasThem() throws IOException {
        CredentialSource source = config("{\"HttpHeaders\":{\"a\":1.5},\"auths\":{" + "\"host.x:5000\":{\"auth\":\""
                + base64("user:p:\u00e4") + "\"},"
                + "\"https://index.docker.io/v1/\":{\"identitytoken\":\"t\",\"auth\":\""
                + base64("a:b") + "\"}," + "\"https://old.x/v1/\":{\"username\":\"u\",\"password\":\"p\"},"
                + "\"helped.x\":{}}}");
        assertThat(source.find("host.x:5000")).isEqualTo(new Credentials.Password("user", "p:\u00e4"));
        assertThat(source.find("docker.io")).isEqualTo(new Credentials.IdentityToken("t"));
        assertThat(source.find("old.x")).isEqualTo(new Credentials.Password("u", "p"));
        assertThat(source.find("helped.x")).isNull();
        assertThat(source.find("host.x")).isNull();
        assertThat(source.find("host.x:5000")).asString().doesNotContain("\u00e4");
    }

    @Test
    void noFileHasNone() throws IOException {
        assertThat(CredentialSource.docker(directory.resolve("absent")).find("host.x"))
                .isNull();
    }

    @Test
    void whatIsWrongIsSaidWithoutTheSecret() throws IOException {
        assertThatThrownBy(() -> config("{\"auths\":").find("a")).hasMessageContaining("config.json");
        assertThatThrownBy(() -> config("{\"auths\":{\"a\":{\"auth\":\"?\"}}}").find("a"))
                .hasMessageContaining("not base64");
        assertThatThrownBy(() -> config("{\"auths\":{\"a\":{\"auth\":\"" + base64("secret") + "\"}}}")
                        .find("a"))
                .hasMessageContaining("user:password")
                .message()
                .doesNotContain("secret");
        assertThatThrownBy(() -> config("{\"credsStore\":\"../x\"}").find("a"))
                .hasMessageContaining("not the name of a credential helper");
        assertThatThrownBy(() ->
                        config("{\"credHelpers\":{\"a\":\"layerfs-absent\"}}").find("a"))
                .hasMessageContaining("docker-credential-layerfs-absent");
    }

    private CredentialHelper helper(String script) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no /bin/sh");
        Path program = directory.resolve("helper");
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return CredentialHelper.at(program.toString());
    }

    @Test
    void aHelperIsAsked() throws IOException {
        String answer = "read server; printf '{\"ServerURL\":\"%s\",\"Username\":\"%s\",\"Secret\":\"for %s by %s\"}'"
                + " $server \"$U\" $server $1";
        assertThat(helper("U=bob; " + answer).get("host.x"))
                .isEqualTo(new Credentials.Password("bob", "for host.x by get"));
        assertThat(helper("U='<token>'; " + answer).get("host.x"))
                .isEqualTo(new Credentials.IdentityToken("for host.x by get"));
        assertThat(helper("echo credentials not found in native keychain; exit 1")
                        .get("a"))
                .isNull();
        assertThat(helper("exec <&-; echo credentials not found; exit 1").get("a"))
                .isNull();
        assertThatThrownBy(() -> helper("echo locked; exit 2").get("a")).hasMessageContaining("exit code 2: locked");
        assertThatThrownBy(() -> helper("echo nonsense").get("a")).hasMessageContaining("not JSON");
    }

    /** Field-faults, section 2: keys as docker and podman read them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "h.x",
                "http://h.x",
                "https://h.x",
                "https://h.x/",
                "h.x/",
                "h.x/v1/",
                "h.x/v1",
                "h.x/v2",
                "H.X",
                "http://h.x/v2/",
                "https://h.x/v1/",
                "https://h.x/some/path",
                "h.x/team",
                "h.x/team/app"
            })
    void aKeyMayBeWrittenInManyWays(String key) throws IOException {
        CredentialSource source = config("{\"auths\":{\"" + key + "\":{\"auth\":\"" + base64("u:p") + "\"}}}");
        assertThat(source.find("h.x", "team/app")).isEqualTo(new Credentials.Password("u", "p"));
        assertThat(source.find("h.y", "team/app")).isNull();
        assertThat(source.find("h.x:5000", "team/app")).isNull();
    }

    @Test
    void theLongestPathCounts() throws IOException {
        CredentialSource source = config("{\"auths\":{\"h.x\":{\"auth\":\"" + base64("all:1") + "\"},"
                + "\"h.x/team\":{\"auth\":\"" + base64("team:1") + "\"},\"h.x/team/app\":{\"auth\":\""
                + base64("app:1") + "\"},\"docker.io/me\":{\"auth\":\"" + base64("me:1") + "\"},"
                + "\"index.docker.io\":{\"auth\":\"" + base64("hub:1") + "\"}}}");
        assertThat(source.find("h.x", "team/app")).hasToString("password of app");
        assertThat(source.find("h.x", "team/apps")).hasToString("password of team");
        assertThat(source.find("h.x", "teams/app")).hasToString("password of all");
        assertThat(source.find("docker.io", "me/x")).hasToString("password of me");
        assertThat(source.find("docker.io", "library/x")).hasToString("password of hub");
    }

    @Test
    void whatPeopleAndToolsPutInTheFileIsRead() throws IOException {
        String auth = base64("user:pass\0\0");
        String broken = auth.substring(0, 6) + "\\r\\n" + auth.substring(6).replace("=", "");
        for (String odd : new String[] {auth, broken, auth + "\\n", " " + auth}) {
            assertThat(config("{\"auths\":{\"h\":{\"auth\":\"" + odd + "\"}}}\n\0")
                            .find("h"))
                    .isEqualTo(new Credentials.Password("user", "pass"));
        }
        String twice = "{\"auths\":{\"h\":{\"auth\":\"" + base64("a:b") + "\"},\"h\":{\"auth\":\"" + base64("c:d")
                + "\"}},\"auths2\":1,\"auths2\":2}";
        assertThat(config(twice).find("h")).isEqualTo(new Credentials.Password("c", "d"));
        for (String nothing : new String[] {
            "",
            "\n",
            "\0",
            "{}",
            "{\"auths\":null}",
            "{\"auths\":{\"h\":null}}",
            "{\"auths\":{\"h\":{\"auth\":\"\"}}}",
            "{\"auths\":{\"h\":{\"auth\":\"Og==\"}}}",
            "{\"auths\":{\"h\":{\"username\":\"\",\"password\":\"\"}}}"
        }) {
            assertThat(config(nothing).find("h")).isNull();
        }
    }

    /** The order of {@link CredentialSource#system}; a place that fails does not keep the others from being asked. */
    @Test
    void placesAreAskedInOrder() throws IOException {
        Map<String, String> environment = new HashMap<>();
        environment.put("XDG_RUNTIME_DIR", directory.resolve("run").toString());
        environment.put("DOCKER_CONFIG", directory.resolve("docker").toString());
        CredentialSource source = new SystemCredentials(environment, directory);
        assertThat(source.find("h")).isNull();
        put(".config/containers/auth.json", "podman");
        assertThat(source.find("h")).hasToString("password of podman");
        put("run/containers/auth.json", "runtime");
        assertThat(source.find("h")).hasToString("password of runtime");
        Files.createDirectories(directory.resolve("docker"));
        Files.writeString(directory.resolve("docker/config.json"), "{\"credsStore\":\"layerfs-absent\"}");
        assertThat(source.find("h")).hasToString("password of runtime");
        assertThatThrownBy(() -> source.find("other"))
                .hasMessageContaining("docker-credential-layerfs-absent")
                .hasMessageContaining("cannot be run");
        put("docker/config.json", "docker");
        assertThat(source.find("h")).hasToString("password of docker");
        put("own.json", "own");
        environment.put("REGISTRY_AUTH_FILE", directory.resolve("own.json").toString());
        assertThat(source.find("h")).hasToString("password of own");
        environment.put("DOCKER_AUTH_CONFIG", "{\"auths\":{\"h\":{\"auth\":\"" + base64("variable:p") + "\"}}}");
        assertThat(source.find("h")).hasToString("password of variable");
    }

    private void put(String file, String user) throws IOException {
        Path path = directory.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, "{\"auths\":{\"h\":{\"auth\":\"" + base64(user + ":p") + "\"}}}");
    }

    /** However many repositories of a registry are used: it may be slow, or ask a person. */
    @Test
    void aHelperIsAskedOnceForARegistry() throws IOException {
        Path file = Files.writeString(directory.resolve("config.json"), "{\"credsStore\":\"layerfs-absent\"}");
        for (CredentialSource source : List.of(
                DockerConfig.file(file),
                new SystemCredentials(Map.of("DOCKER_CONFIG", directory.toString()), directory.resolve("home")))) {
            KnownCredentials known = new KnownCredentials(source);
            IOException failure = known.find("h", "a").failure();
            assertThat(failure).hasMessageContaining("docker-credential-layerfs-absent");
            assertThat(known.find("h", "b").failure()).isSameAs(failure);
            assertThat(known.find("other", "a").failure()).isNotSameAs(failure);
            assertThat(new KnownCredentials(source).find("h", "a").failure())
                    .as("another run")
                    .isNotSameAs(failure);
        }
    }

    @Test
    void whatAHelperSaysOnItsErrorsIsShown() throws IOException {
        assertThatThrownBy(() -> helper("echo keyring is locked >&2; exit 3").get("a"))
                .hasMessageContaining("exit code 3: keyring is locked");
        assertThatThrownBy(() -> helper("echo denied; echo why >&2; exit 1").get("a"))
                .hasMessageContaining("denied");
        assertThat(helper("echo warning >&2; echo '{\"Username\":\"u\",\"Secret\":\"s\"}'")
                        .get("a"))
                .isEqualTo(new Credentials.Password("u", "s"));
        assertThat(helper("echo 'credentials not found in native keychain' >&2; exit 1")
                        .get("a"))
                .isNull();
        assertThat(helper("echo '{\"Username\":\"\",\"Secret\":\"\"}'").get("a"))
                .isNull();
    }
}
