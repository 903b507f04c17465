package io.layerfs.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which proxy is used for what: as Go's programs, and so docker and podman, read the environment. */
class ProxiesTest {

    private static Route.Proxy find(String url, Map<String, String> environment) throws IOException {
        return new Proxies(environment).find(Origin.of(URI.create(url)));
    }

    /** Cases as in golang.org/x/net/http/httpproxy, of which each rule has one. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://a.example/|example|true",
                "https://a.example/|a.example|true",
                "https://a.example/|A.EXAMPLE|true",
                "https://b.a.example/|a.example|true",
                "https://ba.example/|a.example|false",
                "https://a.example/|.a.example|false",
                "https://b.a.example/|.a.example|true",
                "https://b.a.example/|*.a.example|true",
                "https://a.example/|*.a.example|false",
                "https://a.example:8443/|a.example:8443|true",
                "https://a.example/|a.example:8443|false",
                "https://a.example/|a.example:443|true",
                "https://a.example/| x , a.example|true",
                "https://a.example/|*|true",
                "https://10.1.2.3/|10.0.0.0/8|true",
                "https://11.1.2.3/|10.0.0.0/8|false",
                "https://10.1.2.3/|10.1.2.3|true",
                "https://10.1.2.3:5000/|10.1.2.3:5000|true",
                "https://10.1.2.3:5001/|10.1.2.3:5000|false",
                "https://10.1.2.3/|10.1.2.0/33|false",
                "https://[2001:db8::1]/|2001:db8::/32|true",
                "https://[2001:db9::1]/|2001:db8::/32|false",
                "https://[2001:db8::1]/|[2001:db8::1]:443|true",
                "https://[2001:db8::1]/|2001:db8:0::1|true",
                "https://a.example/||false"
            })
    void noProxyIsReadAsGoReadsIt(String url, String list, boolean exempt) throws IOException {
        Map<String, String> environment =
                Map.of("HTTPS_PROXY", "http://proxy.example:3128", "no_proxy", list == null ? "" : list);
        assertThat(find(url, environment) == null).isEqualTo(exempt);
    }

    @Test
    void theVariableIsThatOfTheSchemeInEitherCase() throws IOException {
        Map<String, String> both = Map.of("HTTPS_PROXY", "s.example:1", "http_proxy", "https://u:p@h.example");
        assertThat(find("https://a.example/", both).origin()).hasToString("http://s.example:1");
        Route.Proxy proxy = find("http://a.example/", both);
        assertThat(proxy.origin()).hasToString("https://h.example:443");
        assertThat(proxy.authorization()).isEqualTo("Basic dTpw");
        assertThat(proxy).asString().doesNotContain("dTpw");
        assertThat(find("http://a.example/", Map.of("HTTP_PROXY", "x:1", "http_proxy", "y:1"))
                        .origin()
                        .host())
                .isEqualTo("x");
        assertThat(find("https://a.example/", Map.of("HTTP_PROXY", "x:1"))).isNull();
        assertThat(find("http://a.example/", Map.of("HTTP_PROXY", "x:1", "REQUEST_METHOD", "GET")))
                .as("what a client of a CGI program sent")
                .isNull();
        for (String here : List.of("http://localhost:5000/", "http://127.0.0.1/", "http://[::1]:5000/")) {
            assertThat(find(here, Map.of("HTTP_PROXY", "x:1"))).isNull();
        }
        assertThatThrownBy(() -> find("http://a.example/", Map.of("HTTP_PROXY", "socks5://user:secret@x:1")))
                .hasMessageContaining("no address of http or https")
                .message()
                .doesNotContain("secret");
    }

    /** By CONNECT: the proxy sees the host and its own credentials, and nothing of the rest. */
    @Test
    void encryptedRegistriesAreReachedThroughATunnel() throws IOException {
        List<String> seen = new CopyOnWriteArrayList<>();
        for (String status : List.of("407 Proxy Authentication Required", "503 Down")) {
            try (Connections proxy = new Connections(client -> {
                        try (client) {
                            byte[] head = new byte[4096];
                            int n = client.getInputStream().read(head);
                            seen.add(new String(head, 0, n, java.nio.charset.StandardCharsets.US_ASCII));
                            client.getOutputStream()
                                    .write(("HTTP/1.1 " + status + "\r\n\r\n")
                                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                        } catch (IOException e) {
                            // it went away
                        }
                    });
                    Registry registry = Registry.open(TestImages.QUICK
                            .withRetries(0, java.time.Duration.ZERO)
                            .withProxies(Map.of("https_proxy", "u:secret@127.0.0.1:" + proxy.port())))) {
                assertThatThrownBy(() -> registry.manifest(Reference.parse("registry.invalid/r:1")))
                        .hasMessageContaining("proxy http://127.0.0.1:" + proxy.port())
                        .hasMessageContaining("status " + status.substring(0, 3))
                        .hasMessageContaining("registry.invalid:443")
                        .message()
                        .doesNotContain("secret");
            }
        }
        assertThat(seen)
                .allSatisfy(head -> assertThat(head)
                        .startsWith("CONNECT registry.invalid:443 HTTP/1.1\r\n")
                        .contains("Host: registry.invalid:443\r\n", "Proxy-Authorization: Basic dTpzZWNyZXQ=\r\n")
                        .doesNotContain("/v2/"));
    }
}
