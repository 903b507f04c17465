package io.layerfs.registry;

import io.layerfs.oci.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A program {@code docker-credential-NAME} (docker-credential-helpers): given a server on its input, it answers with JSON, or
 * fails with the reason on its output.
 */
final class CredentialHelper {

    private static final int SECONDS = 30;
    private static final int MAX_OUTPUT = 1 << 20;
    private static final String NOT_FOUND = "credentials not found";
    private static final String TOKEN_USER = "<token>";

    private final String program;

    private CredentialHelper(String program) {
        this.program = program;
    }

    /** The program that Docker's config calls {@code name}. */
    static CredentialHelper named(String name) throws IOException {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw new IOException("not the name of a credential helper: '" + name + "'");
        }
        return at("docker-credential-" + name);
    }

    /** This program, found as all programs are. */
    static CredentialHelper at(String program) {
        return new CredentialHelper(program);
    }

    /** What it knows for a server; null where that is nothing. */
    @Nullable
    Credentials get(String server) throws IOException {
        Process process = start();
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write((server + "\n").getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // it ended without reading, or closed its input: what it says and its exit code tell why
            }
            CompletableFuture<byte[]> errors = read(process.getErrorStream());
            byte[] output = output(read(process.getInputStream()));
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(program + ": does not end");
            }
            return process.exitValue() == 0 ? credentials(output) : failed(process.exitValue(), output, said(errors));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + program);
        } finally {
            process.destroyForcibly();
        }
    }

    private Process start() throws IOException {
        try {
            return new ProcessBuilder(program, "get").start();
        } catch (IOException e) {
            throw new IOException(
                    program + ": this helper, which a config file names, cannot be run: " + e.getMessage(), e);
        }
    }

    /** A read from a program cannot be timed: another thread reads. */
    private CompletableFuture<byte[]> read(InputStream from) {
        CompletableFuture<byte[]> output = new CompletableFuture<>();
        Thread reader = new Thread(
                () -> {
                    try (InputStream out = from) {
                        byte[] read = out.readNBytes(MAX_OUTPUT);
                        out.transferTo(OutputStream.nullOutputStream());
                        output.complete(read);
                    } catch (IOException e) {
                        output.completeExceptionally(e);
                    }
                },
                program);
        reader.setDaemon(true);
        reader.start();
        return output;
    }

    private byte[] output(CompletableFuture<byte[]> output) throws IOException, InterruptedException {
        try {
            return output.get(SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IOException(program + ": no answer within " + SECONDS + " seconds", e);
        } catch (ExecutionException e) {
            throw new IOException(program + ": its output broke off", e);
        }
    }

    /** A program that it has started may keep its errors open. */
    private static byte[] said(CompletableFuture<byte[]> errors) throws InterruptedException {
        try {
            return errors.get(1, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return new byte[0];
        }
    }

    private @Nullable Credentials credentials(byte[] output) throws IOException {
        Json json = Json.parse(program + "'s answer", output);
        String username = json.requireString("Username");
        String secret = json.requireString("Secret");
        if (username.isEmpty() && secret.isEmpty()) {
            return null;
        }
        return username.equals(TOKEN_USER)
                ? new Credentials.IdentityToken(secret)
                : new Credentials.Password(username, secret);
    }

    /** A helper says on its output what failed, by the protocol; what it says besides, many say on the other one. */
    private @Nullable Credentials failed(int exitCode, byte[] output, byte[] errors) throws IOException {
        String reason = new String(output, StandardCharsets.UTF_8).strip();
        String more = new String(errors, StandardCharsets.UTF_8).strip();
        if (reason.contains(NOT_FOUND) || (reason.isEmpty() && more.contains(NOT_FOUND))) {
            return null;
        }
        throw new IOException(program + ": exit code " + exitCode + ": " + Words.shown(reason)
                + (more.isEmpty() ? "" : reason.isEmpty() ? Words.shown(more) : " (" + Words.shown(more) + ")"));
    }
}
