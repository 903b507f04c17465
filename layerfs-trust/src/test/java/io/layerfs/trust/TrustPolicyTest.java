package io.layerfs.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Digest;
import io.layerfs.ImagePolicy;
import io.layerfs.ImageSignature;
import io.layerfs.UntrustedImageException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which images a policy admits, and every reason for which a signature does not count. */
class TrustPolicyTest {

    private static final Digest IMAGE = Digest.sha256(new byte[] {1});
    private static final Digest OTHER = Digest.sha256(new byte[] {2});
    private static final String APP = "registry.example.com/team/app:1";

    private static final TrustRule BY_ALICE = TrustRule.of("**").signedBy(Keys.ALICE.publicKey());

    private static ImageSignature by(SigningKey key) {
        return Signer.of(key).sign(IMAGE, APP, Map.of());
    }

    private static ImageSignature signed(SigningKey key, String payload) {
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        return ImageSignature.of(
                bytes, Map.of(ImageSignature.SIGNATURE, Base64.getEncoder().encodeToString(key.sign(bytes))));
    }

    private static String payload() {
        return new String(by(Keys.ALICE).payload(), StandardCharsets.UTF_8);
    }

    private static ImagePolicy.Candidate image(String reference, ImageSignature... signatures) {
        List<String> references = reference == null ? List.of() : List.of(reference);
        return new ImagePolicy.Candidate(references, List.of(IMAGE), List.of(signatures));
    }

    private static TrustPolicy policy(TrustRule... rules) {
        return TrustPolicy.of(Arrays.asList(rules), warning -> {
            throw new AssertionError(warning);
        });
    }

