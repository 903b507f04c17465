package io.layerfs.registry;

import java.time.Duration;
import java.util.Set;

/**
 * How registries are spoken to.
 *
 * @param credentials asked when a registry wants some
 * @param connectTimeout how long a connection may take
 * @param stallTimeout how long nothing may happen: no answer, no bytes in either direction
 * @param retries how often what failed for a reason that may pass is tried again, without any progress in between
 * @param maxWait the longest pause between two tries; a registry that asks for a longer one has failed
 * @param plainHttp the registries, {@code host} or {@code host:port}, that are spoken to without encryption, as those on this
 *     machine always are
 * @param concurrency how many blobs of an image are transferred at the same time
 * @param chunkSize how many bytes are uploaded at a time; 0 for whole blobs
 */
public record RegistryOptions(
        CredentialSource credentials,
        Duration connectTimeout,
        Duration stallTimeout,
        int retries,
        Duration maxWait,
        Set<String> plainHttp,
        int concurrency,
        long chunkSize) {

    /** Docker's credentials, a minute for anything to happen, five tries more, four blobs at a time, each whole. */
    public static final RegistryOptions DEFAULT = new RegistryOptions(
            CredentialSource.docker(),
            Duration.ofSeconds(15),
            Duration.ofSeconds(60),
            5,
            Duration.ofSeconds(30),
            Set.of(),
            4,
            0);

    /** Checks the numbers. */
    public RegistryOptions {
        plainHttp = Set.copyOf(plainHttp);
        if (retries < 0 || concurrency < 1 || chunkSize < 0 || stallTimeout.isNegative() || stallTimeout.isZero()) {
            throw new IllegalArgumentException("negative retries, time or size, or no concurrency");
        }
    }

    /** The same, with other credentials. */
    public RegistryOptions withCredentials(CredentialSource source) {
        return new RegistryOptions(
                source, connectTimeout, stallTimeout, retries, maxWait, plainHttp, concurrency, chunkSize);
    }

    /** The same, with other time-outs. */
    public RegistryOptions withTimeouts(Duration connect, Duration stall) {
        return new RegistryOptions(credentials, connect, stall, retries, maxWait, plainHttp, concurrency, chunkSize);
    }

    /** The same, with more tries or fewer, and another longest pause between them. */
    public RegistryOptions withRetries(int times, Duration longest) {
        return new RegistryOptions(
                credentials, connectTimeout, stallTimeout, times, longest, plainHttp, concurrency, chunkSize);
    }

    /** The same, with these registries spoken to without encryption. */
    public RegistryOptions withPlainHttp(Set<String> registries) {
        return new RegistryOptions(
                credentials, connectTimeout, stallTimeout, retries, maxWait, registries, concurrency, chunkSize);
    }

    /** The same, with more blobs at a time or fewer. */
    public RegistryOptions withConcurrency(int blobs) {
        return new RegistryOptions(
                credentials, connectTimeout, stallTimeout, retries, maxWait, plainHttp, blobs, chunkSize);
    }

    /** The same, uploading so many bytes at a time; 0 for whole blobs. */
    public RegistryOptions withChunkSize(long bytes) {
        return new RegistryOptions(
                credentials, connectTimeout, stallTimeout, retries, maxWait, plainHttp, concurrency, bytes);
    }
}
