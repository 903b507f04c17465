package io.layerfs.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
