package io.layerfs.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Digest;
import io.layerfs.ImagePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies as documents: what they mean, and every way in which one is refused. */
class PolicyDocumentTest {

    private static final Digest IMAGE = Digest.sha256(new byte[] {1});

    @TempDir
    Path directory;

    private final List<String> warnings = new ArrayList<>();

    @BeforeEach
    void writeKeys() throws IOException {
        Files.createDirectories(directory.resolve("keys"));
        Files.writeString(
                directory.resolve("keys/alice.pub"), Keys.ALICE.publicKey().toPem());
        Files.writeString(directory.resolve("bob.pub"), Keys.BOB.publicKey().toPem());
    }

    private TrustPolicy read(String json) throws IOException {
        Path file = directory.resolve("policy.json");
        Files.writeString(file, json.replace('\'', '"'));
        return TrustPolicy.read(file, warnings::add);
    }

    private TrustPolicy rules(String rules) throws IOException {
        return read("{'version':1,'keys':{'alice':'keys/alice.pub','bob':'bob.pub'},'rules':[" + rules + "]}");
    }

    private static ImagePolicy.Candidate image(String reference, SigningKey... keys) {
        return new ImagePolicy.Candidate(
                List.of(reference),
                List.of(IMAGE),
                java.util.Arrays.stream(keys)
                        .map(key -> Signer.of(key).sign(IMAGE, reference, Map.of()))
                        .toList());
    }

    private static boolean admits(TrustPolicy policy, ImagePolicy.Candidate image) {
        return policy.judge(image).stream().allMatch(Verdict::isTrusted);
    }

    @Test
    void itMeansWhatItSays() throws IOException {
        TrustPolicy policy = rules("""
                {'match':'localhost/**','mode':'accept'},
                {'match':'both','keys':['alice','bob'],'require':2},
                {'match':'either','keys':['alice','bob'],'mode':'refuse'},
                {'match':'moved','keys':['alice'],'identity':'registry.example.com/app'},
                {'match':'closed'},
                {'match':'**','keys':['bob'],'mode':'warn'}""");
        assertThat(admits(policy, image("localhost/x"))).isTrue();
        assertThat(admits(policy, image("both:1", Keys.ALICE, Keys.BOB))).isTrue();
        assertThat(admits(policy, image("both:1", Keys.ALICE))).isFalse();
        assertThat(admits(policy, image("either:1", Keys.BOB))).isTrue();
        assertThat(admits(policy, image("either:1", Keys.CAROL))).isFalse();
        assertThat(admits(policy, image("moved", Keys.ALICE))).isFalse();
        assertThat(admits(policy, image("closed", Keys.ALICE, Keys.BOB))).isFalse();
        policy.check(image("other", Keys.ALICE));
        assertThat(warnings).singleElement().asString().contains("not made by bob");
    }

    @Test
    void aKeyMayStandInIt() throws IOException {
        String pem = Keys.ALICE.publicKey().toPem().replace("\n", "\\n");
        TrustPolicy policy = read("{'version':1,'keys':{'a':'" + pem + "'},'rules':[{'match':'**','keys':['a']}]}");
        assertThat(admits(policy, image("app", Keys.ALICE))).isTrue();
        assertThat(admits(policy, image("app", Keys.BOB))).isFalse();
    }

    @Test
    void whatIsNotUnderstoodIsRefused() {
        assertRefused("", "policy.json");
        assertRefused("{'rules':[]}", "'version' is missing");
        assertRefused("{'version':2,'rules':[]}", "'version' is not 1");
        assertRefused("{'version':1,'rules':[],'rules':[]}", "is there twice");
        assertRefused("{'version':1,'default':'accept','rules':[]}", "'default' is not known");
        assertRefused("{'version':1,'rules':{}}", "/rules: not an array");
        assertRefused("{'version':1,'keys':{'a':1},'rules':[]}", "/keys: 'a' is not a string");
        assertRefused("{'version':1,'keys':{'a':'-----BEGIN x'},'rules':[]}", "a: no PEM block");
        assertRule("{}", "/rules/0: 'match' is missing");
        assertRule("{'match':'**','key':['alice']}", "/rules/0: 'key' is not known");
        assertRule("{'match':'a b'}", "/rules/0: not a pattern");
        assertRule("{'match':'**','mode':'allow'}", "/rules/0: 'mode' is 'allow', not 'refuse', 'warn' or 'accept'");
        assertRule("{'match':'**','keys':['carol']}", "/rules/0: 'keys' names 'carol', which is none of [alice, bob]");
        assertRule("{'match':'**','keys':[]}", "/rules/0: rule '**': signatures by 1 of 0 different keys");
        assertRule(
                "{'match':'**','keys':['alice'],'require':2}", "/rules/0: rule '**': signatures by 2 of 1 different");
        assertRule(
                "{'match':'**','keys':['alice'],'require':0}", "/rules/0: rule '**': signatures by 0 of 1 different");
        assertRule("{'match':'**','keys':['alice'],'require':4294967297}", "signatures by 2147483647 of 1 different");
        assertRule("{'match':'**','keys':['alice'],'require':'all'}", "'require' is not a whole number");
        assertRule("{'match':'**','identity':'app'}", "/rules/0: rule '**': signatures by 1 of 0 different keys");
        assertRule(
                "{'match':'**','mode':'accept','keys':['alice']}", "'mode' is 'accept', which asks for no signature");
        assertThatThrownBy(() -> read("{'version':1,'keys':{'a':'none.pub'},'rules':[]}"))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("none.pub");
    }

    private void assertRule(String rule, String reason) {
        assertThatThrownBy(() -> rules(rule)).isInstanceOf(IOException.class).hasMessageContaining(reason);
    }

    private void assertRefused(String json, String reason) {
        assertThatThrownBy(() -> read(json)).isInstanceOf(IOException.class).hasMessageContaining(reason);
    }
}
