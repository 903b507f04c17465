package io.layerfs.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An authority made by openssl, and a certificate that it has signed, for {@code 127.0.0.1} only.
 *
 * @param authority the authority's own certificate
 */
record TestCertificates(Path authority, Path certificate, Path key) {

    static TestCertificates make(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Path authority = directory.resolve("ca.pem");
        Path authorityKey = directory.resolve("ca.key");
        openssl("-keyout", authorityKey.toString(), "-out", authority.toString(), "-subj", "/CN=authority of a test");
        Path certificate = directory.resolve("server.pem");
        Path key = directory.resolve("server.key");
        openssl(
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString(),
                "-subj",
                "/CN=registry",
                "-CA",
                authority.toString(),
                "-CAkey",
                authorityKey.toString(),
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-addext",
                "basicConstraints=critical,CA:FALSE");
        return new TestCertificates(authority, certificate, key);
    }

    private static void openssl(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl", "req", "-x509", "-days", "2", "-nodes"));
        command.addAll(List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"));
        command.addAll(List.of(options));
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            assumeTrue(false, "openssl is not installed");
            throw e;
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