    private static void assertAdmitted(TrustPolicy policy, ImagePolicy.Candidate image) {
        try {
            policy.check(image);
        } catch (UntrustedImageException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertRefused(TrustPolicy policy, ImagePolicy.Candidate image, String... parts) {
        assertThatThrownBy(() -> policy.check(image))
                .isInstanceOf(UntrustedImageException.class)
                .hasMessageContaining(IMAGE.toString())
                .satisfies(e -> Stream.of(parts).forEach(part -> assertThat(e).hasMessageContaining(part)));
    }

    @Test
    void aSignatureByTheKeyIsEnough() {
        for (SigningKey key : List.of(Keys.ALICE, Keys.BOB, Keys.CAROL)) {
            TrustPolicy policy = policy(TrustRule.of("**").signedBy(key.publicKey()));
            assertAdmitted(policy, image(APP, by(key)));
            assertAdmitted(policy, image(APP, by(Keys.MALLORY), by(key)));
            assertRefused(
                    policy,
                    image(APP, by(Keys.MALLORY)),
                    "image " + APP + " (" + IMAGE + ") is not trusted: rule '**' asks for a signature by " + key + "; ",
                    "signature " + by(Keys.MALLORY).digest() + ": not made by " + key);
            assertRefused(policy, image(APP), "it has no signature");
        }
    }

    @Test
    void whatDoesNotCountSaysWhy() {
        assertReason(signed(Keys.ALICE, payload().replace(IMAGE.toString(), OTHER.toString())), "it signs " + OTHER);
        assertReason(
                Signer.of(Keys.ALICE).sign(IMAGE, "registry.example.com/team/other:1", Map.of()),
                "it signs the image as 'registry.example.com/team/other', not as one of registry.example.com/team/app");
        assertReason(
                signed(Keys.ALICE, payload().replace("cosign container", "atomic container")), "'type' is 'atomic");
        assertReason(signed(Keys.ALICE, payload().replace("\"type\":", "\"type\":\"x\",\"type\":")), "is there twice");
        assertReason(
                signed(Keys.ALICE, payload().replace("\"critical\":", "\"critical\":{},\"critical\":")),
                "is there twice");
        assertReason(signed(Keys.ALICE, payload().replace("\"type\":", "\"more\":1,\"type\":")), "'more' is not known");
        assertReason(signed(Keys.ALICE, payload().replace("\"optional\"", "\"other\"")), "'other' is not known");
        assertReason(
                signed(Keys.ALICE, payload().replace("docker-m", "Docker-m")), "'Docker-manifest-digest' is not known");
        assertReason(signed(Keys.ALICE, payload().replace(IMAGE.toString(), "sha256:12")), "not a sha256 digest");
        assertReason(signed(Keys.ALICE, "[]"), "not an object");
        assertReason(signed(Keys.ALICE, "{"), "not JSON that is accepted");
        assertReason(signed(Keys.ALICE, payload() + payload()), "something follows the end");
        assertReason(signed(Keys.ALICE, " ".repeat(1 << 20) + payload()), "a payload may have 1048576");
        ImageSignature good = by(Keys.ALICE);
        assertReason(
                ImageSignature.of(good.payload(), Map.of()), "it has no annotation dev.cosignproject.cosign/signature");
        assertReason(annotated(good, "*" + text(good)), "is not base64: Illegal base64 character 2a");
        assertReason(annotated(good, ""), "not made by alice");
        assertReason(annotated(good, text(by(Keys.BOB))), "not made by alice");
        byte[] tampered = good.payload().clone();
        tampered[40] ^= 1;
        assertReason(ImageSignature.of(tampered, good.annotations()), "not made by alice");
        assertReason(ImageSignature.defective(OTHER, "the blob is not there"), "the blob is not there");
    }

    private static String text(ImageSignature signature) {
        return signature.annotations().get(ImageSignature.SIGNATURE);
    }

    private static ImageSignature annotated(ImageSignature signature, String text) {
        return ImageSignature.of(signature.payload(), Map.of(ImageSignature.SIGNATURE, text));
    }

    private static void assertReason(ImageSignature signature, String reason) {
        assertRefused(policy(BY_ALICE), image(APP, signature), "signature " + signature.digest() + ": ", reason);
        assertAdmitted(policy(BY_ALICE), image(APP, signature, by(Keys.ALICE)));
    }

    @Test
    void anIndexThatListsTheImageMayBeSigned() {
        ImageSignature signature = Signer.of(Keys.ALICE).sign(OTHER, APP, Map.of());
        List<ImageSignature> signatures = List.of(signature);
        assertAdmitted(policy(BY_ALICE), new ImagePolicy.Candidate(List.of(APP), List.of(IMAGE, OTHER), signatures));
        assertRefused(policy(BY_ALICE), new ImagePolicy.Candidate(List.of(APP), List.of(IMAGE), signatures));
    }

    @Test
    void soManyDifferentKeysMustHaveSigned() throws KeyFormatException {
        VerificationKey alice = Keys.ALICE.publicKey();
        VerificationKey bob = Keys.BOB.publicKey();
        VerificationKey carol = Keys.CAROL.publicKey();
        TrustPolicy two = policy(TrustRule.of("**").signedBy(2, List.of(alice, bob, carol)));
        assertAdmitted(two, image(APP, by(Keys.CAROL), by(Keys.ALICE)));
        assertRefused(two, image(APP, by(Keys.ALICE)), "asks for signatures by 2 of alice, bob, carol");
        ImageSignature again = Signer.of(Keys.ALICE).sign(IMAGE, APP, Map.of("n", "2"));
        assertRefused(two, image(APP, by(Keys.ALICE), again));
        assertRefused(two, image(APP, by(Keys.ALICE), by(Keys.MALLORY)), "not made by alice, bob, carol");
        VerificationKey alias = VerificationKey.parse("alias", alice.toPem());
        assertThatThrownBy(() -> TrustRule.of("**").signedBy(2, List.of(alice, alias)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rule '**': signatures by 2 of 1 different keys");
        assertThatThrownBy(() -> TrustRule.of("**").signedBy(0, List.of(alice)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theIdentityIsWhatTheRuleSays() {
        ImageSignature elsewhere = Signer.of(Keys.ALICE).sign(IMAGE, "registry.example.com/release/app", Map.of());
        assertRefused(policy(BY_ALICE), image("app:1", elsewhere), "not as one of docker.io/library/app");
        assertAdmitted(policy(BY_ALICE.identity("registry.example.com/release/app")), image("app:1", elsewhere));
        assertAdmitted(policy(BY_ALICE.identity("*")), image("app:1", elsewhere));
        assertAdmitted(policy(BY_ALICE), image(null, elsewhere));
        assertRefused(policy(BY_ALICE.identity("registry.example.com/team/app")), image(null, elsewhere));
        ImageSignature hub = Signer.of(Keys.ALICE).sign(IMAGE, "index.docker.io/library/app", Map.of());
        assertAdmitted(policy(BY_ALICE), image("app:1", hub));
        assertAdmitted(policy(BY_ALICE), image("docker.io/app@" + IMAGE, hub));
    }

    @Test
    void theFirstRuleThatMatchesDecides() {
        TrustPolicy policy = policy(
                TrustRule.of("localhost/**").mode(TrustRule.Mode.ACCEPT),
                TrustRule.of("registry.example.com/team/*").signedBy(Keys.ALICE.publicKey()),
                TrustRule.of("registry.example.com/**"));
        assertAdmitted(policy, image("localhost/x/y:1"));
        assertAdmitted(policy, image(APP, by(Keys.ALICE)));
        assertRefused(policy, image(APP, by(Keys.BOB)), "not made by alice");
        assertRefused(
                policy,
                image("registry.example.com/x/y", by(Keys.ALICE)),
                "rule 'registry.example.com/**' admits nothing");
        assertRefused(policy, image("elsewhere.example.com/x"), "no rule of the policy is for it");
        assertRefused(policy, image(null), "image (" + IMAGE + ") is not trusted: no rule");
    }

    @Test
    void everyNameMustBeAdmitted() {
        TrustPolicy policy = policy(TrustRule.of("scratch").mode(TrustRule.Mode.ACCEPT), BY_ALICE);
        List<ImageSignature> none = List.of();
        assertAdmitted(policy, new ImagePolicy.Candidate(List.of("scratch:1"), List.of(IMAGE), none));
        assertRefused(
                policy, new ImagePolicy.Candidate(List.of("scratch:1", APP), List.of(IMAGE), none), "image " + APP);
    }

    @Test
    void aWarningIsTheCallersToHear() throws UntrustedImageException {
        List<String> heard = new ArrayList<>();
        TrustRule warn = TrustRule.of("registry.example.com/**")
                .signedBy(Keys.ALICE.publicKey())
                .mode(TrustRule.Mode.WARN);
        TrustPolicy policy = TrustPolicy.of(List.of(warn), heard::add);
        policy.check(image(APP, by(Keys.ALICE)));
        assertThat(heard).isEmpty();
        policy.check(image(APP, by(Keys.BOB)));
        assertThat(heard)
                .singleElement()
                .asString()
                .contains(APP, IMAGE.toString(), "is not trusted", "not made by alice");
        assertRefused(
                policy,
                new ImagePolicy.Candidate(List.of(APP, "app:1"), List.of(IMAGE), List.of()),
                "image app:1 ",
                "no rule");
        assertThat(heard).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "app, app:1, true",
        "app, docker.io/library/app, true",
        "docker.io/library/app, index.docker.io/library/app:2, true",
        "app, docker.io/team/app, false",
        "app, registry.example.com/app, false",
        "team/app, docker.io/team/app@sha256:x, true",
        "registry.example.com/**, REGISTRY.Example.com/app:1, true",
        "registry.example.com/**, registry.example.com./app:1, true",
        "registry.example.com/**, registry.example.com:443/app:1, true",
        "registry.example.com/**, registry.example.com:5000/app:1, false",
        "Registry.Example.com:443/team/*, registry.example.com/team/app, true",
        "app, Index.Docker.IO/app, true",
        "app, registry-1.docker.io/library/app, true",
        "docker.io/**, team/app, true",
        "docker.io/*, team/app, false",
        "team/*, team/app:1, true",
        "team/*, team/sub/app, false",
        "team/**, team/sub/app, true",
        "registry.example.com/**, registry.example.com/a/b/c:1, true",
        "registry.example.com/**, registry.example.com:5000/a, false",
        "registry.example.com/**, registry-example.com/a, false",
        "registry.example.com/**, registry.example.com.evil.org/a, false",
        "localhost:5000/app, localhost:5000/app:1, true",
        "localhost:5000/app:1, localhost:5000/app:1, true",
        "localhost:5000/app:1, localhost:5000/app:10, false",
        "localhost:5000/app:1.*, localhost:5000/app:1.2, true",
        "localhost:5000/app:1, localhost:5000/app, false",
        "**, anything/at/all:1, true",
        "**/app, registry.example.com/team/app:1, true",
        "*, app:1, true",
        "*, team/app, false",
        "*.example.com/app, registry.example.com/app, true",
        "*.example.com/app, evil.org/x.example.com/app, false",
    })
    void patternsMatchWholeNames(String pattern, String reference, boolean matches) {
        assertThat(TrustRule.of(pattern).matches(reference)).isEqualTo(matches);
    }

    @Test
    void whatIsNoPatternIsRefused() {
        for (String pattern : List.of("", " ", "a b", "app@sha256:1")) {
            assertThatThrownBy(() -> TrustRule.of(pattern))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + pattern + "'");
        }
    }
}
