package io.layerfs.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The tool {@code openssl}, the judge: tests that need it are skipped where it is missing. */
final class OpenSsl {

    /** What {@code genpkey} is told for each kind of key. */
    enum Kind {
        ECDSA("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
        ED25519("-algorithm", "ED25519"),
        RSA("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048");

        @SuppressWarnings("ImmutableEnumChecker") // List.of
        private final List<String> options;

        Kind(String... options) {
            this.options = List.of(options);
        }
    }

    private final Path directory;

    OpenSsl(Path directory) {
        this.directory = directory;
    }

    static void require() throws IOException {
        boolean found;
        try {
            found = new ProcessBuilder("openssl", "version").start().waitFor() == 0;
        } catch (IOException e) {
            found = false;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        assumeTrue(found, "openssl is not installed");
    }

    /** Runs it in the directory, and answers its exit code and output. */
    String run(int expected, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertThat(process.waitFor()).as(command + "\n" + output).isEqualTo(expected);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        return output;
    }

    /** Makes a private key, in PKCS #8, in a file, and its public key beside it in one that ends in {@code .pub}. */
    void newKey(Kind kind, String file) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("genpkey", "-out", file));
        arguments.addAll(kind.options);
        run(0, arguments.toArray(new String[0]));
        run(0, "pkey", "-in", file, "-pubout", "-out", file + ".pub");
    }

    String text(String file) throws IOException {
        return Files.readString(directory.resolve(file));
    }

    /** The signature that it makes of a message. */
    byte[] sign(Kind kind, String key, byte[] message) throws IOException {
        Files.write(directory.resolve("message"), message);
        if (kind == Kind.ED25519) {
            run(0, "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", "message", "-out", "signature");
        } else {
            run(0, "dgst", "-sha256", "-sign", key, "-out", "signature", "message");
        }
        return Files.readAllBytes(directory.resolve("signature"));
    }

    /** Has it check a signature; fails where it does not answer as expected. */
    void verify(Kind kind, String publicKey, byte[] message, byte[] signature, boolean good) throws IOException {
        Files.write(directory.resolve("message"), message);
        Files.write(directory.resolve("signature"), signature);
        int expected = good ? 0 : 1;
        if (kind == Kind.ED25519) {
            run(
                    expected,
                    "pkeyutl",
                    "-verify",
                    "-rawin",
                    "-pubin",
                    "-inkey",
                    publicKey,
                    "-in",
                    "message",
                    "-sigfile",
                    "signature");
        } else {
            run(expected, "dgst", "-sha256", "-verify", publicKey, "-signature", "signature", "message");
        }
    }
}
