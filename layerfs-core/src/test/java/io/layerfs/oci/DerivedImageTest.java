package io.layerfs.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Digest;
import io.layerfs.History;
import io.layerfs.MalformedLayerException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The config of an image that is made of another, and names as Docker has them. */
class DerivedImageTest {

    private static byte[] config(String history) {
        return ("{\"os\":\"linux\",\"own\":7,\"rootfs\":{},\"history\":[" + history.replace('\'', '"') + "]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Layers are spelled a, b, c, entries without a layer -, and an entry that was supplied ?. */
    @ParameterizedTest
    @CsvSource({
        "'', 0, ''",
        "'', 2, ??",
        "a, 0, ''",
        "-, 0, -",
        "-a-, 0, -",
        "a-b, 1, a-",
        "a-b, 2, a-b",
        "a--b-c, 2, a--b-",
        "a-, 1, a-",
        "a-, 2, a-?",
        "-ab, 3, -ab?",
        "abc, 2, ab"
    })
    void historyReachesToTheNextLayerAndIsFilledUp(String said, int layers, String kept) throws Exception {
        StringBuilder entries = new StringBuilder();
        for (int i = 0; i < said.length(); i++) {
            char c = said.charAt(i);
            entries.append(entries.length() == 0 ? "" : ",")
                    .append(c == '-' ? "{'empty_layer':true}" : "{'created_by':'" + c + "','empty_layer':false}");
        }
        StringBuilder found = new StringBuilder();
        for (Object entry : DerivedImage.history("doc", config(entries.toString()), layers)) {
            Map<?, ?> json = (Map<?, ?>) entry;
            Object by = json.get("created_by");
            found.append(json.keySet().equals(Set.of("created")) ? "?" : by == null ? "-" : by);
        }
        assertThat(found.toString()).isEqualTo(kept);
    }

    @Test
    void historyThatIsNoListOfObjectsIsRefused() {
        assertThatThrownBy(() -> DerivedImage.history("doc", config("1"), 1))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageContaining("doc at /history/0: not an object");
    }

    @Test
    void anEntrySaysWhatIsKnown() {
        Instant time = Instant.parse("2020-01-01T00:00:00Z");
        assertThat(DerivedImage.entry(new History(time, "made", "me", "why")))
                .isEqualTo(Map.of(
                        "created", "2020-01-01T00:00:00Z", "created_by", "made", "author", "me", "comment", "why"));
        assertThat(DerivedImage.entry(new History(null, null, null, null)))
                .containsOnly(Map.entry("created", "1970-01-01T00:00:00Z"));
    }

    @Test
    void aConfigKeepsWhatNobodyKnowsAndTheTimeUnlessAnotherIsGiven() throws Exception {
        Digest layer = Digest.sha256(new byte[0]);
        Instant time = Instant.parse("2020-01-01T00:00:00Z");
        byte[] first = DerivedImage.config("doc", config(""), List.of(layer), List.of(Map.of()), time);
        Json json = Json.parse("doc", first);
        assertThat(json.members()).containsEntry("own", 7L).containsEntry("created", "2020-01-01T00:00:00Z");
        assertThat(json.requireObject("rootfs").requireDigests("diff_ids")).containsExactly(layer);
        assertThat(json.objects("history")).hasSize(1);
        byte[] again = DerivedImage.config("doc", first, List.of(), List.of(), null);
        assertThat(Json.parse("doc", again).string("created")).isEqualTo("2020-01-01T00:00:00Z");
    }

    @ParameterizedTest
    @CsvSource({
        "app, docker.io/library/app:latest",
        "team/app:1, docker.io/team/app:1",
        "localhost/app, localhost/app:latest",
        "localhost:5000/a/b:v, localhost:5000/a/b:v",
        "example.org/app:1.2, example.org/app:1.2",
        "Host/app, Host/app:latest",
        "a__b/c-d--e:_, docker.io/a__b/c-d--e:_"
    })
    void namesOfDocker(String text, String full) {
        DockerName name = DockerName.parse(text);
        assertThat(name.full()).isEqualTo(full);
        assertThat(DockerName.parse(name.toString()).full()).isEqualTo(full);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "App",
                "a:",
                "a:b:c",
                "a//b",
                "/a",
                "a/",
                "a___b",
                "-a",
                "a-",
                "a.",
                "a:.b",
                "a@sha256:1",
                "\u00e4"
            })
    void whatDockerWouldRefuseIsRefused(String text) {
        assertThatThrownBy(() -> DockerName.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'" + text + "' is no name of an image for Docker");
    }

    @Test
    void namesAndTagsOfDockerHaveLimits() {
        assertThat(DockerName.parse("a".repeat(383)).repository()).hasSize(383);
        assertThatThrownBy(() -> DockerName.parse("a".repeat(384))).isInstanceOf(IllegalArgumentException.class);
        assertThat(DockerName.parse("a:" + "t".repeat(128)).tag()).hasSize(128);
        assertThatThrownBy(() -> DockerName.parse("a:" + "t".repeat(129))).isInstanceOf(IllegalArgumentException.class);
    }
}
