package io.layerfs.registry;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How registries are spoken to.
 *
 * @param credentials asked when a registry wants some
 * @param connectTimeout how long a connection may take
 * @param stallTimeout how long nothing may happen: no answer, no bytes in either direction
 * @param retries how often what failed for a reason that may pass is tried again, without any progress in between
 * @param maxWait the longest pause between two tries; a registry that asks for a longer one has failed
 * @param plainHttp the registries, {@code host} or {@code host:port}, that are spoken to without encryption, as those on this
 *     machine are where there is no {@code sslContext}
 * @param sslContext which certificates are trusted; where it is given, registries on this machine are spoken to encrypted, too,
 *     and {@code certificateDirectories} do not count. Null for those and the JVM's own
 * @param concurrency how many blobs of an image are transferred at the same time
 * @param chunkSize how many bytes are uploaded at a time; 0 for whole blobs
 * @param environment the variables that name proxies, {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code NO_PROXY}, also in lower
 *     case; this machine is spoken to without one
 * @param mirrors by registry, {@code host[:port]}, what is asked before it for an image to pull: {@code host[:port]}, with a path
 *     before the repository's where it has one. Nothing is pushed there
 * @param certificateDirectories directories of certificates, {@code HOST[:PORT]/} in them: authorities {@code *.crt}, and {@code
 *     NAME.cert} with {@code NAME.key} to be shown
 */
public record RegistryOptions(
        CredentialSource credentials,
        Duration connectTimeout,
        Duration stallTimeout,
        int retries,
        Duration maxWait,
        Set<String> plainHttp,
        @Nullable SSLContext sslContext,
        int concurrency,
        long chunkSize,
        Map<String, String> environment,
        Map<String, List<String>> mirrors,
        List<Path> certificateDirectories) {

    /**
     * Docker's and podman's credentials and certificates, the proxies of this process' environment, a minute for anything to
     * happen, five tries more, two minutes between them where a registry wants that, four blobs at a time, each whole.
     */
    public static final RegistryOptions DEFAULT = new RegistryOptions(
            CredentialSource.system(),
            Duration.ofSeconds(15),
            Duration.ofSeconds(60),
            5,
            Duration.ofMinutes(2),
            Set.of(),
            null,
            4,
            0,
            System.getenv(),
            Map.of(),
            List.of(
                    Path.of(System.getProperty("user.home"), ".config", "containers", "certs.d"),
                    Path.of("/etc/containers/certs.d"),
                    Path.of("/etc/docker/certs.d")));

    /** Checks the numbers, and copies what could change. */
    public RegistryOptions {
        plainHttp = Set.copyOf(plainHttp);
        environment = Map.copyOf(environment);
        mirrors = Map.copyOf(mirrors);
        certificateDirectories = List.copyOf(certificateDirectories);
        if (retries < 0 || concurrency < 1 || chunkSize < 0 || stallTimeout.isNegative() || stallTimeout.isZero()) {
            throw new IllegalArgumentException("negative retries, time or size, or no concurrency");
        }
    }

    /** The same, with other credentials. */
    public RegistryOptions withCredentials(CredentialSource source) {
        return new RegistryOptions(
                source,
                connectTimeout,
                stallTimeout,
                retries,
                maxWait,
                plainHttp,
                sslContext,
                concurrency,
                chunkSize,
                environment,
                mirrors,
                certificateDirectories);
    }

    /** The same, with other time-outs. */
    public RegistryOptions withTimeouts(Duration connect, Duration stall) {
        return new RegistryOptions(
                credentials,
                connect,
                stall,
                retries,
                maxWait,
                plainHttp,
                sslContext,
                concurrency,
                chunkSize,
                environment,
                mirrors,
                certificateDirectories);
    }

    /** The same, with more tries or fewer, and another longest pause between them. */
    public RegistryOptions withRetries(int times, Duration longest) {
        return new RegistryOptions(
                credentials,
                connectTimeout,
                stallTimeout,
                times,
                longest,
                plainHttp,
                sslContext,
                concurrency,
                chunkSize,
                environment,
                mirrors,
                certificateDirectories);
    }

    /** The same, with these registries spoken to without encryption. */
    public RegistryOptions withPlainHttp(Set<String> registries) {
        return new RegistryOptions(
                credentials,
                connectTimeout,
                stallTimeout,
                retries,
                maxWait,
                registries,
                sslContext,
                concurrency,
                chunkSize,
                environment,
                mirrors,
                certificateDirectories);
    }

    /** The same, trusting the certificates that {@code context} trusts, and showing those that it has. */
    public RegistryOptions withSslContext(SSLContext context) {
        return new RegistryOptions(
                credentials,
                connectTimeout,
                stallTimeout,
                retries,
                maxWait,
                plainHttp,
                context,
                concurrency,
                chunkSize,
                environment,
                mirrors,
                certificateDirectories);
    }

    /**
     * The same, trusting what the certificates of a PEM file have signed, beside what the JVM trusts.
     *
     * @throws IOException where the file cannot be read, or has no certificates
     */
    public RegistryOptions withAuthorities(Path pem) throws IOException {
        return withSslContext(Authorities.read(pem));
    }

    /** The same, with more blobs at a time or fewer. */
    public RegistryOptions withConcurrency(int blobs) {
        return new RegistryOptions(
                credentials,
                connectTimeout,
                stallTimeout,
                retries,
                maxWait,
                plainHttp,
                sslContext,
                blobs,
                chunkSize,
                environment,
                mirrors,
                certificateDirectories);
    }

    /** The same, uploading so many bytes at a time; 0 for whole blobs. */
    public RegistryOptions withChunkSize(long bytes) {
        return new RegistryOptions(
                credentials,
                connectTimeout,
                stallTimeout,
                retries,
                maxWait,
                plainHttp,
                sslContext,
                concurrency,
                bytes,
                environment,
                mirrors,
                certificateDirectories);
    }

    /** The same, with the proxies that these variables name; none for an empty map. */
    public RegistryOptions withProxies(Map<String, String> variables) {
        return new RegistryOptions(
                credentials,
                connectTimeout,
                stallTimeout,
                retries,
                maxWait,
                plainHttp,
                sslContext,
                concurrency,
                chunkSize,
                variables,
                mirrors,
                certificateDirectories);
    }

    /** The same, pulling images of a registry from these places first, beside those of other registries. */
    public RegistryOptions withMirrors(String registry, List<String> places) {
        Map<String, List<String>> more = new LinkedHashMap<>(mirrors);
        more.put(registry, List.copyOf(places));
        return withMirrors(more);
    }

    /** The same, with these mirrors and no others. */
    public RegistryOptions withMirrors(Map<String, List<String>> byRegistry) {
        return new RegistryOptions(
                credentials,
                connectTimeout,
                stallTimeout,
                retries,
                maxWait,
                plainHttp,
                sslContext,
                concurrency,
                chunkSize,
                environment,
                byRegistry,
                certificateDirectories);
    }

    /** The same, with the certificates of these directories. */
    public RegistryOptions withCertificateDirectories(List<Path> directories) {
        return new RegistryOptions(
                credentials,
                connectTimeout,
                stallTimeout,
                retries,
                maxWait,
                plainHttp,
                sslContext,
                concurrency,
                chunkSize,
                environment,
                mirrors,
                directories);
    }
}
